"""Letters out to real mail servers: aiosmtpd with scripted answers, Postfix's smtp-sink for number."""

import collections
import os
import re
import subprocess

import pytest

from api import consent, eventually, identify, track
from mail import DROP


def journey(key="letters", kind="transactional"):
    return {
        "journey": key,
        "enter": {"event": "Write"},
        "again": "never",
        "class": kind,
        "holdout": "0%",
        "steps": [{"send": {"id": "letter", "channel": "email", "template": "letter"}}],
    }


def prepare(shop, port, kind="transactional", subject="Привет, {{ person.first_name }}! 🎁", **template):
    shop.email_channel(port, sender="Магазин <hi@shop.example>")
    shop.letter("letter", subject, **template)
    shop.put("journeys", "letters", journey(kind=kind))
    shop.publish("letters")


def write_to(shop, user, **traits):
    shop.send(
        identify(user, {"email": f"{user}@example.com", **traits}, context=consent(marketing=True)), track("Write", user, f"w-{user}")
    )


def settled(sandbox):
    """The sandbox answers after everything due has happened."""
    sandbox.advance("1s")
    return {item["person"]["userId"]: item for item in sandbox.shop.messages()}


def test_a_letter_as_written(sandbox, mail_server):
    mail = mail_server()
    html = "<p>Привет, <b>{{ person.first_name }}</b></p>" + "<p>длинная строка</p>" * 200
    prepare(sandbox.shop, mail.port, text="Здравствуйте, {{ person.first_name }}!\n.\n..точка\nFrom here\n", html=html)
    write_to(sandbox.shop, "ann", first_name="Анна <&>")
    message = settled(sandbox)["ann"]
    assert message["status"] == "sent" and message["to"] == "ann@example.com"
    [letter] = mail.letters
    assert (letter.sender, letter.recipients) == ("hi@shop.example", ["ann@example.com"])
    assert letter.subject == message["subject"] == "Привет, Анна <&>! 🎁"
    assert str(letter.message["From"]) == "Магазин <hi@shop.example>"
    assert letter.text() == "Здравствуйте, Анна <&>!\n.\n..точка\nFrom here\n"
    assert "<b>Анна &lt;&amp;&gt;</b>" in letter.text("html")
    assert max(len(line) for line in letter.content.split(b"\r\n")) <= 998
    assert [str(defect) for part in letter.message.walk() for defect in part.defects] == []
    assert letter.id == f"{message['id']}@shop.example"


def test_busy_then_taken(sandbox, mail_server):
    mail = mail_server(lambda recipient, attempt: "451 4.3.0 come back" if attempt < 3 else None)
    prepare(sandbox.shop, mail.port)
    write_to(sandbox.shop, "ann", first_name="Ann")
    message = settled(sandbox)["ann"]
    assert message["status"] == "scheduled" and "sentAt" not in message
    told = sandbox.shop.message(message["id"])
    assert told["attempts"] == 1 and "451" in told["detail"]
    # Two pauses of at most 2 and 4 minutes.
    sandbox.advance("10m")
    message = settled(sandbox)["ann"]
    assert message["status"] == "sent"
    assert sandbox.shop.message(message["id"])["attempts"] == 3
    assert mail.attempts == {"ann@example.com": 3} and len(mail.letters) == 1


def test_refused_for_good(sandbox, mail_server):
    mail = mail_server(lambda recipient, attempt: "554 5.7.1 not here" if recipient.startswith("no") else None)
    prepare(sandbox.shop, mail.port)
    for user in ("no-1", "yes-1", "no-2", "yes-2"):
        write_to(sandbox.shop, user, first_name=user)
    found = settled(sandbox)
    assert {user: item["status"] for user, item in found.items()} == {"no-1": "failed", "no-2": "failed", "yes-1": "sent", "yes-2": "sent"}
    assert "554" in sandbox.shop.message(found["no-1"]["id"])["detail"]
    sandbox.advance("1d")
    assert set(mail.attempts.values()) == {1}


@pytest.mark.parametrize(("kind", "arrivals"), [("marketing", 1), ("transactional", 2)])
def test_a_connection_lost_after_the_final_dot(sandbox, mail_server, kind, arrivals):
    """Taken, and nobody told us: listed as ambiguous; only a transactional one goes out once more, as the same letter."""
    mail = mail_server(lambda recipient, attempt: DROP if attempt == 1 else None)
    prepare(sandbox.shop, mail.port, kind=kind)
    write_to(sandbox.shop, "ann", first_name="Ann")
    assert settled(sandbox)["ann"]["status"] == "ambiguous"
    sandbox.advance("1d")
    message = settled(sandbox)["ann"]
    assert message["status"] == "ambiguous"
    assert [item["id"] for item in sandbox.shop.messages(status="ambiguous")] == [message["id"]]
    assert len(mail.letters) == arrivals
    assert {letter.id for letter in mail.letters} == {f"{message['id']}@shop.example"}


def test_nobody_listens(sandbox, mail_server):
    """The mail server is down for a while: nothing is lost, nothing is doubled."""
    mail = mail_server()
    port = mail.port
    mail.stop_listening()
    prepare(sandbox.shop, port)
    write_to(sandbox.shop, "ann", first_name="Ann")
    message = settled(sandbox)["ann"]
    assert message["status"] == "scheduled"
    assert sandbox.shop.message(message["id"])["attempts"] >= 1
    back = mail_server()
    sandbox.shop.email_channel(back.port)
    sandbox.advance("5h")
    assert settled(sandbox)["ann"]["status"] == "sent"
    assert len(back.letters) == 1


def test_an_outage_of_the_server_itself(sandbox, mail_server):
    """What was decided and not yet sent goes out after a restart, with the Message-ID that it would have had."""
    mail = mail_server(lambda recipient, attempt: "451 4.3.0 later" if attempt == 1 else None)
    prepare(sandbox.shop, mail.port)
    write_to(sandbox.shop, "ann", first_name="Ann")
    before = settled(sandbox)["ann"]
    sandbox.server.kill()
    sandbox.server.start()
    sandbox.operator.url = sandbox.shop.url = sandbox.server.url
    assert settled(sandbox)["ann"]["id"] == before["id"]
    sandbox.advance("1h")
    assert settled(sandbox)["ann"]["status"] == "sent"
    assert [letter.id for letter in mail.letters] == [f"{before['id']}@shop.example"]


def test_no_channel_means_the_mailbox(sandbox):
    shop = sandbox.shop
    shop.letter("letter", "Hello")
    shop.put("journeys", "letters", journey())
    shop.publish("letters")
    write_to(shop, "ann")
    message = settled(sandbox)["ann"]
    assert message["status"] == "sent"
    assert "mailbox" in shop.message(message["id"])["detail"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "email.smtp", "url": "http://mail", "from": "a@shop.example"},
        {"type": "email.smtp", "url": "smtp://127.0.0.1:25", "from": "nobody"},
        {"type": "email.pigeon", "url": "smtp://127.0.0.1:25", "from": "a@shop.example"},
        {"type": "email.smtp", "from": "a@shop.example"},
    ],
)
def test_wrong_channels(shop, wrong):
    response = shop.call("PUT", "/channels/email", wrong)
    assert response.status_code == 400 and response.json()["errors"], response.text


def test_a_password_is_not_shown(shop):
    shop.put("channels", "email", {"type": "email.smtp", "url": "smtp://shop:geheim@127.0.0.1:2525", "from": "a@shop.example"})
    for path in ("/channels/email", "/channels", "/audit"):
        assert "geheim" not in shop.call("GET", path).text


@pytest.mark.seconds(120)
def test_a_thousand_letters_to_postfix(shop, smtp_sink, tmp_path):
    """smtp-sink takes what comes and writes each letter to a file. As root it wants to be told whom to become."""
    user = ["-u", "root"] if os.geteuid() == 0 else []
    command = [smtp_sink, *user, "-d", "letters-", "127.0.0.1:0", "200"]
    with subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as sink:
        try:
            port = listening_port(sink.pid)
            prepare(shop, port, subject="Letter for {{ person.first_name }}")
            for start in range(0, 1000, 50):
                shop.send(
                    *(
                        call
                        for number in range(start, start + 50)
                        for call in (
                            identify(f"u-{number}", {"email": f"u-{number}@example.com", "first_name": f"N{number}"}),
                            track("Write", f"u-{number}", f"w-{number}"),
                        )
                    )
                )
            eventually(lambda: len(shop.messages(status="sent")) == 1000, within=60, every=0.3)
        finally:
            sink.terminate()
            sink.wait(10)
    kept = "".join(path.read_text(errors="replace") for path in tmp_path.glob("letters-*"))
    recipients = collections.Counter(re.findall(r"^X-Rcpt-Args: <(u-\d+)@example.com>", kept, re.MULTILINE))
    ids = collections.Counter(re.findall(r"^Message-ID: <([0-9a-f]{32})@shop.example>", kept, re.MULTILINE | re.IGNORECASE))
    assert recipients == {f"u-{number}": 1 for number in range(1000)}
    assert ids == {item["id"]: 1 for item in shop.messages()}


def listening_port(pid):
    """The port that a process listens on, from /proc: it was told to take a free one."""

    def find():
        inodes = set()
        for descriptor in os.listdir(f"/proc/{pid}/fd"):
            try:
                target = os.readlink(f"/proc/{pid}/fd/{descriptor}")
            except FileNotFoundError:
                continue
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
        with open("/proc/net/tcp", encoding="ascii") as table:
            for line in list(table)[1:]:
                fields = line.split()
                if fields[3] == "0A" and fields[9] in inodes:
                    return int(fields[1].split(":")[1], 16)
        return None

    return eventually(find, within=10)

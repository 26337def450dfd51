"""Messages that come back: real bounces read as flufl.bounce reads them, bounces and complaints about our own letters, a
mailbox read by POP3."""

import email
import email.policy
import re
import socketserver
import ssl
import threading

import pytest
import requests
from flufl.bounce import all_failures

from api import eventually
from push import certificate
from server import ROOT
from test_hosted import events, letter_to, prepare, status

# What flufl.bounce makes of it rests on knowing that Yale's users have addresses in two domains; we do not guess.
OTHERWISE = {"yale_01.txt": []}


@pytest.fixture(scope="session")
def bounces():
    folder = ROOT / ".setup" / "bounces"
    files = sorted(folder.glob("*.txt"))
    assert len(files) >= 117, f"{folder} is missing; run scripts/setup.sh tests"
    return files


def post(sandbox_or_url, shop, content):
    path = shop.get("/channels/email")["inboundPath"]
    answer = requests.post(shop.url + path, data=content, headers={"Content-Type": "message/rfc822"}, timeout=30)
    answer.raise_for_status()
    return answer.json()


def test_real_bounces(shop, bounces):
    shop.email_channel(25)
    differing = {}
    for file in bounces:
        content = file.read_bytes()
        temporary, permanent = all_failures(email.message_from_bytes(content))
        expected = sorted([(a.decode("latin-1").lower(), False) for a in temporary] + [(a.decode("latin-1").lower(), True) for a in permanent])
        found = sorted((item["address"].lower(), item["permanent"]) for item in post(None, shop, content)["recipients"])
        if found != OTHERWISE.get(file.name, expected):
            differing[file.name] = (found, expected)
    assert not differing


def report(letter, recipient, code="5.1.1", action="failed", quote="headers", to=None, kind="bounce"):
    """A report as Postfix writes it."""
    quoted = letter.content.split(b"\r\n\r\n")[0].decode("utf-8", "surrogateescape")
    second = (
        f"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\nFinal-Recipient: rfc822; {recipient}\r\n"
        f"Action: {action}\r\nStatus: {code}\r\nDiagnostic-Code: smtp; 550 {code} <{recipient}>: no such user\r\n"
        if kind == "bounce"
        else "Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: test/1\r\nVersion: 1\r\n"
    )
    third = f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{quoted}\r\n" if quote else ""
    return (
        f"From: MAILER-DAEMON@mx.test\r\nTo: {to or letter.sender}\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\n\r\nSorry.\r\n--b\r\n{second}\r\n{third}--b--\r\n'
    ).encode("utf-8", "surrogateescape")


def test_a_bounce_names_its_message_by_the_return_path(sandbox, mail_server):
    mail = prepare(sandbox, mail_server, bounceAddress="bounces@shop.example")
    message, letter = letter_to(sandbox, mail)
    assert re.fullmatch(r"bounces\+[a-z2-7]{40,51}@shop\.example", letter.sender)
    answer = post(sandbox, sandbox.shop, report(letter, "ann@example.com", quote=None))
    assert (answer["kind"], answer["message"]) == ("bounce", message["id"])
    assert answer["recipients"] == [{"address": "ann@example.com", "permanent": True, "dead": True, "status": "5.1.1"}]
    seen = sandbox.shop.message(message["id"])
    assert seen["status"] == "bounced" and "no such user" in seen["detail"]
    [event] = events(sandbox, "ann", "Email Bounced")
    assert (event["properties"]["type"], event["properties"]["status"], event["properties"]["message_id"]) == ("hard", "5.1.1", message["id"])
    # The same report again is no second bounce.
    post(sandbox, sandbox.shop, report(letter, "ann@example.com", quote=None))
    assert len(events(sandbox, "ann", "Email Bounced")) == 1


def test_a_full_mailbox_is_no_dead_address(sandbox, mail_server):
    mail = prepare(sandbox, mail_server, bounceAddress="bounces@shop.example")
    message, letter = letter_to(sandbox, mail)
    answer = post(sandbox, sandbox.shop, report(letter, "ann@example.com", code="5.2.2"))
    assert answer["recipients"][0]["dead"] is False
    assert status(sandbox, message) == "sent"
    assert [event["properties"]["type"] for event in events(sandbox, "ann", "Email Bounced")] == ["soft"]


def test_a_complaint_ends_marketing(sandbox, mail_server):
    """The provider hid the return path; the quoted header names the message."""
    mail = prepare(sandbox, mail_server)
    message, letter = letter_to(sandbox, mail)
    answer = post(sandbox, sandbox.shop, report(letter, "", kind="complaint", to="fbl@shop.example"))
    assert (answer["kind"], answer["message"]) == ("complaint", message["id"])
    assert status(sandbox, message) == "complained"
    receipts = {item["purpose"]: item for item in sandbox.shop.get("/people/user:ann/consents")["items"]}
    assert (receipts["marketing.email"]["granted"], receipts["marketing.email"]["source"]) == (False, "complaint")
    assert len(events(sandbox, "ann", "Email Complained")) == 1


def test_a_forged_bounce_changes_nothing(sandbox, mail_server):
    """Anybody can write to a bounce mailbox: only what we signed names a message."""
    mail = prepare(sandbox, mail_server, bounceAddress="bounces@shop.example")
    message, letter = letter_to(sandbox, mail)
    forged = re.sub(rb"\r\n(X-Roost-Message|List-Unsubscribe): [^\r]+(\r\n [^\r]+)*", b"", letter.content)
    content = report(type(letter)(letter.sender, letter.recipients, forged), "ann@example.com", to="bounces+aaaa@shop.example")
    answer = post(sandbox, sandbox.shop, content)
    assert answer["kind"] == "bounce" and "message" not in answer
    assert status(sandbox, message) == "sent" and not events(sandbox, "ann", "Email Bounced")
    assert requests.post(sandbox.server.url + "/v1/inbound/email/x", data=content, timeout=10).status_code == 404


def tls(folder):
    """A context for a server called localhost, and the certificate to trust."""
    files = certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    return context, files[0]


class POP3(socketserver.ThreadingTCPServer):
    """A mailbox that keeps what is not deleted."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, context=None, is_implicit=False, injected=b""):
        self.context, self.is_implicit, self.injected, self.secured = context, is_implicit, injected, 0
        self.messages, self.sessions, self.secret = {}, 0, ("bounces", "p:w@rd")
        super().__init__(("127.0.0.1", 0), POP3Session)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class POP3Session(socketserver.StreamRequestHandler):
    def setup(self):
        super().setup()
        if self.server.is_implicit:
            self.secure()

    def secure(self):
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        self.server.secured += 1
        super().setup()

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        box = self.server
        box.sessions += 1
        numbers, doomed, user = list(box.messages), [], None
        self.say("+OK ready")
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            name, _, rest = line.partition(" ")
            if name == "STLS" and box.context:
                self.wfile.write(b"+OK begin TLS\r\n" + box.injected)
                self.secure()
            elif name == "USER":
                user = rest
                self.say("+OK")
            elif name == "PASS":
                self.say("+OK" if (user, rest) == box.secret else "-ERR wrong")
            elif name == "UIDL":
                self.say("+OK")
                for number, uid in enumerate(numbers, 1):
                    self.say(f"{number} {uid}")
                self.say(".")
            elif name == "RETR":
                self.say("+OK")
                for part in box.messages[numbers[int(rest) - 1]].split(b"\r\n"):
                    self.wfile.write((b"." if part.startswith(b".") else b"") + part + b"\r\n")
                self.say(".")
            elif name == "DELE":
                doomed.append(numbers[int(rest) - 1])
                self.say("+OK")
            elif name == "QUIT":
                for uid in doomed:
                    box.messages.pop(uid)
                return self.say("+OK")
            else:
                self.say("-ERR")


@pytest.mark.parametrize("protection", ["none", "stls", "implicit"])
def test_a_mailbox_is_read(sandbox, mail_server, tmp_path, protection):
    context, trusted = tls(tmp_path)
    box = POP3(context if protection != "none" else None, protection == "implicit")
    try:
        scheme = "pop3s" if protection == "implicit" else "pop3"
        options = "tls=none" if protection == "none" else f"roots={trusted}"
        url = f"{scheme}://bounces:p%3Aw%40rd@localhost:{box.server_address[1]}?{options}"
        mail = prepare(sandbox, mail_server, mailbox={"url": url, "every": "5s"})
        assert "p%3Aw" not in str(sandbox.shop.get("/channels/email"))
        message, letter = letter_to(sandbox, mail)
        box.messages["other"] = b"From: a@b.example\r\nSubject: hello\r\n\r\nNo bounce.\r\n.\r\n"
        box.messages["bounce"] = report(letter, "ann@example.com")
        eventually(lambda: status(sandbox, message) == "bounced", within=30)
        eventually(lambda: list(box.messages) == ["other"], within=5)
        assert (box.secured > 0) == (protection != "none")
    finally:
        box.shutdown()
        box.server_close()


@pytest.mark.parametrize("why", ["a stranger's certificate", "no STLS", "an answer injected behind STLS"])
def test_a_mailbox_that_is_not_what_it_says(sandbox, mail_server, tmp_path, why):
    """The password is said to nobody but the server that the certificate names."""
    context, trusted = tls(tmp_path)
    injected = b"+OK\r\n+OK\r\n+OK\r\n.\r\n+OK\r\n" if "injected" in why else b""
    box = POP3(None if why == "no STLS" else context, injected=injected)
    heard = []
    box.secret = Watched(heard)
    try:
        roots = "" if "stranger" in why else f"?roots={trusted}"
        prepare(sandbox, mail_server, mailbox={"url": f"pop3://bounces:x@localhost:{box.server_address[1]}{roots}", "every": "5s"})
        eventually(lambda: "a bounce mailbox could not be read" in sandbox.log_tail(), within=20)
        assert heard == [] and box.sessions >= 1
        expected = {"no STLS": "refused STLS", "an answer injected behind STLS": "before TLS began"}.get(why, "CERTIFICATE_VERIFY_FAILED")
        assert expected in sandbox.log_tail(), sandbox.log_tail()
    finally:
        box.shutdown()
        box.server_close()


class Watched:
    """Credentials that note who asks for them."""

    def __init__(self, heard):
        self.heard = heard

    def __eq__(self, other):
        self.heard.append(other)
        return True

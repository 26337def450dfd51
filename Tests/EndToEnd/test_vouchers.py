"""Vouchers seen from outside: pools over HTTP, letters that each carry a code of their own, and the process killed between."""

import gzip
import json
import re
import subprocess

import pytest
import requests

from api import API, Workspace, eventually, identify, track
from server import Server, binary
from test_catalog import roost
from test_mail import journey, write_to
from test_wrong_input import refusal


def bring(shop, pool, text, kind="text/plain", expect=200):
    answer = shop.call("POST", f"/vouchers/{pool}/codes", text.encode(), kind=kind)
    assert answer.status_code == expect, answer.text
    return answer.json()


def prepare(shop, port=None):
    if port:
        shop.email_channel(port)
    shop.put("vouchers", "spring", {"name": "Spring sale"})
    shop.letter(
        "letter", "Your code {{ 'spring' | voucher }}", text="{{ 'spring' | voucher }}\n",
        html="<p>{{ 'spring' | voucher }}</p>",
    )
    shop.put("journeys", "letters", journey())
    shop.publish("letters")


def standing(shop, pool="spring"):
    found = shop.get(f"/vouchers/{pool}")
    return found["codes"], found["given"], found["left"]


def code_of(letter):
    """The one code that a letter carries, wherever it stands."""
    code = letter.subject.removeprefix("Your code ")
    assert letter.text().strip() == code and f"<p>{code}</p>" in letter.text("html")
    return code


def test_pools_over_http(sandbox):
    shop = sandbox.shop
    put = shop.put("vouchers", "spring", {"name": "Spring sale", "expiresAt": "2027-06-01T00:00:00Z"})
    assert (put["version"], put["codes"], put["left"], put["expired"], put["templates"]) == (1, 0, 0, False, [])
    answer = bring(shop, "spring", "A-1\r\nA-2\n\nA-1\ntwo words\n" + "x" * 65)
    assert {key: answer[key] for key in ("added", "duplicates", "bad", "codes", "given", "left")} == {
        "added": 2, "duplicates": 1, "bad": 2, "codes": 2, "given": 0, "left": 2,
    }
    assert [line["line"] for line in answer["badLines"]] == [5, 6]
    assert bring(shop, "spring", "id;code\n1;A-2\n2;B/1%\n", "text/csv")["added"] == 1
    # No list of codes is shown anywhere.
    assert "A-1" not in shop.call("GET", "/vouchers").text + shop.call("GET", "/vouchers/spring").text
    assert shop.get("/vouchers/spring/codes/B%2F1%25") == {"pool": "spring", "code": "B/1%", "given": False}
    for path, status in (("/vouchers/spring/codes/none", 404), ("/vouchers/none/codes/A-1", 404), ("/vouchers/spring/codes", 404)):
        assert shop.call("GET", path).status_code == status
    bring(shop, "none", "A", expect=404)
    bring(shop, "spring", "id,x\n1,2\n", "text/csv", expect=400)
    bring(shop, "spring", '{"codes": ["A"]}', "application/json", expect=400)
    bring(shop, "spring", "", expect=400)
    wrong = shop.call("PUT", "/vouchers/spring", {"expires": "x"})
    assert "/expires" in str(refusal(wrong, 400, "invalid_request"))
    assert shop.call("DELETE", "/vouchers/spring").status_code == 404
    # Neither the public key nor another workspace's sees anything.
    for token in (shop.write_key, Workspace.make(sandbox.operator, "other").secret_key):
        other = API(sandbox.server.url, token)
        for path in ("/vouchers", "/vouchers/spring", "/vouchers/spring/codes/A-1"):
            assert other.call("GET", shop.prefix + path).status_code in (401, 404)
    assert "A-1" not in requests.get(sandbox.server.url + "/metrics", timeout=30).text
    assert {"voucher-pool.put", "voucher-pool.codes"} <= {entry["action"] for entry in shop.get("/audit")["items"]}
    # A pool that is a file goes with the others.
    document = {"kind": "voucher-pool", "key": "autumn", "body": {"name": "Autumn"}}
    text = {"kind": "template", "key": "sms", "body": {"channel": "sms", "text": "{{ 'autumn' | voucher }}"}}
    plan = shop.ask("POST", "/journeys/apply", {"documents": [text, document]})
    assert plan["applied"] and shop.get("/vouchers/autumn")["templates"] == ["sms"]


def test_codes_from_the_command_line(sandbox, tmp_path):
    shop = sandbox.shop
    shop.put("vouchers", "spring", {})
    lines, table = tmp_path / "codes.txt", tmp_path / "codes.csv.gz"
    lines.write_text("\n".join(f"C-{number}" for number in range(50_010)) + "\ntwo words\n")
    table.write_bytes(gzip.compress(b"id,code\n1,C-1\n2,D-1\n"))
    pool = ("--pool", "spring", "--workspace", "shop")
    done = roost(sandbox, "import", "vouchers", str(lines), *pool, "--output", "json")
    assert done.returncode == 1 and json.loads(done.stdout) == {
        "added": 50_010, "duplicates": 0, "bad": 1, "left": 50_010, "rejectedFile": str(lines) + ".rejected.ndjson",
    }, done.stderr
    assert json.loads((tmp_path / "codes.txt.rejected.ndjson").read_text())["line"] == 50_011
    done = roost(sandbox, "import", "vouchers", str(table), *pool)
    assert done.returncode == 0 and "1 added, 1 there already; 50,011 left" in done.stdout + done.stderr
    none = roost(sandbox, "import", "vouchers", str(lines), "--pool", "none", "--workspace", "shop")
    assert none.returncode == 1 and "there is no voucher-pool" in none.stderr
    assert roost(sandbox, "import", "vouchers", str(lines), "--workspace", "shop").returncode == 64
    sandbox.server.kill()
    sandbox.server.start()
    shop.url = sandbox.server.url
    assert standing(shop) == (50_011, 0, 50_011)


@pytest.mark.parametrize(
    "text, words",
    [
        ("Hi\n {{ 'sprong' | voucher }}", ["line 2, column 5", "no pool of vouchers", "did you mean spring?"]),
        ("{{ event.pool | voucher }}", ["line 1, column 4", "in quotes"]),
    ],
)
def test_templates_are_refused(sandbox, text, words):
    sandbox.shop.put("vouchers", "spring", {})
    found = str(refusal(sandbox.shop.call("PUT", "/templates/code", {"channel": "sms", "text": text}), 400, "invalid_request"))
    assert all(word in found for word in words), found


def test_each_letter_has_a_code_of_its_own(sandbox, mail_server):
    # The first attempt of every third letter is put off: its code stays its own.
    mail = mail_server(lambda recipient, attempt: "451 later" if attempt == 1 and "3@" in recipient else None)
    shop = sandbox.shop
    prepare(shop, mail.port)
    codes = [f"CODE-{number}" for number in range(40)]
    bring(shop, "spring", "\n".join(codes))
    preview = shop.ask("POST", "/templates/letter/preview", {})
    assert preview["parts"]["text"] == "SAMPLE-CODE\n"
    shop.ask("POST", "/templates/letter/test", {"to": "me@example.com"})
    sandbox.advance("1s")
    [test] = mail.letters
    assert "SAMPLE-CODE" in test.subject and standing(shop) == (40, 0, 40)
    mail.letters.clear()

    users = [f"u{number}" for number in range(45)]
    for user in users:
        write_to(shop, user)
    sandbox.advance("1h")
    messages = shop.messages(journey="letters")
    sent = [message for message in messages if message["status"] == "sent"]
    assert len(sent) == 40 and len(mail.letters) == 40
    assert sorted(code_of(letter) for letter in mail.letters) == sorted(codes)
    assert standing(shop) == (40, 40, 0)
    without = [message for message in messages if message["status"] != "sent"]
    assert {(message["status"], message["reason"]) for message in without} == {("suppressed", "no_voucher")}
    assert '"spring" is empty' in shop.message(without[0]["id"])["detail"]

    # The support desk: from the letter to the message and back.
    letter = mail.letters[0]
    found = shop.get(f"/vouchers/spring/codes/{code_of(letter)}")
    assert found["given"] and letter.id == f"{found['message']}@shop.example" and found["givenAt"]
    assert shop.message(found["message"])["vouchers"] == {"spring": code_of(letter)}
    user = letter.recipients[0].split("@")[0]
    assert shop.call("DELETE", f"/people/user:{user}").status_code == 204
    found = shop.get(f"/vouchers/spring/codes/{code_of(letter)}")
    assert found["given"] and "message" not in found


def test_the_mailbox_gives_codes_too(sandbox):
    shop = sandbox.shop
    prepare(shop)
    bring(shop, "spring", "A\nB\n")
    for user in ("ann", "bob"):
        write_to(shop, user)
    sandbox.advance("1s")
    assert sorted(message["subject"] for message in shop.messages()) == ["Your code A", "Your code B"]


@pytest.mark.parametrize("fault", ["after-claim:2", "before-append:12", "after-append:12", "before-close:2"])
def test_killed_between(server_factory, mail_server, fault):
    """kill -9 at an unlucky moment: no code is in two people's letters, and nobody has two codes."""
    mail = mail_server()
    server = server_factory()
    operator = API(server.url, server.token())
    shop = Workspace.make(operator, "shop")
    prepare(shop, mail.port)
    bring(shop, "spring", "\n".join(f"CODE-{number}" for number in range(60)))
    eventually(lambda: shop.get("/journeys/letters")["isReady"] or None)
    server.stop()
    server.start({"ROOST_FAULT_POINT": fault})
    shop.url = server.url
    users = [f"u{number}" for number in range(30)]

    def write_all():
        for user in users:
            try:
                write_to(shop, user)
            except (requests.RequestException, AssertionError):
                return

    write_all()
    eventually(lambda: not server.is_running or None)
    server.start()
    shop.url = server.url
    # The same events once more: who was taken in before is not taken in again.
    write_all()
    eventually(lambda: len(shop.messages()) == len(users) and all(m["status"] in ("sent", "ambiguous") for m in shop.messages()) or None)
    eventually(lambda: len({letter.recipients[0] for letter in mail.letters}) >= len([m for m in shop.messages() if m["status"] == "sent"]) or None)
    owners = {}
    for letter in mail.letters:
        owners.setdefault(code_of(letter), set()).add(letter.recipients[0])
    assert all(len(people) == 1 for people in owners.values()), owners
    assert len(owners) == len({letter.recipients[0] for letter in mail.letters})
    codes = {code for message in shop.messages() for code in shop.message(message["id"])["vouchers"].values()}
    assert len(codes) == len(users) and set(owners) <= codes and all(re.fullmatch(r"CODE-\d+", code) for code in codes)
    assert standing(shop)[1] == len(users)


def test_a_backup_has_the_pools(sandbox, server_factory, tmp_path):
    shop = sandbox.shop
    prepare(shop)
    bring(shop, "spring", "A\nB\nC\n")
    write_to(shop, "ann")
    sandbox.advance("1s")
    done = roost(sandbox, "backup", str(tmp_path / "copy"))
    assert done.returncode == 0, done.stderr
    restored = Server(tmp_path / "restored", sandbox=True)
    restored.directory.mkdir()
    subprocess.run([binary(), "restore", str(tmp_path / "copy"), "--data", str(restored.data)], check=True, capture_output=True)
    server_factory.made.append(restored.start())
    shop = Workspace(restored.url, "shop", shop.write_key, shop.secret_key)
    assert standing(shop) == (3, 1, 2) and shop.get("/vouchers/spring/codes/A")["given"]
    write_to(shop, "bob")
    API(restored.url, restored.token()).ask("POST", "/clock", {"advance": "1s"})
    assert sorted(message["subject"] for message in shop.messages()) == ["Your code A", "Your code B"]

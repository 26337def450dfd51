"""E-mail as its receivers check it: signatures by dkimpy over a real relay, several accounts."""

import base64
import ssl
import subprocess

import dkim
import pytest

from api import Refused, consent, identify, track
from push import certificate
from test_mail import journey, settled, write_to



def new_key(*options):
    return subprocess.run(["openssl", "genpkey", *options], check=True, capture_output=True, text=True).stdout


def public_record(key, kind):
    """What the owner of the key publishes, as OpenSSL sees it."""
    der = subprocess.run(["openssl", "pkey", "-pubout", "-outform", "DER"], input=key.encode(), check=True, capture_output=True).stdout
    # RFC 8463 4: an Ed25519 record holds the 32 bytes alone.
    return f"v=DKIM1; k={kind}; p={base64.b64encode(der if kind == 'rsa' else der[-32:]).decode()}".encode()


@pytest.fixture(scope="module")
def rsa_key():
    return new_key("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")


@pytest.fixture(scope="module")
def ed25519_key():
    return new_key("-algorithm", "ed25519")


def channel(shop, port, **more):
    shop.put("channels", "email", {"type": "email.smtp", "url": f"smtp://127.0.0.1:{port}", "from": "Shop <hi@shop.example>", **more})


def write_letters(shop, kind="transactional", **template):
    shop.letter("letter", "Привет, {{ person.first_name }}! 🎁", **template)
    shop.put("journeys", "letters", journey(kind=kind))
    shop.publish("letters")


def verified(content, records):
    """What dkimpy says of each signature, from the top."""
    names = {f"{name}._domainkey.shop.example.".encode(): record for name, record in records.items()}

    def holds(place):
        try:
            return dkim.DKIM(content).verify(idx=place, dnsfunc=lambda name, timeout=5: names.get(name))
        except dkim.ValidationError:
            return False

    return [holds(place) for place in range(content.count(b"DKIM-Signature:"))]


def test_both_signatures_hold_over_a_relay(sandbox, mail_server, rsa_key, ed25519_key):
    mail = mail_server()
    shop = sandbox.shop
    channel(
        shop, mail.port, replyTo="help@shop.example",
        dkim=[{"selector": "r", "privateKey": rsa_key}, {"selector": "e", "privateKey": ed25519_key}],
    )
    write_letters(
        shop, text="Привет,  {{ person.first_name }} \n.точка\n\n\n", html="<p>Привет</p>" + "<p>длинная  строка </p>\n" * 300
    )
    write_to(shop, "ann", first_name="Анна")
    write_to(shop, "bob", first_name="B" * 300)
    assert {message["status"] for message in settled(sandbox).values()} == {"sent"}
    records = {"r": public_record(rsa_key, "rsa"), "e": public_record(ed25519_key, "ed25519")}
    assert len(mail.letters) == 2
    for letter in mail.letters:
        assert verified(letter.content, records) == [True, True]
        for name in ("From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type"):
            changed = letter.content.replace(b"\r\n" + name.encode() + b": ", b"\r\n" + name.encode() + b": x", 1)
            assert changed != letter.content and verified(changed, records) == [False, False], name
        doubled = b"From: Eve <eve@evil.example>\r\n" + letter.content
        assert verified(doubled, records) == [False, False]
        assert verified(letter.content.replace(b"\r\n\r\n", b"\r\n\r\nx", 1), records) == [False, False]


def test_a_key_from_a_file_and_no_secret_in_answers(sandbox, mail_server, rsa_key):
    mail = mail_server()
    shop = sandbox.shop
    (sandbox.server.data / "keys").mkdir()
    (sandbox.server.data / "keys" / "shop.pem").write_text(rsa_key)
    channel(shop, mail.port, dkim={"selector": "r", "privateKeyFile": "shop.pem"})
    write_letters(shop)
    write_to(shop, "ann", first_name="Ann")
    settled(sandbox)
    assert verified(mail.letters[0].content, {"r": public_record(rsa_key, "rsa")}) == [True]
    channel(shop, mail.port, dkim={"selector": "r", "privateKey": rsa_key})
    answer = shop.get("/channels/email")
    assert answer["definition"]["dkim"] == {"selector": "r", "privateKey": "***"}


def test_wrong_signatures_are_refused_with_what_is_wrong(shop, ed25519_key):
    def pointers(**more):
        with pytest.raises(Refused) as refused:
            channel(shop, 25, **more)
        assert refused.value.response.status_code == 400
        return [error["pointer"] for error in refused.value.response.json()["errors"]]

    assert pointers(dkim={"selector": "a", "privateKey": "no key"}) == ["/dkim/privateKey"]
    assert pointers(dkim=[{"selector": "a", "privateKey": ed25519_key}, {"selector": "a b", "privateKey": ed25519_key}]) == ["/dkim/1"]
    assert pointers(dkim={"selector": "a", "privateKeyFile": "../operator.token"}) == ["/dkim/privateKeyFile"]
    assert pointers(dkim={"selector": "a", "privateKeyFile": "none.pem"}) == ["/dkim/privateKeyFile"]
    assert pointers(bounceAddress="not an address") == ["/bounceAddress"]


def test_another_account_takes_over(sandbox, mail_server):
    """The first account is down, the second is full; nothing is lost, late or doubled."""
    down, full, well = mail_server(), mail_server(lambda *_: "421 4.3.2 come back later"), mail_server()
    down.stop_listening()
    shop = sandbox.shop
    shop.put(
        "channels", "email",
        {
            "type": "email.smtp", "from": "hi@shop.example",
            "accounts": [
                {"url": f"smtp://127.0.0.1:{down.port}", "weight": 5}, {"url": f"smtp://127.0.0.1:{full.port}", "weight": 5},
                {"url": f"smtp://127.0.0.1:{well.port}", "weight": 0},
            ],
        },
    )
    write_letters(shop)
    people = [f"p{number}" for number in range(40)]
    shop.send(*[identify(user, {"email": f"{user}@example.com"}, context=consent(marketing=True)) for user in people])
    shop.send(*[track("Write", user, f"w-{user}") for user in people])
    messages = settled(sandbox)
    assert {messages[user]["status"] for user in people} == {"sent"}
    assert sorted(letter.recipients[0] for letter in well.letters) == sorted(f"{user}@example.com" for user in people)


def test_starttls(sandbox, mail_server, tmp_path):
    """The server takes nothing in the clear; its certificate has to be one that the channel trusts."""
    files = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    mail = mail_server(context=context)
    shop = sandbox.shop
    url = f"smtp://localhost:{mail.port}?tls=required"
    channel(shop, mail.port, url=url)
    probe = shop.get("/channels/email/health", probe="true")["probe"]
    assert not probe["ready"] and "roots=" in probe["remedy"], probe
    write_letters(shop)
    write_to(shop, "ann")
    sandbox.advance("1s")
    assert [message["status"] for message in shop.messages()] == ["scheduled"] and mail.letters == []
    channel(shop, mail.port, url=f"{url}&roots={files[0]}")
    assert shop.get("/channels/email/health", probe="true")["probe"]["ready"]
    sandbox.advance("1h")
    assert settled(sandbox)["ann"]["status"] == "sent"
    assert len(mail.to("ann@example.com")) == 1 and mail.secured >= 2

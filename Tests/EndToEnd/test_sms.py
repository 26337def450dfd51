"""Text messages by SMPP 3.4: from a journey to the message centre and back."""

import json
import os
import ssl
import subprocess
import time

import pytest
import smpp34

import smsc
from api import consent, eventually, identify, track
from server import ROOT
from smsc import HANG_UP, INVALID_DESTINATION, INVALID_PASSWORD, OK, SILENCE, KannelCentre, ScriptedCentre, Smpp34Centre

ANN = "+393331234567"


@pytest.fixture
def centre():
    """centre(…) gives a running ScriptedCentre."""
    made = []

    def make(*arguments, **options):
        made.append(ScriptedCentre(*arguments, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def smpp34_centre():
    made = []

    def make(**options):
        made.append(Smpp34Centre(**options))
        return made[-1]

    yield make
    for one in made:
        one.close()


def channel(url, **more):
    return {"type": "sms.smpp", "url": url, "from": "Shop", **more}


def sms_journey(shop, text="Hello {{ person.first_name }}", message_class="transactional"):
    shop.put("templates", "note", {"channel": "sms", "text": text})
    shop.put(
        "journeys", "note",
        {
            "journey": "note", "enter": {"event": "Paid"}, "again": "always", "class": message_class, "holdout": "0%",
            "steps": [{"send": {"id": "a", "channel": "sms", "template": "note"}}],
        },
    )
    shop.publish("note")


def ann(**more):
    return identify("ann", {"first_name": "Ann", "phone": ANN, **more})


def ready(shop, key="texts"):
    return eventually(lambda: shop.get(f"/channels/{key}/health", probe="true")["probe"]["ready"])


def send(sandbox, id="1"):
    sandbox.shop.send(track("Paid", user="ann", id=id))
    sandbox.advance("1s")


def status(shop):
    return [message["status"] for message in shop.messages()]


def events(shop, name):
    return [event for event in shop.timeline("user:ann") if event["event"] == name]


@pytest.mark.parametrize("receipts", ["text", "tlv"])
def test_to_smpp34_and_back(sandbox, smpp34_centre, receipts):
    shop, centre = sandbox.shop, smpp34_centre(receipts=receipts)
    shop.put("channels", "texts", channel(centre.url()))
    ready(shop)
    sms_journey(shop)
    shop.send(ann())
    send(sandbox)
    (message,) = eventually(lambda: [m for m in shop.messages() if m["status"] == "delivered"])
    (taken,) = centre.submitted
    assert bytes.fromhex(taken["text"]) == b"Hello Ann" and taken["coding"] == 0 and taken["esm"] == 0
    assert (taken["to"], taken["source"], taken["ton"], taken["receipt"]) == ("393331234567", "Shop", 5, 1)
    assert message["to"] == ANN
    (event,) = events(shop, "SMS Delivered")
    assert event["properties"]["message_id"] == message["id"] and event["properties"]["journey"] == "note"
    eventually(lambda: centre.counts["receipt"] == 1)


def test_cyrillic_in_parts_to_smpp34(sandbox, smpp34_centre):
    shop, centre = sandbox.shop, smpp34_centre()
    shop.put("channels", "texts", channel(centre.url()))
    ready(shop)
    text = "Здравствуйте, {{ person.first_name }}! " + "Ваш заказ ждёт вас 😀. " * 6
    sms_journey(shop, text)
    shop.send(ann(first_name="Анна"))
    send(sandbox)
    eventually(lambda: status(shop) == ["delivered"])
    parts = [bytes.fromhex(taken["text"]) for taken in centre.submitted]
    assert len(parts) == 3 and all(taken["esm"] == 0x40 and taken["coding"] == 8 for taken in centre.submitted)
    assert [part[:3] for part in parts] == [b"\5\0\3"] * 3 and len({part[3] for part in parts}) == 1
    parts.sort(key=lambda part: part[5])
    assert [tuple(part[4:6]) for part in parts] == [(3, 1), (3, 2), (3, 3)] and max(map(len, parts)) <= 140
    whole = b"".join(part[6:] for part in parts).decode("utf-16-be")
    assert whole == text.replace("{{ person.first_name }}", "Анна").rstrip() or whole == text.replace("{{ person.first_name }}", "Анна")
    # Each part has a receipt; the message is delivered once.
    eventually(lambda: centre.counts["receipt"] == 3)
    assert len(events(shop, "SMS Delivered")) == 1


def test_smpp34_throttles(sandbox, smpp34_centre):
    shop, centre = sandbox.shop, smpp34_centre(throttle_first=2)
    shop.put("channels", "texts", channel(centre.url()))
    ready(shop)
    sms_journey(shop)
    shop.send(ann())
    send(sandbox)
    eventually(lambda: status(shop) == ["delivered"], within=20)
    assert centre.counts["throttled"] == 2 and len(centre.submitted) == 1


@pytest.mark.parametrize("receipts, expected, kind", [("UNDELIV:001", "bounced", "hard"), ("EXPIRED:000", "failed", "soft"), ("REJECTD:042", "failed", "soft")])
def test_what_is_not_delivered(sandbox, smpp34_centre, receipts, expected, kind):
    shop, centre = sandbox.shop, smpp34_centre(receipts=receipts)
    shop.put("channels", "texts", channel(centre.url()))
    ready(shop)
    sms_journey(shop)
    shop.send(ann())
    send(sandbox)
    (message,) = eventually(lambda: [m for m in shop.messages() if m["status"] == expected])
    state, _, error = receipts.partition(":")
    assert shop.message(message["id"])["detail"] == f"{state} err {error}"
    (event,) = events(shop, "SMS Bounced")
    assert (event["properties"]["type"], event["properties"]["status"]) == (kind, state)
    assert event["properties"]["address"] == ANN


@pytest.mark.parametrize("decimal_ids, receipt_ids", [(False, "auto"), (False, "decimal"), (True, "hex"), (True, "auto")])
def test_names_of_receipts_in_the_other_way_of_writing(sandbox, centre, decimal_ids, receipt_ids):
    shop, smsc_ = sandbox.shop, centre()
    smsc_.decimal_ids = decimal_ids
    shop.put("channels", "texts", channel(smsc_.url(), receiptIds=receipt_ids))
    ready(shop)
    sms_journey(shop)
    shop.send(ann())
    send(sandbox)
    assert status(shop) == ["sent"]
    name = f"{smsc_.next_id:X}" if decimal_ids else f"{smsc_.next_id:010}"
    receipt = f"id:{name} sub:001 dlvrd:001 stat:DELIVRD err:000".encode()
    if receipt_ids == "auto":
        # A guess must fit the number.
        assert smsc_.deliver(source="4915112345678", esm_class=4, short_message=receipt) == OK
        assert status(shop) == ["sent"]
    assert smsc_.deliver(source=ANN[1:], esm_class=4, short_message=receipt, sequence=2) == OK
    assert status(shop) == ["delivered"]
    # What is heard again, or of nobody's message, changes nothing.
    assert smsc_.deliver(source=ANN[1:], esm_class=4, short_message=receipt, sequence=3) == OK
    assert smsc_.deliver(source=ANN[1:], esm_class=4, short_message=b"id:FFFFFF stat:UNDELIV err:001", sequence=4) == OK
    assert status(shop) == ["delivered"] and len(events(shop, "SMS Delivered")) == 1


def test_an_invalid_number(sandbox, centre):
    shop, smsc_ = sandbox.shop, centre(lambda pdu, number: INVALID_DESTINATION)
    shop.put("channels", "texts", channel(smsc_.url()))
    ready(shop)
    sms_journey(shop)
    shop.send(ann())
    send(sandbox)
    (message,) = shop.messages()
    assert message["status"] == "failed" and "ESME_RINVDSTADR" in shop.message(message["id"])["detail"]
    (event,) = events(shop, "SMS Bounced")
    assert event["properties"]["type"] == "hard" and event["properties"]["address"] == ANN


def test_a_wrong_password(sandbox, centre):
    shop = sandbox.shop
    smsc_ = centre(bind=lambda system_id, password: OK if password == "right" else INVALID_PASSWORD)
    shop.put("channels", "texts", channel(smsc_.url("wrong")))
    probe = shop.get("/channels/texts/health", probe="true")["probe"]
    assert not probe["ready"] and "ESME_RINVPASWD" in probe["cause"] and "password" in probe["remedy"]
    sms_journey(shop)
    shop.send(ann())
    send(sandbox)
    assert status(shop) == ["scheduled"] and smsc_.submitted == []
    # It is not tried again at once: accounts are locked after a few wrong passwords.
    time.sleep(1.5)
    assert len(smsc_.binds) == 1
    shop.put("channels", "texts", channel(smsc_.url("right")))
    ready(shop)
    sandbox.advance("2m")
    assert status(shop) == ["sent"]


def test_secrets_are_kept(sandbox, centre):
    shop, smsc_ = sandbox.shop, centre()
    shop.put("channels", "texts", channel(smsc_.url("pass4711")))
    ready(shop)
    assert smsc_.binds[-1][2] == "pass4711"
    assert "pass4711" not in json.dumps(shop.get("/channels")) and "pass4711" not in sandbox.log_tail()
    for file in sandbox.server.data.rglob("*"):
        assert not file.is_file() or b"pass4711" not in file.read_bytes(), file


@pytest.mark.parametrize("message_class, expected", [("marketing", 1), ("transactional", 2)])
def test_the_connection_breaks_before_the_answer(sandbox, centre, message_class, expected):
    shop = sandbox.shop
    smsc_ = centre(lambda pdu, number: HANG_UP if number == 1 else OK)
    shop.put("channels", "texts", channel(smsc_.url()))
    ready(shop)
    sms_journey(shop, message_class=message_class)
    shop.send(ann(), {**ann(), "context": consent(marketing=True)})
    send(sandbox)
    # Once ambiguous, always: a transactional one is handed over once more.
    assert status(shop) == ["ambiguous"]
    ready(shop)
    sandbox.advance("10m")
    sandbox.advance("10m")
    assert status(shop) == ["ambiguous"]
    assert len(smsc_.submitted) == expected


def test_a_message_between_its_parts(sandbox, centre):
    shop = sandbox.shop
    smsc_ = centre(lambda pdu, number: OK if number == 1 else INVALID_DESTINATION if number == 2 else OK)
    shop.put("channels", "texts", channel(smsc_.url(), window=1))
    ready(shop)
    sms_journey(shop, "x" * 400)
    shop.send(ann())
    send(sandbox)
    (message,) = shop.messages()
    assert message["status"] == "failed"
    assert shop.message(message["id"])["detail"].startswith("1 of 3 parts were taken; then: ESME_RINVDSTADR")
    assert len(smsc_.submitted) == 2


def test_the_centre_goes_and_comes_back(sandbox, centre):
    shop, smsc_ = sandbox.shop, centre()
    shop.put("channels", "texts", channel(smsc_.url(), timeout="5s"))
    ready(shop)
    sms_journey(shop)
    shop.send(ann())
    port = smsc_.port
    smsc_.close()
    eventually(lambda: not shop.get("/channels/texts/health", probe="true")["probe"]["ready"])
    send(sandbox)
    assert status(shop) == ["scheduled"]
    again = centre(port=port)
    eventually(lambda: again.binds, within=30)
    ready(shop)
    sandbox.advance("5m")
    assert status(shop) == ["sent"] and len(again.submitted) == 1


def test_what_people_write(sandbox, centre, smpp34_centre):
    shop, smsc_ = sandbox.shop, centre()
    shop.put("channels", "texts", channel(smsc_.url()))
    ready(shop)
    shop.send({**ann(), "context": consent(marketing=True)})
    sms_journey(shop, message_class="marketing")
    sandbox.advance("1s")
    written = dict(source=ANN[1:], source_addr_ton=1, destination="12345")
    assert smsc_.deliver(**written, short_message="Где мой заказ?".encode("utf-16-be"), data_coding=8) == OK
    (event,) = events(shop, "SMS Received")
    assert event["properties"]["text"] == "Где мой заказ?" and event["properties"]["to"] == "12345"
    send(sandbox)
    assert status(shop) == ["sent"]
    assert smsc_.deliver(**written, short_message=" стоп! ".encode("utf-16-be"), data_coding=8, sequence=2) == OK
    assert len(events(shop, "SMS Unsubscribed")) == 1
    consents = {c["purpose"]: c for c in shop.get("/people/user:ann/consents")["items"]}
    assert consents["marketing.sms"]["granted"] is False and consents["marketing.sms"]["source"] == "sms"
    send(sandbox, "2")
    assert status(shop)[0] == "suppressed"
    # From a number that is nobody's yet, in the GSM alphabet; what counts its parts wrongly is a text of its own.
    assert smsc_.deliver(source="4915112345678", source_addr_ton=1, short_message=b"\5\0\3\7\2\3Hi\0", esm_class=0x40, sequence=3) == OK
    (event,) = [e for e in shop.timeline("phone:+4915112345678") if e["event"] == "SMS Received"]
    assert event["properties"]["text"] == "Hi@" and "parts" not in event["properties"]
    # Short codes own nobody: kept in quarantine, and taken.
    assert smsc_.deliver(source="456", short_message=b"Ad", sequence=4) == OK
    assert len(shop.get("/quarantine")["items"]) == 1
    # Nonsense is refused and the connection lives.
    smsc_.connections[-1].sendall(smsc.unit(smsc.DELIVER, 9, body=b"\xff" * 30))
    assert smsc_.deliver(**written, short_message=b"again", sequence=5) == OK


def test_texts_from_smpp34(sandbox, smpp34_centre):
    shop, centre = sandbox.shop, smpp34_centre()
    shop.put("channels", "texts", channel(centre.url()))
    ready(shop)
    shop.send(ann())
    centre.deliver(ANN[1:], "Спасибо")
    eventually(lambda: centre.counts["delivered"] == 1)
    assert [event["properties"]["text"] for event in events(shop, "SMS Received")] == ["Спасибо"]


def part_of(octets, reference, count, number, way):
    """A part as phones and centres write it: a header with a reference of 8 or 16 bits, or parameters."""
    if way == "sar":
        return {"hex": octets.hex(), "tlvs": [
            [smpp34.TLV_SAR_MSG_REF_NUM, f"{reference:04x}"], [smpp34.TLV_SAR_TOTAL_SEGMENTS, f"{count:02x}"],
            [smpp34.TLV_SAR_SEGMENT_SEQNUM, f"{number:02x}"]]}
    header = [5, 0, 3, reference, count, number] if way == "udh8" else [6, 8, 4, reference >> 8, reference & 255, count, number]
    return {"hex": (bytes(header) + octets).hex(), "esm": 0x40}


@pytest.mark.parametrize("way", ["udh8", "udh16", "sar"])
def test_a_long_text_is_one_event(sandbox, smpp34_centre, way):
    """Its parts come in whatever order, over two connections, and one of them twice, also after a kill -9."""
    shop, centre = sandbox.shop, smpp34_centre()
    shop.put("channels", "texts", channel(centre.url(), connections=2))
    ready(shop)
    shop.send(ann())
    pieces = ["Здравствуйте! Где мой ", "заказ? Жду его уже 😀", " неделю. Анна"]
    # A phone that counts octets cuts a letter in two.
    whole = "".join(pieces)
    octets = whole.encode("utf-16-be")
    cut = len(pieces[0].encode("utf-16-be"))
    smile = octets.index("😀".encode("utf-16-be")) + 2
    slices = [octets[:cut], octets[cut:smile], octets[smile:]]
    taken = 0

    def bring(number, session):
        nonlocal taken
        centre.deliver(ANN[1:], session=session, **part_of(slices[number - 1], 7, 3, number, way))
        taken += 1
        eventually(lambda: centre.counts["delivered"] == taken)

    bring(3, 0)
    bring(1, 1)
    bring(3, 1)
    assert events(shop, "SMS Received") == []
    sandbox.server.kill()
    sandbox.operator.url = shop.url = sandbox.server.start().url
    ready(shop)
    bring(1, 0)
    assert events(shop, "SMS Received") == [] and shop.get("/quarantine")["items"] == []
    bring(2, 1)
    (event,) = events(shop, "SMS Received")
    assert event["properties"]["text"] == whole and event["properties"]["parts"] == 3
    assert not {"part", "incomplete", "missing"} & set(event["properties"])
    # Our answer to the last part got lost with the process.
    sandbox.server.kill()
    sandbox.operator.url = shop.url = sandbox.server.start().url
    ready(shop)
    bring(2, 0)
    sandbox.advance("1h")
    assert len(events(shop, "SMS Received")) == 1


def test_a_long_text_that_stays_incomplete(sandbox, smpp34_centre):
    shop, centre = sandbox.shop, smpp34_centre()
    shop.put("channels", "texts", channel(centre.url()))
    ready(shop)
    shop.send({**ann(), "context": consent(marketing=True)})
    for number, text in [(1, "стоп, не пишите "), (3, "!")]:
        centre.deliver(ANN[1:], **part_of(text.encode("utf-16-be"), 9, 3, number, "udh8"))
    eventually(lambda: centre.counts["delivered"] == 2)
    # Who says stop is heard at once.
    consents = {c["purpose"]: c for c in shop.get("/people/user:ann/consents")["items"]}
    assert consents["marketing.sms"]["granted"] is False
    sandbox.advance("29m")
    assert events(shop, "SMS Unsubscribed") == []
    sandbox.advance("2m")
    (event,) = events(shop, "SMS Unsubscribed")
    assert event["properties"]["text"] == "стоп, не пишите …!"
    assert event["properties"]["incomplete"] is True and event["properties"]["missing"] == [2]


def test_over_tls(sandbox, centre, tmp_path):
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=smsc",
         "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    shop, smsc_ = sandbox.shop, centre(context=context)
    shop.put("channels", "texts", channel(smsc_.url(scheme="smpps")))
    probe = shop.get("/channels/texts/health", probe="true")["probe"]
    assert not probe["ready"] and "roots=" in probe["remedy"], probe
    shop.put("channels", "texts", channel(smsc_.url(scheme="smpps") + f"?roots={certificate}"))
    ready(shop)
    sms_journey(shop)
    shop.send(ann())
    send(sandbox)
    assert status(shop) == ["sent"]


def test_several_connections_and_a_pace(sandbox, centre):
    shop, smsc_ = sandbox.shop, centre()
    shop.put("channels", "texts", channel(smsc_.url(), connections=3, window=5, ratePerSecond=1000))
    ready(shop)
    assert len(smsc_.binds) == 3
    sms_journey(shop)
    shop.send(*[identify(f"u{n}", {"phone": f"+3933312{n:05}"}) for n in range(60)])
    shop.send(*[track("Paid", user=f"u{n}", id=f"p{n}") for n in range(60)])
    sandbox.advance("1m")
    assert status(shop) == ["sent"] * 60
    assert len({pdu.destination_addr for pdu in smsc_.submitted}) == 60 == len(smsc_.submitted)


@pytest.mark.seconds(90)
def test_an_answer_that_never_comes(sandbox, centre):
    shop, smsc_ = sandbox.shop, centre(lambda pdu, number: SILENCE if number == 1 else OK)
    shop.put("channels", "texts", channel(smsc_.url(), timeout="1s"))
    ready(shop)
    sms_journey(shop, message_class="marketing")
    shop.send({**ann(), "context": consent(marketing=True)})
    send(sandbox)
    assert status(shop) == ["ambiguous"]
    sandbox.advance("1m")
    send(sandbox, "2")
    # The link was asked, and answered: it is used on.
    assert status(shop) == ["sent", "ambiguous"] and len(smsc_.binds) == 1


@pytest.mark.parametrize(
    "change, pointer",
    [
        ({"url": "http://x"}, "/url"), ({"url": "smpp://smsc.example"}, "/url"), ({"url": "smpp://u:muchtoolong@smsc.example"}, "/url"),
        ({"from": "a name too long"}, "/from"), ({"from": ""}, "/from"), ({"long": "short"}, "/long"), ({"window": 0}, "/window"),
        ({"window": 1.5}, "/window"), ({"bind": "rope"}, "/bind"), ({"timeout": "0s"}, "/timeout"), ({"stopWords": "STOP"}, "/stopWords"),
        ({"temporaryCodes": ["x"]}, "/temporaryCodes"), ({"colour": "red"}, "/colour"), ({"receiptIds": "octal"}, "/receiptIds"),
    ],
)
def test_a_wrong_channel_is_named(sandbox, change, pointer):
    response = sandbox.shop.call("PUT", "/channels/texts", {**channel("smpp://u:p@smsc.example"), **change})
    assert response.status_code == 400, response.text
    assert pointer in [error["pointer"] for error in response.json()["errors"]], response.text


def test_a_text_that_is_too_long(sandbox, centre):
    shop, smsc_ = sandbox.shop, centre()
    shop.put("channels", "texts", channel(smsc_.url(), partsMax=2))
    ready(shop)
    sms_journey(shop, "x" * 400)
    shop.send(ann())
    send(sandbox)
    (message,) = shop.messages()
    assert message["status"] == "failed" and shop.message(message["id"])["detail"] == "the text needs 3 parts, and partsMax is 2"


@pytest.mark.parametrize("long, tag", [("sar", "0x20c"), ("payload", "0x424")])
def test_long_texts_by_parameters(sandbox, smpp34_centre, long, tag):
    shop, centre = sandbox.shop, smpp34_centre()
    shop.put("channels", "texts", channel(centre.url(), long=long))
    ready(shop)
    sms_journey(shop, "y" * 200)
    shop.send(ann())
    send(sandbox)
    eventually(lambda: status(shop) == ["delivered"])
    assert len(centre.submitted) == (2 if long == "sar" else 1) and all(tag in taken["tlvs"] for taken in centre.submitted)


def test_kannel_with_a_connection_for_each_way(sandbox):
    program = ROOT / ".setup" / "bin" / "drive_smpp"
    if not os.access(program, os.X_OK):
        pytest.skip("there is no drive_smpp of Kannel; run scripts/setup.sh kannel")
    shop = sandbox.shop
    kannel = KannelCentre(program, brings=3)
    try:
        eventually(lambda: kannel.process.poll() is None)
        time.sleep(0.5)
        shop.put("channels", "texts", channel(kannel.url(), bind="separate", receipts=False))
        ready(shop)
        sms_journey(shop, "Привет, {{ person.first_name }}")
        shop.send(ann())
        send(sandbox)
        assert status(shop) == ["sent"]
        # 456 is no number that anybody owns.
        eventually(lambda: len(shop.get("/quarantine")["items"]) == 3)
    finally:
        log = kannel.close()
    for command in ("bind_transmitter", "bind_receiver", "submit_sm", "deliver_sm_resp"):
        assert f"Handling SMPP PDU of type {command}" in log, log
    assert "Unhandled" not in log and "unpacking failed" not in log, log

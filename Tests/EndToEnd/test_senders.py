"""The servers that play Apple's and Google's push services in `test_push.py` are honest: the libraries that the world uses
talk to them, and understand them as they understand the real ones."""

import json
import pathlib
import subprocess

import pytest

from push import PushServices, private_pem

CLIENTS = pathlib.Path(__file__).parent / "clients"


@pytest.fixture
def services(tmp_path):
    made = PushServices(tmp_path, allows_unasked=True)
    yield made
    made.close()


def run(services, python, script, *arguments):
    done = subprocess.run([python, CLIENTS / script, *map(str, arguments)], capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, f"{services.faults} {done.stderr}"
    return json.loads(done.stdout)


def test_aioapns(services, push_python, tmp_path):
    key = tmp_path / "key.p8"
    key.write_bytes(private_pem(services.apple_key))
    good, gone, bad, late = "aa" * 32, "bb" * 32, "cc" * 32, "dd" * 32
    services.answer(gone, (410, {"reason": "Unregistered", "timestamp": 1795317000000}, {}))
    services.answer(bad, (400, {"reason": "BadDeviceToken"}, {}))
    services.answer(late, (429, {"reason": "TooManyRequests"}, {}))
    answers = run(services, push_python, "aioapns_client.py", services.port, services.certificate, key, good, gone, bad, late)
    assert answers == [["200", None], ["410", "Unregistered"], ["400", "BadDeviceToken"], ["429", "TooManyRequests"]]
    assert services.faults == []
    first = services.messages("/3/device/")[0]
    assert first["headers"]["apns-topic"] == "com.shop.app" and first["json"]["deeplink"] == "x://y"


def test_firebase_admin(services, push_python, tmp_path):
    account = tmp_path / "account.json"
    account.write_text(json.dumps(services.service_account()))
    gone = {"error": {"code": 404, "status": "NOT_FOUND", "message": "Requested entity was not found.", "details": [
        {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": "UNREGISTERED"}]}}
    for _ in range(2):
        services.answer("gone-1", (404, gone, {}))
        services.answer("other-1", (403, {"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "no", "details": [
            {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": "SENDER_ID_MISMATCH"}]}}, {}))
    by_one, at_once = run(services, push_python, "firebase_client.py", services.url, services.certificate, account, "good-1", "gone-1", "other-1")
    for outcomes in (by_one, at_once):
        assert outcomes[0].startswith("projects/shop-1/messages/") and outcomes[1:] == ["UnregisteredError", "SenderIdMismatchError"]
    assert services.faults == []
    versions = [request["version"] for request in services.messages("/v1/projects/")]
    assert sorted(set(versions)) == ["HTTP/1.1", "h2"], versions

"""Webhook steps: signed by the convention of Standard Webhooks, tried again until a clear yes, readable in no answer."""

import base64
import hashlib
import hmac
import http.server
import json
import threading

import pytest

from api import Refused, track

SECRET = "whsec_" + base64.b64encode(b"a secret of at least 24 bytes").decode()


class Receiver:
    """Somebody's server: notes what it is told and answers as scripted, then 204."""

    def __init__(self, *statuses):
        self.calls, self.statuses = [], list(statuses)
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.calls.append((dict(self.headers), body))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"

    def close(self):
        self.server.shutdown()


@pytest.fixture
def receiver():
    receiver = Receiver(500)
    yield receiver
    receiver.close()


def define(shop, url):
    shop.put("templates", "crm", {"channel": "webhook", "body": '{"user": "{{ person.user_id }}", "total": {{ event.total }}}'})
    shop.put(
        "journeys", "tell",
        {"journey": "tell", "enter": {"event": "Order Completed"}, "class": "transactional",
         "steps": [{"webhook": {"id": "crm", "url": url, "template": "crm"}}]},
    )
    shop.publish("tell")


def test_an_address_is_called_signed_and_again(sandbox, receiver):
    shop = sandbox.shop
    shop.put("channels", "hooks", {"type": "webhook", "secret": SECRET})
    assert shop.get("/channels/hooks")["definition"]["secret"] == "***"
    define(shop, receiver.url)
    shop.send(track("Order Completed", "ann", "o-1", properties={"total": 19.5}))
    sandbox.advance("1s")
    (message,) = shop.messages()
    assert message["status"] == "scheduled" and message["to"] == receiver.url
    sandbox.advance("1h")
    (message,) = shop.messages()
    assert message["status"] == "sent" and len(receiver.calls) == 2
    for headers, body in receiver.calls:
        assert json.loads(body) == {"user": "ann", "total": 19.5}
        assert headers["webhook-id"] == message["id"] and headers["Content-Type"] == "application/json"
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        code = hmac.new(base64.b64decode(SECRET[6:]), signed, hashlib.sha256).digest()
        assert headers["webhook-signature"] == "v1," + base64.b64encode(code).decode()


def test_a_wrong_secret_is_named(sandbox):
    for secret in ["", "whsec_AAAA", "plain"]:
        with pytest.raises(Refused) as refused:
            sandbox.shop.put("channels", "hooks", {"type": "webhook", "secret": secret})
        assert "/secret" in refused.value.response.text

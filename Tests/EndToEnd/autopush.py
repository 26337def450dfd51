"""A push service for Firefox: its WebSocket protocol on one side (as autopush speaks it), RFC 8030 on the other.

A browser with `dom.push.serverURL` set to `websocket_url` subscribes here; a POST to the endpoint that it was given is
checked as RFC 8030, 8188 and 8292 ask and passed on.
"""

import asyncio
import base64
import json
import re
import threading
import time
import uuid

import websockets.asyncio.server
import websockets.datastructures
from cryptography.hazmat.primitives.asymmetric import ec
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from push import es256_claims, unbase64


class Autopush:
    def __init__(self):
        self.channels, self.posts, self.faults, self.acknowledged = {}, [], [], []
        self.gone = set()
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.origin = f"http://127.0.0.1:{self.http.server_address[1]}"
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()
        threading.Thread(target=self._run, args=(ready,), daemon=True).start()
        assert ready.wait(10)

    def close(self):
        self.http.shutdown()
        self.loop.call_soon_threadsafe(self.loop.stop)

    def _run(self, ready):
        asyncio.set_event_loop(self.loop)

        async def start():
            server = await websockets.asyncio.server.serve(
                self._browser, "127.0.0.1", 0, subprotocols=["push-notification"]
            )
            self.websocket_url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            ready.set()

        self.loop.create_task(start())
        self.loop.run_forever()

    async def _browser(self, socket):
        async for text in socket:
            message = json.loads(text) if text != "{}" else {"messageType": "ping"}
            kind = message.get("messageType")
            if kind == "hello":
                await socket.send(json.dumps({
                    "messageType": "hello", "uaid": message.get("uaid") or uuid.uuid4().hex, "status": 200,
                    "use_webpush": True, "broadcasts": {},
                }))
            elif kind == "register":
                token = uuid.uuid4().hex
                self.channels[token] = (message["channelID"], message.get("key"), socket)
                await socket.send(json.dumps({
                    "messageType": "register", "channelID": message["channelID"], "status": 200,
                    "pushEndpoint": f"{self.origin}/wpush/v2/{token}",
                }))
            elif kind == "unregister":
                await socket.send(json.dumps({"messageType": "unregister", "channelID": message["channelID"], "status": 200}))
            elif kind == "ack":
                self.acknowledged += message.get("updates", [])
            elif kind == "ping":
                await socket.send("{}")

    def _take(self, path, headers, body):
        """The status for a message to an endpoint; what is wrong with it is a fault."""
        token = path.rsplit("/", 1)[1]
        if token in self.gone or token not in self.channels:
            return 410
        channel, key, socket = self.channels[token]
        authorization = re.fullmatch(r"vapid t=([\w.-]+),\s*k=([\w-]+)", headers["authorization"])
        assert authorization, headers["authorization"]
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unbase64(authorization[2]))
        head, claims = es256_claims(authorization[1], public)
        assert claims["aud"] == self.origin and time.time() < claims["exp"] <= time.time() + 86_400, claims
        assert claims["sub"].startswith("mailto:")
        assert key is None or unbase64(key) == unbase64(authorization[2]), "another key than the subscription's"
        assert headers["content-encoding"] == "aes128gcm" and int(headers["ttl"]) >= 0
        assert headers.get("urgency", "normal") in ("very-low", "low", "normal", "high")
        assert re.fullmatch(r"[\w-]{1,32}", headers.get("topic", "x"))
        assert len(body) <= 4_096 and body[20] == 65
        notification = {
            "messageType": "notification", "channelID": channel, "version": uuid.uuid4().hex,
            "data": base64.urlsafe_b64encode(body).decode().rstrip("="), "headers": {"encoding": "aes128gcm"},
        }
        asyncio.run_coroutine_threadsafe(socket.send(json.dumps(notification)), self.loop).result(10)
        return 201

    def _handler(self):
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(int(headers.get("content-length", 0)))
                try:
                    status = service._take(self.path, headers, body)
                except Exception as fault:  # whatever a sender got wrong is a fault to show
                    service.faults.append(f"{type(fault).__name__}: {fault}")
                    status = 400
                service.posts.append({"path": self.path, "headers": headers, "status": status})
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.send_header("Location", f"{service.origin}/m/{len(service.posts)}")
                self.end_headers()

            def log_message(self, *_):
                pass

        return Handler

"""Push services as they are seen from outside: an HTTP/2 server with TLS that checks every header and says what it is told.

One server plays Apple's push service (/3/device/…), Google's token endpoint and FCM (/token, /v1/projects/…) and a browser's
push service (/wpush/…). It runs on a thread; what it got is in `requests`, what it found wrong in `faults`.
"""

import base64
import datetime
import json
import re
import socket
import ssl
import threading
import time

import h2.config
import h2.connection
import h2.events
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils
from cryptography.x509.oid import NameOID

APPLE_REQUIRED = {"authorization", "apns-topic", "apns-push-type", "apns-id", "apns-expiration", "apns-priority"}


def unbase64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def certificate(folder):
    """A certificate for localhost that signs itself: (certificate file, key file)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(key, hashes.SHA256())
    )
    files = folder / "cert.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(private_pem(key))
    return files


def private_pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def es256_claims(token, public_key):
    """Header and claims of a token that this key has signed; anything else is an error."""
    head, claims, signature = token.split(".")
    raw = unbase64(signature)
    der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public_key.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    return json.loads(unbase64(head)), json.loads(unbase64(claims))


class PushServices:
    def __init__(self, folder, allows_unasked=False):
        self.allows_unasked = allows_unasked
        self.certificate, key_file = certificate(folder)
        self.apple_key = ec.generate_private_key(ec.SECP256R1())
        self.google_key = rsa.generate_private_key(65537, 2048)
        self.requests, self.faults, self.answers, self.tokens_given = [], [], {}, 0
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate, key_file)
        self.context.set_alpn_protocols(["h2", "http/1.1"])
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"https://localhost:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def answer(self, address, *answers):
        """What the next messages to an address get: (status, JSON body, headers)."""
        self.answers.setdefault(address, []).extend(answers)

    def service_account(self):
        return {
            "type": "service_account", "project_id": "shop-1", "private_key_id": "k1",
            "private_key": private_pem(self.google_key).decode(), "client_email": "push@shop-1.example",
            "token_uri": f"{self.url}/token",
        }

    def messages(self, prefix):
        return [request for request in self.requests if request["path"].startswith(prefix)]

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, plain):
        try:
            stream = self.context.wrap_socket(plain, server_side=True)
        except (OSError, ssl.SSLError) as fault:
            self.faults.append(f"handshake: {fault}")
            return
        agreed = stream.selected_alpn_protocol()
        if agreed == "http/1.1":
            return self._serve_old(stream)
        # aioapns speaks HTTP/2 without asking, and Apple takes it.
        if agreed is None and not self.allows_unasked:
            self.faults.append("ALPN: none")
        http = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
        http.initiate_connection()
        stream.sendall(http.data_to_send())
        open_streams = {}
        while True:
            try:
                data = stream.recv(65_536)
            except OSError:
                return
            if not data:
                return
            for event in http.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    open_streams[event.stream_id] = [dict(event.headers), b""]
                elif isinstance(event, h2.events.DataReceived):
                    open_streams[event.stream_id][1] += event.data
                    http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamEnded):
                    headers, body = open_streams.pop(event.stream_id)
                    self._respond(http, event.stream_id, headers, body)
            stream.sendall(http.data_to_send())

    def _serve_old(self, stream):
        """HTTP/1.1, which Google's servers speak as well, and Apple's do not."""
        reader = stream.makefile("rb")
        while line := reader.readline().decode().split():
            headers = {":method": line[0], ":path": line[1], ":scheme": "https"}
            while field := reader.readline().decode().strip():
                name, _, value = field.partition(":")
                headers[name.lower()] = value.strip()
            body = reader.read(int(headers.get("content-length", 0)))
            status, answer, more = self._take(headers, body, "HTTP/1.1")
            content = json.dumps(answer).encode() if answer is not None else b""
            fields = {"content-type": "application/json", "content-length": str(len(content)), **more}
            head = f"HTTP/1.1 {status} x\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
            stream.sendall(head.encode() + b"\r\n" + content)

    def _take(self, headers, body, version):
        path = headers[":path"]
        request = {"path": path, "headers": headers, "body": body, "at": time.time(), "version": version}
        try:
            assert version == "h2" or not path.startswith("/3/device/"), "Apple speaks HTTP/2 only"
            status, answer, more = self._judge(request)
        except Exception as fault:  # whatever a sender got wrong is a fault to show
            self.faults.append(f"{path}: {type(fault).__name__}: {fault}")
            status, answer, more = 400, {"reason": "BadPath"}, {}
        self.requests.append(request)
        return status, answer, more

    def _respond(self, http, number, headers, body):
        status, answer, more = self._take(headers, body, "h2")
        body = json.dumps(answer).encode() if answer is not None else b""
        fields = [(":status", str(status)), ("content-type", "application/json"), ("content-length", str(len(body))), *more.items()]
        http.send_headers(number, fields, end_stream=not body)
        if body:
            http.send_data(number, body, end_stream=True)

    def _judge(self, request):
        path, headers = request["path"], request["headers"]
        assert headers[":method"] == "POST" and headers[":scheme"] == "https", headers
        if match := re.fullmatch(r"/3/device/([0-9a-f]+)", path):
            return self._apple(match[1], request)
        if path == "/token":
            return self._token(request)
        if match := re.fullmatch(r"/v1/projects/([^/]+)/messages:send", path):
            return self._google(match[1], request)
        raise AssertionError("no such path")

    def _next(self, address, usual):
        waiting = self.answers.get(address)
        return waiting.pop(0) if waiting else usual

    def _apple(self, token, request):
        headers = request["headers"]
        missing = APPLE_REQUIRED - headers.keys()
        assert not missing, f"missing {missing}"
        assert headers["apns-push-type"] == "alert" and headers["apns-priority"] in ("5", "10"), headers
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", headers["apns-id"]), headers["apns-id"]
        assert len(headers.get("apns-collapse-id", "").encode()) <= 64
        scheme, bearer = headers["authorization"].split(" ")
        assert scheme == "bearer"
        head, claims = es256_claims(bearer, self.apple_key.public_key())
        assert head["alg"] == "ES256" and len(head["kid"]) == 10 and len(claims["iss"]) == 10, (head, claims)
        assert abs(time.time() - claims["iat"]) < 3_600
        expiration = int(headers["apns-expiration"])
        assert expiration == 0 or time.time() - 60 < expiration < time.time() + 31 * 86_400, expiration
        assert len(request["body"]) <= 4_096
        request["json"] = json.loads(request["body"])
        assert "alert" in request["json"]["aps"]
        status, answer, more = self._next(token, (200, None, {}))
        return status, answer, {"apns-id": headers["apns-id"], **more}

    def _token(self, request):
        fields = dict(part.split("=", 1) for part in request["body"].decode().split("&"))
        assert fields["grant_type"] == "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer", fields
        head, claims, signature = fields["assertion"].split(".")
        from cryptography.hazmat.primitives.asymmetric import padding

        self.google_key.public_key().verify(
            unbase64(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256()
        )
        said = json.loads(unbase64(claims))
        # google-auth always names Google's own address.
        assert said["aud"] in (f"{self.url}/token", "https://oauth2.googleapis.com/token") and said["exp"] - said["iat"] <= 3_600, said
        # Each of these lets an account send; firebase-admin asks for the wider ones.
        assert {f"https://www.googleapis.com/auth/{name}" for name in ("firebase.messaging", "cloud-platform")} & set(said["scope"].split(" ")), said
        self.tokens_given += 1
        return 200, {"access_token": f"ya29.{self.tokens_given}", "expires_in": 3_599, "token_type": "Bearer"}, {}

    def _google(self, project, request):
        assert project == "shop-1"
        given = {f"Bearer ya29.{number}" for number in range(1, self.tokens_given + 1)}
        assert request["headers"]["authorization"] in given, request["headers"]
        assert request["headers"]["content-type"].startswith("application/json")
        message = json.loads(request["body"])["message"]
        request["json"] = message
        addresses = [message[name] for name in ("token", "fid") if name in message]
        assert len(addresses) == 1, message
        assert all(isinstance(value, str) for value in message.get("data", {}).values()), message
        assert re.fullmatch(r"\d+(\.\d+)?s", message.get("android", {}).get("ttl", "1s")), message
        usual = (200, {"name": f"projects/shop-1/messages/{len(self.requests)}"}, {})
        return self._next(addresses[0], usual)

"""HTTP by hand, for what no client library would send."""

import socket
import urllib.parse


class Connection:
    def __init__(self, url, seconds=15):
        address = urllib.parse.urlsplit(url)
        self.socket = socket.create_connection((address.hostname, address.port), timeout=seconds)
        self.rest = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)
        return self

    def _fill(self):
        part = self.socket.recv(65536)
        if not part:
            raise EOFError("the server closed the connection")
        self.rest += part

    def answer(self, to_head=False):
        """The next answer: status, headers by lower-case name, body."""
        while b"\r\n\r\n" not in self.rest:
            self._fill()
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
        status = int(first.split()[1])
        length = 0 if to_head or status in (100, 204) else int(headers.get("content-length", 0))
        while len(self.rest) < length:
            self._fill()
        body, self.rest = self.rest[:length], self.rest[length:]
        return status, headers, body

    def is_closed(self):
        """Whether the server has closed its side (waits for it as long as the socket's limit allows)."""
        try:
            return self.rest == b"" and self.socket.recv(1) == b""
        except ConnectionResetError:
            return True


def request(method, path, body=b"", headers=None, version="1.1"):
    lines = [f"{method} {path} HTTP/{version}", "Host: roost.test"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body or method in ("POST", "PUT"):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

"""A proxy that hands calls over and then loses the answer: the sender must send again, and nothing may happen twice."""

import http.server
import threading

import requests


class LossyProxy:
    """Answers 503 to the first `losses` calls although the server took them."""

    def __init__(self, target, losses):
        self.target, self.losses = target, losses
        self.lock = threading.Lock()
        self.calls = []  # (X-Retry-Count, what the server answered, what the client was told)
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                proxy.forward(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def forward(self, handler):
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        headers = {name: value for name, value in handler.headers.items() if name.lower() not in ("host", "connection")}
        answer = requests.post(self.target + handler.path, data=body, headers=headers, timeout=20)
        with self.lock:
            told = 503 if len(self.calls) < self.losses else answer.status_code
            self.calls.append((int(handler.headers.get("X-Retry-Count", 0)), answer.status_code, told))
        content = b'{"code":"lost","message":"the answer was lost"}' if told == 503 else answer.content
        handler.send_response(told)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

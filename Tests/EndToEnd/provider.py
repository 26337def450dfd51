"""Somebody's HTTP interface: notes what it is called with and answers as scripted."""

import http.server
import json
import threading


class Provider:
    def __init__(self, answer=None):
        """`answer(call) -> (status, body, headers)`; a body that is no text is sent as JSON."""
        self.calls, self.answer = [], answer or (lambda call: (200, {}, {}))
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def respond(self):
                length = int(self.headers.get("content-length") or 0)
                call = {"method": self.command, "path": self.path, "headers": {k.lower(): v for k, v in self.headers.items()},
                        "body": self.rfile.read(length)}
                provider.calls.append(call)
                status, body, headers = provider.answer(call)
                data = (body if isinstance(body, str) else json.dumps(body)).encode()
                self.send_response(status)
                for name, value in {"Content-Length": str(len(data)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_PATCH = respond

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

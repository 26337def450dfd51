"""A shop's site on loopback for a real browser: a few files, and what their scripts report."""

import http.server
import json
import threading
import time


class Site:
    """Serves `files` (path: content type, text), with `headers` on each; POSTs of `{"what": …}` are kept as reports."""

    def __init__(self, files, headers=None):
        site, self.reports = self, []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                kind, text = files.get(self.path.split("?")[0], (None, ""))
                self.send_response(200 if kind else 404)
                self.send_header("Content-Type", kind or "text/plain")
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text.encode())

            def do_POST(self):
                site.reports.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"

    def wait(self, what, seconds=60):
        """The first report of that name; an error that a page reports, or none in time, fails the test."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for report in self.reports:
                assert report["what"] != "error", report
                if report["what"] == what:
                    return report
            time.sleep(0.1)
        raise AssertionError(f"the page did not report {what}; it said {self.reports}")

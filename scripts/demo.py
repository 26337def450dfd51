#!/usr/bin/env python3
"""The demo's part that speaks with a running server.

    demo.py define  URL TOKEN_FILE     makes the workspace cdnow and puts what examples/ holds
    demo.py figures URL TOKEN_FILE     prints what became of it
"""

import glob
import json
import os
import re
import sys
import urllib.error
import urllib.request

EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "examples", "cdnow")
WORKSPACE = "/api/v1/workspaces/cdnow"


class Server:
    def __init__(self, url, token):
        self.url, self.token = url.rstrip("/"), token

    def call(self, method, path, body=None, kind="application/json"):
        request = urllib.request.Request(self.url + path, data=body, method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        if body is not None:
            request.add_header("Content-Type", kind)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                text = response.read()
        except urllib.error.HTTPError as error:
            sys.exit(f"error: {method} {path} answered {error.code}: {error.read().decode(errors='replace')}")
        except urllib.error.URLError as error:
            sys.exit(f"error: {method} {path}: {error.reason}")
        return text

    def json(self, method, path, body=None):
        return json.loads(self.call(method, path, None if body is None else json.dumps(body).encode()))

    def items(self, path):
        return self.json("GET", path)["items"]


def define(server):
    if all(workspace["key"] != "cdnow" for workspace in server.items("/api/v1/workspaces")):
        with open(os.path.join(EXAMPLES, "workspace.json"), "rb") as file:
            server.call("POST", "/api/v1/workspaces", file.read())
    # In this order: a journey names segments and templates.
    for kind in ["segments", "templates", "journeys"]:
        for path in sorted(glob.glob(os.path.join(EXAMPLES, kind, "*.yaml"))):
            key = os.path.splitext(os.path.basename(path))[0]
            with open(path, "rb") as file:
                server.call("PUT", f"{WORKSPACE}/{kind}/{key}", file.read(), "application/yaml")
    for path in sorted(glob.glob(os.path.join(EXAMPLES, "journeys", "*.yaml"))):
        key = os.path.splitext(os.path.basename(path))[0]
        server.call("POST", f"{WORKSPACE}/journeys/{key}/publish", b"")


def metric(text, name):
    """The sum of a metric over its labels."""
    values = re.findall(rf"^{re.escape(name)}(?:{{[^}}]*}})? ([0-9.e+-]+)$", text, re.MULTILINE)
    return sum(map(float, values)) if values else None


def figures(server):
    people = metric(server.call("GET", "/metrics").decode(), "roost_people")
    clock = server.json("GET", "/api/v1/clock")["now"]
    rows = []
    if people is not None:
        rows.append(("people", f"{people:,.0f}"))
    for segment in server.items(f"{WORKSPACE}/segments"):
        rows.append((f"in segment {segment['key']}", f"{segment['count']:,}"))
    for journey in server.items(f"{WORKSPACE}/journeys"):
        for name in ("entered", "inside", "finished", "exited", "messages"):
            rows.append((f"journey {journey['key']}, {name}", f"{journey[name]:,}"))
    letters = server.items(f"{WORKSPACE}/messages?status=sent&limit=1")
    rows.append(("last letter", f"{letters[0]['sentAt'][:10]}: {letters[0]['subject']}" if letters else "none"))
    rows.append(("simulated time", clock))
    width = max(len(name) for name, _ in rows)
    print()
    for name, value in rows:
        print(f"  {name:<{width}}   {value}")


def main():
    actions = {"define": define, "figures": figures}
    if len(sys.argv) != 4 or sys.argv[1] not in actions:
        sys.exit("usage: demo.py define|figures URL TOKEN_FILE")
    with open(sys.argv[3], encoding="ascii") as file:
        token = file.readline().strip()
    actions[sys.argv[1]](Server(sys.argv[2], token))


if __name__ == "__main__":
    main()

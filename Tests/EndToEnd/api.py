"""The management interface and the tracking interface, as thin as they can be: no retries, no hiding of answers."""

import itertools
import json
import time
import urllib.parse

import requests

SECONDS = 30


class Refused(AssertionError):
    def __init__(self, response):
        super().__init__(f"{response.request.method} {response.request.url}: {response.status_code} {response.text[:2000]}")
        self.response = response


class API:
    """Calls below /api/v1 with one bearer token."""

    def __init__(self, url, token):
        self.url = url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method, path, body=None, kind="application/json", headers=None, **parameters):
        """The response, whatever it says."""
        data = body if isinstance(body, (bytes, type(None))) else (body if kind != "application/json" else json.dumps(body))
        if isinstance(data, str):
            data = data.encode()
        own = {"Content-Type": kind} if data is not None else {}
        return self.session.request(
            method, self.url + "/api/v1" + path, data=data, params=parameters, headers={**own, **(headers or {})}, timeout=SECONDS
        )

    def ask(self, method, path, body=None, **options):
        """The answer's JSON; anything but 2xx is an error."""
        response = self.call(method, path, body, **options)
        if not response.ok:
            raise Refused(response)
        return response.json() if response.content else None

    def get(self, path, **parameters):
        return self.ask("GET", path, **parameters)

    def pages(self, path, limit=1000, **parameters):
        """All items of a list, page by page."""
        cursor = {}
        while True:
            page = self.get(path, limit=limit, **parameters, **cursor)
            yield from page["items"]
            if page["next"] is None:
                return
            cursor = {"cursor": page["next"]}


class Workspace(API):
    """One workspace with its keys."""

    numbers = itertools.count(1)

    def __init__(self, url, key, write_key, secret_key):
        super().__init__(url, secret_key)
        self.key, self.write_key, self.secret_key = key, write_key, secret_key
        self.prefix = f"/workspaces/{key}"

    @classmethod
    def make(cls, operator, key=None, **fields):
        key = key or f"shop-{next(cls.numbers)}"
        made = operator.ask("POST", "/workspaces", {"key": key, "name": key, **fields})
        return cls(operator.url, key, made["writeKey"], made["secretKey"])

    def call(self, method, path, body=None, **options):
        return super().call(method, path if path.startswith("/workspaces") else self.prefix + path, body, **options)

    # Collecting

    def post(self, call, body, **options):
        """A tracking call; the response, whatever it says."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **options.pop("headers", {})}
        return requests.post(
            f"{self.url}/v1/{call}", data=data, auth=(self.write_key, ""), headers=headers, timeout=SECONDS, **options
        )

    def send(self, *events, call="batch"):
        """Events that must all be accepted."""
        response = self.post(call, {"batch": list(events)})
        assert response.status_code == 200, response.text
        answer = response.json()
        assert answer == {"success": True, "accepted": len(events), "rejected": []}, answer
        return answer

    # Reading

    def person(self, ref):
        return self.get("/people/" + urllib.parse.quote(ref, safe=":@"))

    def timeline(self, ref, limit=1000):
        return list(self.pages(f"/people/{urllib.parse.quote(ref, safe=':@')}/timeline", limit=limit))

    def messages(self, **filters):
        return list(self.pages("/messages", **filters))

    def message(self, id):
        return self.get(f"/messages/{id}")

    # Definitions

    def put(self, kind, key, body):
        if isinstance(body, str):
            return self.ask("PUT", f"/{kind}/{key}", body, kind="application/yaml")
        return self.ask("PUT", f"/{kind}/{key}", body)

    def publish(self, journey):
        return self.ask("POST", f"/journeys/{journey}/publish")

    def letter(self, key, subject, text="Hello {{ person.first_name | default: \"there\" }}\n", **more):
        return self.put("templates", key, {"channel": "email", "subject": subject, "text": text, **more})

    def email_channel(self, port, key="email", sender="Shop <hi@shop.example>"):
        return self.put("channels", key, {"type": "email.smtp", "url": f"smtp://127.0.0.1:{port}", "from": sender})


def track(event, user=None, id=None, **more):
    """A track call; properties by keyword `properties`, anything else as it stands."""
    call = {"type": "track", "event": event, **more}
    if user is not None:
        call["userId"] = user
    if id is not None:
        call["messageId"] = id
    return call


def identify(user, traits=None, **more):
    return {"type": "identify", "userId": user, "traits": traits or {}, **more}


def consent(**answers):
    """A context that carries answers: consent(marketing=True)."""
    return {"consent": {"categoryPreferences": answers}}


def eventually(condition, within=15, every=0.05):
    """Waits until `condition()` gives something true and returns it; its last result is part of the failure."""
    end = time.monotonic() + within
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < end, f"not so after {within} s: {getattr(condition, '__name__', condition)} gave {found!r}"
        time.sleep(every)

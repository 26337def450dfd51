"""A server of the Telegram Bot API, as far as messages and updates go: checks what it is called with as Telegram does,
and answers in its form. python-telegram-bot talks to it too."""

import html
import html.parser
import http.server
import json
import queue
import threading
import urllib.parse

TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "blockquote", "tg-spoiler", "a", "span"}


class Markup(html.parser.HTMLParser):
    """Telegram's rules for HTML: known tags, each closed in its turn, no bare < or &."""

    def __init__(self, text):
        super().__init__(convert_charrefs=False)
        self.stack, self.text, self.fault = [], "", None
        rest = text
        while "&" in rest:
            rest = rest[rest.index("&") + 1:]
            name = rest.split(";")[0]
            if not (name in {"lt", "gt", "amp", "quot"} or name.startswith("#")):
                self.fault = f"bare & before {name[:10]!r}"
        self.feed(text)
        self.close()
        if self.stack:
            self.fault = f"can't find end tag of {self.stack[-1]}"

    def handle_starttag(self, tag, attributes):
        if tag not in TAGS:
            self.fault = f'Unsupported start tag "{tag}"'
        self.stack.append(tag)

    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop() != tag:
            self.fault = f"unexpected end tag {tag}"

    def handle_data(self, data):
        if "<" in data:
            self.fault = "bare <"
        self.text += data

    def handle_entityref(self, name):
        self.text += html.unescape(f"&{name};")

    def handle_charref(self, name):
        self.text += html.unescape(f"&#{name};")


class BotAPI:
    def __init__(self, token="123:ABC", name="shop_bot"):
        self.token, self.name = token, name
        self.calls, self.faults, self.sent = [], [], []
        # chat -> list of answers (status, document) given once each instead of the usual one
        self.script = {}
        self.blocked, self.webhook, self.updates, self.confirmed = set(), None, [], 0
        self.lock, self.news = threading.Condition(), queue.Queue()
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                status, document = api.answer(self.path, self.headers.get("content-type", ""), body)
                data = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        with self.lock:
            self.token = None
            self.lock.notify_all()
        self.server.shutdown()
        self.server.server_close()

    # What people do

    def tell(self, **update):
        with self.lock:
            self.updates.append({"update_id": 1000 + len(self.updates), **update})
            self.lock.notify_all()
            return self.updates[-1]

    def write(self, chat, text, kind="private"):
        person = {"id": chat, "is_bot": False, "first_name": "Ann", "language_code": "it", "username": "ann_x"}
        return self.tell(message={"message_id": len(self.updates) + 1, "date": 1, "chat": {"id": chat, "type": kind},
                                  "from": person, "text": text})

    def press(self, chat, data):
        return self.tell(callback_query={"id": f"q{len(self.updates)}", "from": {"id": chat, "is_bot": False, "first_name": "Ann"},
                                         "message": {"message_id": 7, "date": 1, "chat": {"id": chat, "type": "private"}},
                                         "chat_instance": "1", "data": data})

    def block(self, chat, status="kicked"):
        return self.tell(my_chat_member={"chat": {"id": chat, "type": "private"}, "from": {"id": chat, "is_bot": False, "first_name": "A"},
                                         "date": 1, "old_chat_member": {"status": "member"},
                                         "new_chat_member": {"status": status}})

    # What bots ask

    @staticmethod
    def refuse(code, description, **parameters):
        document = {"ok": False, "error_code": code, "description": description}
        return code, {**document, "parameters": parameters} if parameters else document

    def answer(self, path, kind, body):
        parts = path.split("?")[0].strip("/").split("/")
        if len(parts) != 2 or parts[0] != f"bot{self.token}":
            return self.refuse(401 if parts[0].startswith("bot") else 404, "Unauthorized")
        if "json" in kind:
            parameters = json.loads(body or b"{}")
        else:
            # Forms carry objects as JSON texts.
            parameters = {}
            for name, value in urllib.parse.parse_qsl(body.decode()):
                try:
                    parameters[name] = json.loads(value) if value[:1] in "[{" or name.endswith("_id") or value in ("true", "false") else value
                except ValueError:
                    parameters[name] = value
        self.calls.append((parts[1], parameters))
        method = getattr(self, "do_" + parts[1], None)
        return method(parameters) if method else self.refuse(404, "Not Found: method not found")

    def do_getMe(self, _):
        return 200, {"ok": True, "result": {"id": 123, "is_bot": True, "first_name": "Shop", "username": self.name}}

    def do_sendMessage(self, parameters):
        return self.send(parameters, parameters.get("text", ""), 4096)

    def do_sendPhoto(self, parameters):
        if not str(parameters.get("photo", "")).startswith("http"):
            return self.refuse(400, "Bad Request: there is no photo in the request")
        return self.send(parameters, parameters.get("caption", ""), 1024)

    def send(self, parameters, text, most):
        chat = parameters.get("chat_id")
        if self.script.get(chat):
            return self.script[chat].pop(0)
        if not isinstance(chat, int):
            return self.refuse(400, "Bad Request: chat not found")
        if chat in self.blocked:
            return self.refuse(403, "Forbidden: bot was blocked by the user")
        if parameters.get("parse_mode") == "HTML":
            markup = Markup(text)
            if markup.fault:
                self.faults.append((markup.fault, text))
                return self.refuse(400, f"Bad Request: can't parse entities: {markup.fault}")
            text = markup.text
        if not text or len(text.encode("utf-16-le")) // 2 > most:
            return self.refuse(400, "Bad Request: message is too long" if text else "Bad Request: message text is empty")
        for row in (parameters.get("reply_markup") or {}).get("inline_keyboard", []):
            for button in row:
                if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
                    return self.refuse(400, "Bad Request: BUTTON_DATA_INVALID")
        self.sent.append((chat, text, parameters))
        return 200, {"ok": True, "result": {"message_id": len(self.sent), "date": 1, "chat": {"id": chat, "type": "private"},
                                            "text": text}}

    def do_setWebhook(self, parameters):
        self.webhook = parameters
        return 200, {"ok": True, "result": True}

    def do_deleteWebhook(self, _):
        self.webhook = None
        return 200, {"ok": True, "result": True}

    def do_answerCallbackQuery(self, _):
        return 200, {"ok": True, "result": True}

    def do_getUpdates(self, parameters):
        if self.webhook:
            return self.refuse(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
        with self.lock:
            offset = int(parameters.get("offset") or 0)
            self.confirmed = max(self.confirmed, offset)
            found = [update for update in self.updates if update["update_id"] >= self.confirmed]
            if not found:
                self.lock.wait(min(float(parameters.get("timeout") or 0), 1))
                found = [update for update in self.updates if update["update_id"] >= self.confirmed]
            return 200, {"ok": True, "result": found[: int(parameters.get("limit") or 100)]}

"""A mail server made of aiosmtpd in a thread: it keeps what it takes and answers as it is told."""

import asyncio
import email
import email.policy
import threading

from aiosmtpd.smtp import SMTP

# A script's answer: the letter is taken, and the connection breaks before the sender hears of it.
DROP = "drop"


class MailServer:
    """`script(recipient, attempt)` gives a reply such as "451 4.3.0 later", DROP, or None: taken."""

    def __init__(self, script=None, context=None):
        """With a context no letter is taken before STARTTLS."""
        self.context, self.secured = context, 0
        self.script = script or (lambda recipient, attempt: None)
        self.lock = threading.Lock()
        self.letters = []
        self.attempts = {}
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True, name="mail")

    def __enter__(self):
        self.thread.start()
        self.listener = asyncio.run_coroutine_threadsafe(
            self.loop.create_server(lambda: SMTP(
                    self, enable_SMTPUTF8=True, ident="mail.test", loop=self.loop, tls_context=self.context, require_starttls=self.context is not None
                ), "127.0.0.1", 0),
            self.loop,
        ).result(10)
        self.port = self.listener.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_):
        self.stop_listening()
        asyncio.run_coroutine_threadsafe(self._end_sessions(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

    async def _end_sessions(self):
        sessions = asyncio.all_tasks() - {asyncio.current_task()}
        for session in sessions:
            session.cancel()
        await asyncio.gather(*sessions, return_exceptions=True)

    def stop_listening(self):
        """As if the mail server were down."""
        done = threading.Event()
        self.loop.call_soon_threadsafe(lambda: (self.listener.close(), done.set()))
        done.wait(10)

    def handle_STARTTLS(self, server, session, envelope):
        self.secured += 1
        return True

    async def handle_DATA(self, server, session, envelope):
        recipient = envelope.rcpt_tos[0]
        with self.lock:
            attempt = self.attempts[recipient] = self.attempts.get(recipient, 0) + 1
            reply = self.script(recipient, attempt)
            if reply in (None, DROP):
                self.letters.append(Letter(envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        if reply == DROP:
            server.transport.abort()
            return "250 never heard"
        return reply or "250 2.0.0 taken"

    def to(self, address):
        with self.lock:
            return [letter for letter in self.letters if address in letter.recipients]


class Letter:
    def __init__(self, sender, recipients, content):
        self.sender, self.recipients, self.content = sender, recipients, content
        self.message = email.message_from_bytes(content, policy=email.policy.SMTP + email.policy.strict)

    @property
    def id(self):
        return str(self.message["Message-ID"]).strip("<>")

    @property
    def subject(self):
        return str(self.message["Subject"])

    def text(self, kind="plain"):
        part = self.message.get_body((kind,))
        return part and part.get_content().replace("\r\n", "\n")

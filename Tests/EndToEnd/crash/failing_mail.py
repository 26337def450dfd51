"""A mail server that fails at every stage of the dialogue: it breaks the connection, asks for later, refuses for good, or
takes a letter and breaks the connection before it says so. Speaks SMTP by itself, for a library would keep the rules."""

import asyncio
import collections
import random
import re
import threading

MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([0-9a-f]{32})@", re.MULTILINE | re.IGNORECASE)

# Stage → how it may fail. "drop" breaks the connection without a word.
STAGES = {
    "connect": ["drop"],
    "greeting": ["drop", "421 4.3.2 not now", "554 5.3.2 no service here"],
    "ehlo": ["drop", "421 4.3.2 not now", "451 4.3.0 later"],
    "auth": ["drop", "454 4.7.0 later"],
    "mail": ["drop", "451 4.3.0 later", "550 5.7.1 not from you"],
    "rcpt": ["drop", "450 4.2.1 busy", "550 5.7.1 not for this one"],
    "data": ["drop", "451 4.3.0 later", "554 5.7.1 no data"],
    "body": ["drop"],
    "dot": ["drop", "451 4.3.0 later", "554 5.7.1 not this one"],
    # The letter is taken and nobody hears of it.
    "taken": ["drop"],
    "quit": ["drop"],
}
# Of sessions and of commands.
CHANCES = {"connect": 0.02, "greeting": 0.02, "ehlo": 0.02, "auth": 0.02}
CHANCE = 0.012


class FailingMailServer:
    """`taken`: how often each Message-ID was taken; `failures`: how often each stage failed in which way."""

    def __init__(self, seed):
        self.random = random.Random(f"{seed}/failing")
        self.lock = threading.Lock()
        self.taken, self.failures = collections.Counter(), collections.Counter()
        self.refusals = 0  # replies of 5xx
        self.fails = True
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True, name="failing mail")

    def __enter__(self):
        self.thread.start()
        started = asyncio.run_coroutine_threadsafe(asyncio.start_server(self.session, "127.0.0.1", 0, limit=1 << 22), self.loop)
        self.listener = started.result(10)
        self.port = self.listener.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.listener.close)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

    def counts(self):
        with self.lock:
            return dict(self.taken)

    def failure(self, stage):
        """How this one fails; `None`: it does not."""
        with self.lock:
            if not self.fails or self.random.random() >= CHANCES.get(stage, CHANCE):
                return None
            how = self.random.choice(STAGES[stage])
            self.failures[(stage, how[:4].strip())] += 1
            self.refusals += how.startswith("5")
            return how

    async def session(self, reader, writer):
        try:
            await self.dialogue(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, Dropped):
            pass
        finally:
            if not writer.transport.is_closing():
                writer.transport.abort()

    async def say(self, stage, reply, writer):
        """Whether all was well; a failure is said, or the connection broken, instead."""
        how = self.failure(stage)
        if how == "drop":
            raise Dropped
        writer.write((how or reply).encode() + b"\r\n")
        await writer.drain()
        if how and (how.startswith("421") or stage == "greeting"):
            raise Dropped
        return how is None

    async def dialogue(self, reader, writer):
        if self.failure("connect"):
            raise Dropped
        await self.say("greeting", "220 failing.test ESMTP", writer)
        sender, recipient = False, False
        while line := await reader.readline():
            command = line.split()[0].upper() if line.strip() else b""
            match command:
                case b"EHLO" | b"HELO":
                    extensions = ["failing.test", "PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "AUTH PLAIN"]
                    lines = [f"250-{name}" for name in extensions[:-1]] + [f"250 {extensions[-1]}"]
                    await self.say("ehlo", "\r\n".join(lines), writer)
                case b"AUTH":
                    await self.say("auth", "235 2.7.0 welcome", writer)
                case b"MAIL":
                    sender, recipient = await self.say("mail", "250 2.1.0 ok", writer), False
                case b"RCPT" if sender:
                    recipient = await self.say("rcpt", "250 2.1.5 ok", writer)
                case b"DATA" if recipient:
                    if await self.say("data", "354 go ahead", writer):
                        await self.take(reader, writer)
                    sender, recipient = False, False
                case b"RCPT" | b"DATA":
                    writer.write(b"503 5.5.1 out of turn\r\n")
                case b"RSET":
                    sender, recipient = False, False
                    writer.write(b"250 2.0.0 ok\r\n")
                case b"QUIT":
                    await self.say("quit", "221 2.0.0 bye", writer)
                    return
                case _:
                    writer.write(b"250 2.0.0 ok\r\n")

    async def take(self, reader, writer):
        if self.failure("body"):
            await reader.readline()
            raise Dropped
        content = (await reader.readuntil(b"\r\n.\r\n"))[:-3]
        how = self.failure("dot")
        if how == "drop":
            raise Dropped
        if how:
            writer.write(how.encode() + b"\r\n")
            return
        [id] = MESSAGE_ID.findall(content)
        with self.lock:
            self.taken[id.decode()] += 1
        if self.failure("taken"):
            raise Dropped
        writer.write(b"250 2.0.0 taken\r\n")


class Dropped(Exception):
    pass

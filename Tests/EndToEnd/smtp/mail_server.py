"""A mail server made of aiosmtpd, scripted by the recipients' names.

Prints `port N` when it listens, then one JSON object a line for every message it took.
A recipient named `reject…` is refused with 550, `later…` with 450; a message with the subject `Refuse me` with 554.
"""

import argparse
import asyncio
import base64
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address.startswith("reject"):
            return "550 5.1.1 no such user"
        if address.startswith("later"):
            return "450 4.2.1 mailbox busy"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        if b"Subject: Refuse me\r\n" in envelope.content:
            return "554 5.7.1 not this one"
        message = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None,
            "user": session.auth_data.login.decode() if session.authenticated else None,
            "utf8": envelope.smtp_utf8,
            "options": envelope.mail_options,
            "content": base64.b64encode(envelope.content).decode(),
        }
        print(json.dumps(message), flush=True)
        return "250 2.0.0 taken"


def authenticate(server, session, envelope, mechanism, auth_data):
    is_right = isinstance(auth_data, LoginPassword) and (auth_data.login, auth_data.password) == (b"shop", b"p:/%\xc3\xa9")
    return AuthResult(success=is_right, handled=False, auth_data=auth_data if is_right else None)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--implicit", action="store_true")
    parser.add_argument("--auth", choices=["PLAIN", "LOGIN"])
    options = parser.parse_args()
    context = None
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.key)
    exclude = [] if options.auth is None else ["LOGIN" if options.auth == "PLAIN" else "PLAIN"]

    def factory():
        return SMTP(
            Handler(),
            enable_SMTPUTF8=True,
            decode_data=False,
            tls_context=None if options.implicit else context,
            require_starttls=context is not None and not options.implicit,
            authenticator=authenticate if options.auth else None,
            auth_required=options.auth is not None,
            auth_require_tls=options.auth is not None and not options.implicit,
            auth_exclude_mechanism=exclude,
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(factory, "127.0.0.1", 0, ssl=context if options.implicit else None)
    print("port", server.sockets[0].getsockname()[1], flush=True)
    # The parent's end is ours.
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())

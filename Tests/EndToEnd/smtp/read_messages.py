"""Reads messages with Python's e-mail parser, any defect being an error.

Input: one Base64 message a line. Output: for each one JSON object with the decoded fields and bodies, and `error`.
"""

import base64
import email
import email.policy
import json
import sys
from email.errors import NonASCIILocalPartDefect


def read(raw: bytes) -> dict:
    is_utf8 = any(byte > 127 for byte in raw.split(b"\r\n\r\n", 1)[0])
    policy = (email.policy.SMTPUTF8 if is_utf8 else email.policy.SMTP) + email.policy.strict
    # message_from_bytes takes bytes above 127 in a header for damage, RFC 6532 or not.
    message = email.message_from_string(raw.decode(), policy=policy) if is_utf8 else email.message_from_bytes(raw, policy=policy)
    defects = [str(d) for part in message.walk() for d in part.defects]
    for part in message.walk():
        for _, value in part.items():
            # RFC 6531 allows the local part that this defect is about.
            found = [d for d in getattr(value, "defects", ()) if not (is_utf8 and isinstance(d, NonASCIILocalPartDefect))]
            defects += [str(d) for d in found]
    if not raw.endswith(b"\r\n") or b"\n" in raw.replace(b"\r\n", b"") or b"\r" in raw.replace(b"\r\n", b""):
        defects.append("a line does not end in CRLF")
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return {
        "defects": defects,
        "longestLine": max(len(line) for line in raw.split(b"\r\n")),
        "subject": message["Subject"],
        "from": [[a.display_name, a.addr_spec] for a in message["From"].addresses],
        "to": [[a.display_name, a.addr_spec] for a in message["To"].addresses],
        "date": message["Date"].datetime.isoformat(),
        "messageID": str(message["Message-ID"]),
        "unsubscribe": message["List-Unsubscribe"],
        "text": text and text.get_content().replace("\r\n", "\n"),
        "html": html and html.get_content().replace("\r\n", "\n"),
        "encodings": [part["Content-Transfer-Encoding"] for part in message.walk()],
        "type": message.get_content_type(),
    }


def main():
    for line in sys.stdin:
        try:
            print(json.dumps(read(base64.b64decode(line))), flush=True)
        except Exception as error:  # a report, not an end: the next message is read all the same
            print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)


if __name__ == "__main__":
    main()

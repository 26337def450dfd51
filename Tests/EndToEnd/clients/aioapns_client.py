"""Sends messages through aioapns to a server that plays Apple's. Runs in that library's own venv.

    aioapns_client.py PORT CERTIFICATE KEY_FILE TOKEN…

Prints a JSON list: for each token what the library understood of the answer, `[status, description]`.
"""

import asyncio
import json
import pathlib
import ssl
import sys

from aioapns import APNs, NotificationRequest, PushType
from aioapns.connection import APNsTLSClientProtocol


async def main(port, certificate, key_file, tokens):
    # Where Apple's name stands in the library; everything else is as it comes.
    for protocol in [APNsTLSClientProtocol, *APNsTLSClientProtocol.__subclasses__()]:
        protocol.APNS_SERVER, protocol.APNS_PORT = "localhost", port
    context = ssl.create_default_context(cafile=certificate)
    client = APNs(
        key=pathlib.Path(key_file).read_text(), key_id="KEYID12345", team_id="TEAMID1234", topic="com.shop.app", ssl_context=context, max_connection_attempts=1
    )
    answers = []
    for token in tokens:
        answer = await client.send_notification(
            NotificationRequest(
                device_token=token, message={"aps": {"alert": {"title": "T", "body": "B"}}, "deeplink": "x://y"}, time_to_live=3600,
                priority=10, collapse_key="promo", push_type=PushType.ALERT,
            )
        )
        answers.append([answer.status, answer.description])
    print(json.dumps(answers))


asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:]))

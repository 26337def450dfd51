"""Sends messages through firebase-admin to a server that plays Google's. Runs in that library's own venv.

    firebase_client.py URL CERTIFICATE SERVICE_ACCOUNT_FILE TOKEN…

Prints a JSON list: for each token the message's name, or the class of the error that the library made of the answer.
"""

import asyncio
import json
import os
import sys

# Before the libraries read it: whom to trust.
os.environ["REQUESTS_CA_BUNDLE"] = os.environ["SSL_CERT_FILE"] = sys.argv[2]

import firebase_admin
from firebase_admin import credentials, messaging


def message(token):
    return messaging.Message(
        token=token, notification=messaging.Notification(title="T", body="B"), data={"k": "v"},
        android=messaging.AndroidConfig(ttl=3600, priority="high", collapse_key="c"),
    )


def outcome(response):
    return response.message_id if response.success else type(response.exception).__name__


def main(url, account, tokens):
    # Where Google's address stands in the library; everything else is as it comes.
    messaging._MessagingService.FCM_URL = url + "/v1/projects/{0}/messages:send"
    firebase_admin.initialize_app(credentials.Certificate(account), {"httpTimeout": 10})
    # One by one over HTTP/1.1, as `send` does; then all at once over HTTP/2.
    by_one = [outcome(messaging.send_each([message(token)]).responses[0]) for token in tokens]
    at_once = [outcome(response) for response in asyncio.run(messaging.send_each_async([message(token) for token in tokens])).responses]
    print(json.dumps([by_one, at_once]))


main(sys.argv[1], sys.argv[3], sys.argv[4:])

"""The scripts that judge the mail channel must themselves be right: Python's own client and writer are the measure."""

import base64
import json
import pathlib
import smtplib
import subprocess
import sys
from email.message import EmailMessage

import pytest

from read_messages import read

HERE = pathlib.Path(__file__).parent


def message(subject="Привет"):
    written = EmailMessage()
    written["Subject"] = subject
    written["From"] = "Shop <hi@shop.example>"
    written["To"] = "ann@example.com"
    written["Date"] = "Fri, 21 Nov 1997 15:55:06 +0000"
    written["Message-ID"] = "<1@shop.example>"
    written.set_content("Привет, Анна\n")
    return written


@pytest.fixture
def server():
    process = subprocess.Popen(
        [sys.executable, HERE / "mail_server.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield process, int(process.stdout.readline().split()[1])
    process.stdin.close()
    process.wait(10)


def test_reading_what_python_wrote():
    found = read(message().as_bytes(policy=message().policy.clone(linesep="\r\n")))
    assert found["defects"] == []
    assert found["subject"] == "Привет"
    assert found["text"].strip() == "Привет, Анна"


@pytest.mark.parametrize("damage", [b"Subject: a\r\nSubject b\r\n\r\n", b"Content-Type: multipart/mixed\r\n\r\nx\r\n"])
def test_damage_is_found(damage):
    with pytest.raises(Exception):
        read(damage)


def test_server_takes_and_refuses(server):
    process, port = server
    with smtplib.SMTP("127.0.0.1", port) as client:
        refused = client.send_message(message(), to_addrs=["ann@example.com", "reject@example.com", "later@example.com"])
        assert {name: reply[0] for name, reply in refused.items()} == {"reject@example.com": 550, "later@example.com": 450}
        with pytest.raises(smtplib.SMTPDataError):
            client.send_message(message("Refuse me"))
    taken = json.loads(process.stdout.readline())
    assert taken["to"] == ["ann@example.com"]
    assert b"Subject:" in base64.b64decode(taken["content"])

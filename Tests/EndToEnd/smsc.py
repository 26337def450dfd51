"""Message centres.

Real ones: smpp34's server (Rust) and Kannel's drive_smpp, each in a process of its own. And a scripted one, for
what a real one does not do when asked: it refuses binds, leaves answers out, breaks connections. Its units are read and
written by smpp34's codec, never by ours.
"""

import collections
import json
import pathlib
import queue
import socket
import struct
import subprocess
import sys
import threading
import time

import smpp34

BIND_TRANSMITTER, BIND_RECEIVER, BIND_TRANSCEIVER = 2, 1, 9
SUBMIT, DELIVER, UNBIND, ENQUIRE = 4, 5, 6, 0x15
ANSWER = 0x80000000
OK, INVALID_PASSWORD, INVALID_DESTINATION, THROTTLED, QUEUE_FULL = 0, 0x0E, 0x0B, 0x58, 0x14
DATA_SM = 0x103

# Script results besides a status number.
HANG_UP, SILENCE = "hang up", "silence"


def unit(command, sequence, status=0, body=b""):
    return struct.pack(">IIII", 16 + len(body), command, status, sequence) + body


class ScriptedCentre:
    """`script(pdu, number)` says what becomes of a submit_sm: a status, HANG_UP or SILENCE."""

    def __init__(self, script=None, bind=lambda system_id, password: OK, port=0, context=None):
        self.script = script or (lambda pdu, number: OK)
        self.bind, self.context = bind, context
        self.lock = threading.Lock()
        self.submitted, self.binds, self.answers, self.connections = [], [], [], []
        self.next_id = 0x1A2B
        self.decimal_ids = False
        self.listener = socket.create_server(("127.0.0.1", port))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, password="secret", scheme="smpp"):
        return f"{scheme}://roost:{password}@127.0.0.1:{self.port}"

    def close(self):
        try:
            # Or the port stays taken while somebody waits in accept().
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        self.hang_up()

    def hang_up(self):
        with self.lock:
            connections, self.connections = self.connections, []
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            connection.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            with self.lock:
                self.connections.append(connection)
            while self._take(connection):
                pass
        except (OSError, EOFError):
            pass
        connection.close()

    def _take(self, connection):
        header = self._read(connection, 16)
        length, command, status, sequence = struct.unpack(">IIII", header)
        body = self._read(connection, length - 16)
        if command in (BIND_TRANSMITTER, BIND_RECEIVER, BIND_TRANSCEIVER):
            system_id, password = (part.decode() for part in body.split(b"\0")[:2])
            status = self.bind(system_id, password)
            self.binds.append((command, system_id, password, status))
            connection.sendall(unit(command | ANSWER, sequence, status, b"TEST\0" if status == OK else b""))
            return status == OK
        if command == SUBMIT:
            return self._submit(connection, smpp34.decode(header + body), sequence)
        if command in (ENQUIRE, UNBIND):
            connection.sendall(unit(command | ANSWER, sequence))
            return command == ENQUIRE
        if command in (DELIVER | ANSWER, DATA_SM | ANSWER):
            self.answers.append((sequence, status))
        return True

    def _submit(self, connection, pdu, sequence):
        with self.lock:
            self.submitted.append(pdu)
            number = len(self.submitted)
            verdict = self.script(pdu, number)
            if verdict == OK:
                self.next_id += 1
                name = str(self.next_id) if self.decimal_ids else f"{self.next_id:X}"
                pdu_id = name.encode() + b"\0"
        if verdict == HANG_UP:
            return False
        if verdict != SILENCE:
            connection.sendall(unit(SUBMIT | ANSWER, sequence, verdict, pdu_id if verdict == OK else b""))
        return True

    @staticmethod
    def _read(connection, count):
        data = b""
        while len(data) < count:
            more = connection.recv(count - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def deliver(self, sequence=1, **fields):
        """Brings a deliver_sm and returns the status of its answer."""
        pdu = smpp34.DeliverSm(fields.pop("source"), fields.pop("destination", "Shop"), sequence_number=sequence, **fields)
        return self.bring(pdu.encode(), sequence)

    def bring(self, data, sequence):
        before = len(self.answers)
        with self.lock:
            self.connections[-1].sendall(data)
        end = time.monotonic() + 15
        while time.monotonic() < end:
            for known, status in self.answers[before:]:
                if known == sequence:
                    return status
            time.sleep(0.02)
        raise AssertionError("the deliver_sm was not answered")


class Smpp34Centre:
    """smpp34's server in its own process; see smpp34_centre.py."""

    def __init__(self, receipts="text", throttle_first=0):
        script = pathlib.Path(__file__).parent / "smpp34_centre.py"
        self.process = subprocess.Popen(
            [sys.executable, str(script), receipts, str(throttle_first)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.port = json.loads(self.process.stdout.readline())["port"]
        self.lines = queue.Queue()
        self.submitted, self.bound = [], 0
        self.counts = collections.Counter()
        threading.Thread(target=self._read, daemon=True).start()

    def url(self):
        return f"smpp://roost:secret@127.0.0.1:{self.port}"

    def _read(self):
        for line in self.process.stdout:
            event = json.loads(line)
            self.counts[event["event"]] += 1
            if event["event"] == "submit":
                self.submitted.append(event)

    def deliver(self, source, text=None, **more):
        """`more`: `hex`, `esm`, `coding`, `tlvs`, and `session`, the number of the connection."""
        self.process.stdin.write(json.dumps({"source": source, "text": text, **more}) + "\n")
        self.process.stdin.flush()

    def close(self):
        self.process.kill()
        self.process.wait(10)


class KannelCentre:
    """Kannel's drive_smpp: takes messages, and brings `brings` texts from 456. It wants a bearerbox at port 13001."""

    def __init__(self, program, brings):
        self.bearerbox = socket.create_server(("127.0.0.1", 13001))
        threading.Thread(target=self._accept, daemon=True).start()
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [program, "-v", "0", "-p", str(self.port), "-m", str(brings)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def _accept(self):
        self.box, _ = self.bearerbox.accept()

    def url(self):
        return f"smpp://roost:secret@127.0.0.1:{self.port}"

    def close(self):
        """Its log."""
        self.process.terminate()
        log, _ = self.process.communicate(timeout=20)
        self.bearerbox.close()
        return log

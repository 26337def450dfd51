"""The server as a process: started on a free port, watched, ended by its process id."""

import json
import os
import pathlib
import signal
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
START_SECONDS = 30
STOP_SECONDS = 60


def binary():
    return os.environ.get("ROOST_BINARY") or str(ROOT / ".build" / "debug" / "roost")


class ServerFault(AssertionError):
    """The server did what no server may; the end of its log is part of the message."""


class Server:
    """One `roost serve`. Data and log lie below `directory` and outlast the process."""

    def __init__(self, directory, sandbox=False, options=(), environment=None):
        self.directory = pathlib.Path(directory)
        self.data = self.directory / "data"
        self.log_path = self.directory / "serve.log"
        self.sandbox = sandbox
        self.options = list(options)
        self.environment = environment or {}
        self.process = None
        self.url = None
        self.start_seconds = None
        self.output = []

    def spawn(self, environment=None):
        """Starts the process and does not wait for it."""
        self.directory.mkdir(parents=True, exist_ok=True)
        command = [binary(), "serve", "--data", str(self.data), "--port", "0", *self.options]
        if self.sandbox:
            command.append("--sandbox")
        variables = {**os.environ, **self.environment, **(environment or {})}
        variables.pop("ROOST_TOKEN", None)
        self.url = None
        self.output = []
        self.spawned_at = time.monotonic()
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, env=variables
            )
        self.is_listening = threading.Event()
        threading.Thread(target=self._read_output, args=(self.process, self.is_listening), daemon=True).start()

    def _read_output(self, process, is_listening):
        for raw in process.stdout:
            line = raw.decode(errors="replace").rstrip("\n")
            self.output.append(line)
            if line.startswith("listening on ") and self.process is process:
                self.start_seconds = time.monotonic() - self.spawned_at
                self.url = line.removeprefix("listening on ").strip()
                is_listening.set()
        is_listening.set()

    def start(self, environment=None, within=START_SECONDS):
        self.spawn(environment)
        if not self.wait_until_listening(within):
            self.kill()
            raise ServerFault(f"not listening after {within} s\n{self.log_tail()}")
        if self.url is None:
            code = self.process.wait(10)
            raise ServerFault(f"ended with {code} before it listened\n{self.log_tail()}")
        return self

    def wait_until_listening(self, within):
        """Whether it listens, or has ended, in time."""
        return self.is_listening.wait(within)

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def terminate(self):
        if self.is_running:
            self.process.send_signal(signal.SIGTERM)

    def stop(self, within=STOP_SECONDS):
        """SIGTERM; the end must be clean."""
        if self.process is None:
            return
        self.terminate()
        try:
            code = self.process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ServerFault(f"still running {within} s after SIGTERM\n{self.log_tail()}") from None
        self.process = None
        if code != 0:
            raise ServerFault(f"ended with {code} after SIGTERM\n{self.log_tail()}")

    def kill(self):
        """kill -9, as a crash."""
        if self.process is None:
            return
        self.process.kill()
        self.process.wait(30)

    def token(self):
        return (self.data / "operator.token").read_text().strip()

    def log_tail(self, lines=30):
        try:
            text = self.log_path.read_text(errors="replace")
        except FileNotFoundError:
            return "(there is no log)"
        return "\n".join(text.splitlines()[-lines:])

    def log_records(self):
        """The log's lines; each must be a JSON object."""
        return [json.loads(line) for line in self.log_path.read_text().splitlines() if line.strip()]

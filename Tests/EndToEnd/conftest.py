"""Fixtures of the end-to-end tests: real server processes, real sockets, nothing mocked.

Environment: ROOST_BINARY, ROOST_SEGMENT_PYTHON, ROOST_RUDDER_PYTHON, ROOST_PUSH_PYTHON, ROOST_SMTP_SINK; unless told, what
scripts/setup.sh and `swift build` make in the repository.
"""

import os
import pathlib
import shutil
import signal

import pytest

from api import API, Workspace
from mail import MailServer
from server import ROOT, Server, binary

TEST_SECONDS = 60


def pytest_configure(config):
    config.addinivalue_line("markers", f"seconds(n): the test may take n seconds instead of {TEST_SECONDS}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Every test has a time limit."""
    marker = item.get_closest_marker("seconds")
    seconds = marker.args[0] if marker else TEST_SECONDS

    def expire(*_):
        raise TimeoutError(f"the test took longer than {seconds} s")

    previous = signal.signal(signal.SIGALRM, expire)
    signal.alarm(seconds)
    try:
        return (yield)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A failure shows the end of the log of every server that the test used."""
    report = yield
    if report.when == "call" and report.failed:
        for name in ("server", "sandbox", "server_factory"):
            value = item.funcargs.get(name)
            for server in value.made if hasattr(value, "made") else [value] if value else []:
                report.sections.append((f"log of {server.directory.name}", server.log_tail()))
    return report


@pytest.fixture(scope="session")
def executable():
    """Fails at once, and says why, where there is nothing to test."""
    if not os.access(binary(), os.X_OK):
        pytest.exit(f"there is no server at {binary()}; run swift build or set ROOST_BINARY", returncode=2)
    return binary()


@pytest.fixture(scope="session")
def server(executable, tmp_path_factory):
    """A server on live time, shared by all tests; each makes a workspace of its own. It must end cleanly."""
    shared = Server(tmp_path_factory.mktemp("live")).start()
    yield shared
    shared.stop()


@pytest.fixture(scope="session")
def operator(server):
    return API(server.url, server.token())


@pytest.fixture
def shop(operator):
    """A fresh workspace on the shared server."""
    return Workspace.make(operator)


class ServerFactory:
    """Makes servers that end with the test."""

    def __init__(self, directory):
        self.directory, self.made = directory, []

    def __call__(self, **options):
        made = Server(self.directory / f"server-{len(self.made) + 1}", **options)
        self.made.append(made)
        return made.start()


@pytest.fixture
def server_factory(executable, tmp_path):
    factory = ServerFactory(tmp_path)
    yield factory
    faults = []
    for made in factory.made:
        try:
            made.stop()
        except AssertionError as fault:
            faults.append(str(fault))
    assert not faults, "\n".join(faults)


class Sandbox:
    """A server whose time moves when told, with one workspace."""

    def __init__(self, server):
        self.server, self.directory, self.log_tail = server, server.directory, server.log_tail
        self.operator = API(server.url, server.token())
        self.move_to("2026-03-01T10:00:00Z")
        self.shop = Workspace.make(self.operator, key="shop")

    def now(self):
        return self.operator.get("/clock")["now"]

    def advance(self, span):
        return self.operator.ask("POST", "/clock", {"advance": span})["now"]

    def move_to(self, moment):
        return self.operator.ask("POST", "/clock", {"to": moment})["now"]


@pytest.fixture
def sandbox(server_factory):
    return Sandbox(server_factory(sandbox=True))


@pytest.fixture
def mail_server():
    """Mail servers that end with the test: mail_server(script) gives a running one."""
    running = []

    def make(script=None, context=None):
        made = MailServer(script, context).__enter__()
        running.append(made)
        return made

    yield make
    for made in running:
        made.__exit__()


def _python(variable, venv):
    path = pathlib.Path(os.environ.get(variable) or ROOT / venv / "bin" / "python")
    assert os.access(path, os.X_OK), f"{path} is missing; run scripts/setup.sh {venv.removeprefix('.venv-')}"
    return str(path)


@pytest.fixture(scope="session")
def segment_python():
    return _python("ROOST_SEGMENT_PYTHON", ".venv-segment")


@pytest.fixture(scope="session")
def rudder_python():
    return _python("ROOST_RUDDER_PYTHON", ".venv-rudder")


@pytest.fixture(scope="session")
def push_python():
    return _python("ROOST_PUSH_PYTHON", ".venv-push")


@pytest.fixture(scope="session")
def telegram_python():
    return _python("ROOST_TELEGRAM_PYTHON", ".venv-telegram")


@pytest.fixture(scope="session")
def smtp_sink():
    """Postfix's smtp-sink."""
    path = os.environ.get("ROOST_SMTP_SINK") or ROOT / ".setup" / "bin" / "smtp-sink"
    found = shutil.which(str(path)) or shutil.which("smtp-sink", path="/usr/sbin:/usr/local/sbin")
    assert found, "there is no smtp-sink; run scripts/setup.sh smtp-sink"
    return found

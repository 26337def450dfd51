"""The process: options, exit codes, the data directory, an orderly end."""

import json
import os
import signal
import stat
import subprocess
import threading

import pytest
import requests

from api import API, Refused, Workspace, track
from server import Server, binary


def run(*arguments, **variables):
    return subprocess.run(
        [binary(), *arguments], capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL, env={**os.environ, **variables}
    )


def test_the_token_is_secret_and_lasts(server_factory):
    server = server_factory()
    path = server.data / "operator.token"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    token = server.token()
    assert len(token) >= 20
    assert token not in server.log_path.read_text()
    server.stop()
    server.start()
    assert server.token() == token


def test_everything_outlasts_an_orderly_end(server_factory):
    server = server_factory()
    shop = Workspace.make(API(server.url, server.token()), key="shop")
    shop.send(*(track("Counted", f"u-{number % 5}", f"m-{number}") for number in range(100)))
    shop.put("segments", "counted", {"segment": "counted", "name": "Counted", "event": "Counted"})
    server.stop()
    server.start()
    again = Workspace(server.url, "shop", shop.write_key, shop.secret_key)
    assert sorted(item["id"] for user in range(5) for item in again.timeline(f"user:u-{user}")) == sorted(
        f"m-{number}" for number in range(100)
    )
    # A repeated message is known after the restart.
    again.send(track("Counted", "u-0", "m-0"))
    assert len(again.timeline("user:u-0")) == 20
    assert again.get("/segments/counted")["count"] == 5


def test_an_end_under_load_loses_nothing_acknowledged(server_factory):
    server = server_factory()
    shop = Workspace.make(API(server.url, server.token()), key="shop")
    acknowledged, stopped = [], threading.Event()

    def write(writer):
        number = 0
        while not stopped.is_set():
            id = f"{writer}-{number}"
            try:
                shop.send(track("E", f"u-{writer}", id))
            except Exception:
                return
            acknowledged.append(id)
            number += 1

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(3)]
    for thread in threads:
        thread.start()
    while len(acknowledged) < 50:
        pass
    server.stop()
    stopped.set()
    for thread in threads:
        thread.join(20)
    server.start()
    again = Workspace(server.url, "shop", shop.write_key, shop.secret_key)
    found = [item["id"] for writer in range(3) for item in again.timeline(f"user:u-{writer}")]
    assert len(found) == len(set(found))
    assert set(acknowledged) <= set(found)


def test_two_servers_do_not_share_a_directory(server_factory):
    server = server_factory()
    second = run("serve", "--data", str(server.data), "--port", "0")
    assert second.returncode in (1, 69)
    assert "another" in second.stderr.lower() or "in use" in second.stderr.lower(), second.stderr
    assert server.is_running


def test_a_taken_port_is_named(server_factory, tmp_path):
    server = server_factory()
    port = server.url.rsplit(":", 1)[1]
    second = run("serve", "--data", str(tmp_path / "other"), "--port", port)
    assert second.returncode == 69
    assert port in second.stderr


def test_a_sandbox_stays_a_sandbox(server_factory):
    server = server_factory(sandbox=True)
    server.stop()
    live = run("serve", "--data", str(server.data), "--port", "0")
    assert live.returncode == 78
    assert "sandbox" in live.stderr


@pytest.mark.parametrize("arguments", [["serve", "--port", "many"], ["serve", "--nonsense"], ["nonsense"]])
def test_usage_errors(arguments):
    done = run(*arguments)
    assert done.returncode in (64, 78), done.stderr
    assert done.stderr


def test_the_log_is_json_lines(server_factory):
    server = server_factory()
    shop = Workspace.make(API(server.url, server.token()), key="shop")
    shop.send(track("E", "u"))
    server.stop()
    records = server.log_records()
    assert records and all({"at", "level", "message"} <= set(record) for record in records)
    text = json.dumps(records)
    assert shop.write_key not in text and shop.secret_key not in text


def test_ctrl_c_ends_cleanly(server_factory):
    server = server_factory()
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(30) == 0
    server.process = None


def test_the_clock_of_a_live_server_stands_to_nobodys_order(operator):
    with pytest.raises(Refused) as refused:
        operator.ask("POST", "/clock", {"advance": "1h"})
    assert refused.value.response.status_code == 409


def test_names_in_figures_are_for_this_machine_or_the_operator(server_factory):
    """Figures of channels name workspaces: whoever else can reach the port needs the token for them."""

    def ask(url, **headers):
        """The status, and whether channels are among the figures."""
        answer = requests.get(url + "/metrics", headers=headers, timeout=10)
        assert answer.status_code != 200 or "roost_events_accepted_total" in answer.text
        return answer.status_code, 'workspace="shop"' in answer.text

    def with_channel(server):
        shop = Workspace.make(API(server.url.replace("0.0.0.0", "127.0.0.1"), server.token()), key="shop")
        shop.put("channels", "post", {"type": "email.smtp", "url": "smtp://127.0.0.1:1?tls=none", "from": "s@shop.example"})
        return shop

    server = server_factory()
    with_channel(server)
    operator = {"Authorization": f"Bearer {server.token()}"}
    assert ask(server.url) == ask(server.url, **operator) == (200, True)
    # A proxy on this machine asks for anybody.
    for header in ["X-Forwarded-For", "Forwarded", "X-Real-IP"]:
        assert ask(server.url, **{header: "203.0.113.7"}) == (200, False)
        assert ask(server.url, **{header: "203.0.113.7"}, **operator) == (200, True)
    open_server = server_factory(options=["--host", "0.0.0.0"])
    url = open_server.url.replace("0.0.0.0", "127.0.0.1")
    shop = with_channel(open_server)
    assert ask(url) == (200, False)
    assert ask(url, Authorization="Bearer x") == ask(url, Authorization=f"Bearer {shop.secret_key}") == (401, False)
    assert ask(url, Authorization=f"Bearer {open_server.token()}") == (200, True)
    assert requests.get(url + "/healthz", timeout=10).status_code == requests.get(url + "/readyz", timeout=10).status_code == 200

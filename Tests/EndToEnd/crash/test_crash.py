"""The crash harness as a test: ROOST_CRASH_ROUNDS rounds (200 unless told), ROOST_CRASH_SEED to repeat one."""

import os
import pathlib
import subprocess
import sys

import pytest

ROUNDS = int(os.environ.get("ROOST_CRASH_ROUNDS", "200"))
SECONDS = 120 + 4 * ROUNDS


@pytest.mark.seconds(SECONDS + 30)
def test_nothing_is_lost_or_doubled(executable, tmp_path):
    command = [sys.executable, pathlib.Path(__file__).with_name("harness.py"), "--rounds", str(ROUNDS), "--directory", tmp_path / "crash"]
    if seed := os.environ.get("ROOST_CRASH_SEED"):
        command += ["--seed", seed]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        output, _ = process.communicate(timeout=SECONDS)
    except BaseException:
        process.kill()
        output, _ = process.communicate()
        print(output)
        raise
    print(output)
    assert process.returncode == 0, "\n".join(output.splitlines()[-40:])

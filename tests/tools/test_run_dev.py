"""run-dev.sh after its set-up, with real processes, in a copy of the repository."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest
from dotenv import dotenv_values

from scripts.supervisor import answers
from tests import source

READY = "Ctrl-C stops everything."


def free_base() -> int:
    """Return the first of four free ports in a row."""
    for base in range(20_000 + os.getpid() % 20_000, 60_000, 4):
        if all(is_free(base + offset) for offset in range(4)):
            return base
    raise AssertionError("There are no free ports.")


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the repository at a path with a space; its database is made by the first start."""
    copy = tmp_path_factory.mktemp("a clone")
    for path in source.tracked():
        (copy / path.parent).mkdir(parents=True, exist_ok=True)
        shutil.copy(source.ROOT / path, copy / path)
    return copy


@pytest.fixture
def run(copy):
    """A function that starts run-dev and returns it once it has said `until`, or has ended."""
    started = []

    def start(port, *flags, until=READY):
        unset = set(dotenv_values(copy / ".env.example")) | {"DJANGO_SETTINGS_MODULE"}
        env = {name: value for name, value in os.environ.items() if name not in unset}
        output = copy / "output.txt"
        with output.open("w") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "scripts.dev", "--port", str(port), "--no-ngrok", *flags],
                cwd=copy, env=env, stdin=subprocess.DEVNULL, stdout=file, stderr=file,
            )  # fmt: skip
        started.append(process)
        deadline = time.monotonic() + 120
        while until not in output.read_text() and process.poll() is None:
            assert time.monotonic() < deadline, output.read_text()
            time.sleep(0.1)
        return process, output

    yield start
    for process in started:
        process.terminate()
        process.wait(timeout=30)


def children(process) -> dict[str, int]:
    """Return the running parts' process ids by a word of their command."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    mine = {row[2]: int(row[0]) for row in rows if row[1] == str(process.pid)}
    words = ("runserver", "run_worker", "accounts.emulator", "notifications.catcher")
    return {word: pid for word in words for args, pid in mine.items() if word in args}


def test_it_starts_every_part_and_stops_them_all(run):
    port = free_base()
    process, output = run(port, "--no-demo")
    assert len(children(process)) == 4, output.read_text()
    assert answers(f"http://127.0.0.1:{port}/healthz/ready")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 0
    assert all(is_free(port + offset) for offset in range(4))


def test_it_names_a_part_that_dies_and_stops_the_others(run):
    port = free_base()
    process, output = run(port, "--no-demo")
    os.kill(children(process)["run_worker"], signal.SIGKILL)
    assert process.wait(timeout=30) == 1
    assert "worker was stopped by SIGKILL" in output.read_text()
    assert all(is_free(port + offset) for offset in range(4))


def test_it_names_a_busy_port(run):
    port = free_base()
    with socket.create_server(("127.0.0.1", port + 2)):
        process, output = run(port, "--no-demo")
    assert process.wait(timeout=30) == 1
    assert f"Port {port + 2} (mail catcher) is in use" in output.read_text()
    assert "--port" in output.read_text()


def test_it_deletes_nothing_without_a_yes(run, copy):
    process, output = run(free_base(), "--reset")
    assert process.wait(timeout=30) == 1
    assert "Nothing was deleted." in output.read_text()
    assert (copy / "db.sqlite3").exists()

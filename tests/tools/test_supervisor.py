import os
import sys
import time

import pytest

from scripts.supervisor import PartFailed, Stopped, Supervisor

SLEEP = "import time; time.sleep(60)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True);"
FAMILY = "import subprocess, sys; p = subprocess.Popen(['sleep', '61']); print(p.pid, flush=True);"


@pytest.fixture
def supervisor(tmp_path):
    supervisor = Supervisor(tmp_path, tmp_path / "log")
    yield supervisor
    supervisor.stop_all()


def start(supervisor, code, name="part"):
    return supervisor.start(name, [sys.executable, "-c", code], os.environ)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as file:
        return file.read().split(")")[1].split()[0] != "Z"


def test_it_names_a_part_that_ends_and_quotes_its_log(supervisor):
    start(supervisor, SLEEP, "worker")
    start(supervisor, "print('no such table'); raise SystemExit(3)", "Django")
    with pytest.raises(PartFailed, match=r"(?s)Django ended with exit code 3.*no such table"):
        supervisor.watch()


def test_it_names_the_signal_that_ended_a_part(supervisor):
    part = start(supervisor, SLEEP)
    part.process.kill()
    with pytest.raises(PartFailed, match="was stopped by SIGKILL"):
        supervisor.watch()


def test_it_stops_when_asked(supervisor):
    start(supervisor, SLEEP)
    supervisor.stop_asked.set()
    with pytest.raises(Stopped):
        supervisor.watch()


def test_it_says_when_something_takes_too_long(supervisor):
    start(supervisor, SLEEP)
    assert not supervisor.wait_until(lambda: False, seconds=0.1)


def test_it_stops_every_part_and_their_children(supervisor):
    part = start(supervisor, FAMILY + SLEEP)
    supervisor.wait_until(part.log.read_text)
    child = int(part.log.read_text())
    supervisor.stop_all()
    time.sleep(0.2)
    assert not alive(part.process.pid) and not alive(child)


def test_it_kills_a_part_that_does_not_listen(supervisor):
    part = start(supervisor, DEAF + SLEEP)
    supervisor.wait_until(part.log.read_text)
    started = time.monotonic()
    supervisor.stop_all()
    assert 4.5 < time.monotonic() - started < 8
    assert not alive(part.process.pid)


def test_it_waits_for_a_step_and_goes_on(supervisor):
    start(supervisor, SLEEP, "server")
    supervisor.finish(start(supervisor, "pass", "set-up"))
    assert [part.name for part in supervisor.parts] == ["server"]


def test_it_reports_a_step_that_fails(supervisor):
    with pytest.raises(PartFailed, match="set-up ended with exit code 1"):
        supervisor.finish(start(supervisor, "raise SystemExit(1)", "set-up"))

"""Servers under load, and the processor time that an answer takes, its database included.

Times come from /proc, so this is for Linux. On a busy machine they are steadier than rates: a
neighbour makes a request wait, but hardly makes it compute.
"""

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONNECTIONS = 4
START_SECONDS = 60
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Answer:
    """One answer: its status, how many statements it cost (-1: not said), its bytes."""

    status: int
    queries: int
    body: bytes


@dataclass(frozen=True)
class Turn:
    """What a few seconds of load came to: answers a second, milliseconds of processor each."""

    rate: float
    cost: float


class Server:
    """gunicorn with one synchronous worker, serving one WSGI application."""

    def __init__(self, application: str, port: int, env: dict[str, str]) -> None:
        self.port = port
        command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", application]
        command += ["--workers", "1", "--worker-class", "sync", "--max-requests", "0"]
        command += ["--log-level", "warning"]
        self.process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env})
        for _ in range(10 * START_SECONDS):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        self.stop()
        raise SystemExit(f"{application} did not start.")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()

    def get(self, path: str, cookie: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path, headers={"Cookie": cookie})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return Answer(response.status, int(response.headers.get("X-Queries", -1)), body)

    def turn(self, path: str, cookie: str, seconds: float, database: int) -> Turn:
        """Ask for one page for so long; ``database`` is the process whose children answer."""
        parents = [self.process.pid, database]
        before, began = processor_seconds(parents), time.monotonic()
        answered = self._wrk(path, cookie, seconds) or self._ask(path, cookie, seconds)
        took = time.monotonic() - began
        used = processor_seconds(parents) - before
        return Turn(answered / took, 1000 * used / answered)

    def _wrk(self, path: str, cookie: str, seconds: float) -> int:
        """Drive with wrk; 0 where it is not installed."""
        if not shutil.which("wrk"):
            return 0
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s"]
        command += ["-H", f"Cookie: {cookie}", f"http://127.0.0.1:{self.port}{path}"]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in printed:
            raise SystemExit(printed)
        return max(1, int(re.search(r"(\d+) requests in", printed)[1]))

    def _ask(self, path: str, cookie: str, seconds: float) -> int:
        """Drive from here, one request at a time."""
        answered, until = 0, time.monotonic() + seconds
        while time.monotonic() < until:
            if (status := self.get(path, cookie).status) != 200:
                raise SystemExit(f"{path} answered {status}.")
            answered += 1
        return answered


def processor_seconds(parents: list[int]) -> float:
    """Return what the children of these processes have computed so far, those that have ended too."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[1]) in parents:
                total += int((stat.parent / "schedstat").read_text().split()[0])
        except OSError:
            continue  # it has just ended
        if int(stat.parent.name) in parents:  # its children that have ended
            total += (int(fields[13]) + int(fields[14])) * 1_000_000_000 // TICKS
    return total / 1_000_000_000

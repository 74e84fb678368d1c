"""How fast are webhooks taken, against a bare view that stores one? `python -m bench.webhooks`

Starts a PostgreSQL of its own, the portal with one and with two processes, and the floor of
`bench.webhook_floor` with one. Each gets signed deliveries of 2 kB, no two alike, in short
turns, so that a busy machine slows them alike. Prints deliveries a second as the median of the
turns' ratios, and the ratio of the least processor time a delivery took in any turn, database
included: on a busy machine believe that one. Linux only.
"""

import argparse
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg2

from bench import deliveries
from scripts.postgres import server

ROOT = Path(__file__).resolve().parent.parent
PORTS = {"floor": 8210, "portal": 8211, "portal, 2 processes": 8212}
CONNECTIONS = 8
TURNS, SECONDS = 7, 2
MOST = 2500  # deliveries a second that we are prepared for
TICKS = os.sysconf("SC_CLK_TCK")


def start(name: str, url: str) -> subprocess.Popen:
    """Start gunicorn for one of the three, and wait until it listens."""
    application = "bench.webhook_floor:application" if name == "floor" else "portal.wsgi"
    processes = "2" if name.endswith("2 processes") else "1"
    env = {
        **os.environ,
        **deliveries.ENVIRONMENT,
        "DATABASE_URL": url,
        "WEB_CONCURRENCY": processes,
    }
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{PORTS[name]}", application]
    command += ["--log-level", "warning", "--max-requests", "0"]
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", PORTS[name])) == 0:
                return process
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit(f"{name} did not start.")


def drive(port: int, requests: list[bytes], seconds: int) -> int:
    """Send the requests with wrk for one turn; return how many were answered.

    Raises SystemExit when an answer is no success, or when the requests did not last.
    """
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"\0".join(requests))
        file.flush()
        load = [
            "wrk",
            "-t1",
            f"-c{CONNECTIONS}",
            f"-d{seconds}s",
            "-s",
            ROOT / "bench/webhooks.lua",
        ]
        load += [f"http://127.0.0.1:{port}", "--", file.name]
        printed = subprocess.run(load, capture_output=True, text=True, check=True).stdout
    answered = int(re.search(r"(\d+) requests in", printed)[1])
    if "Non-2xx" in printed or answered >= len(requests):
        raise SystemExit(printed)
    return answered


def processor_seconds(parents: list[int]) -> float:
    """Return what the children of these processes have used so far, ended ones too."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        if int(fields[1]) in parents:
            total += int(fields[11]) + int(fields[12])
        if int(stat.parent.name) in parents:  # its children that have ended
            total += int(fields[13]) + int(fields[14])
    return total / TICKS


def postmaster(url: str) -> int:
    """Return the process id of the database server."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        backend = cursor.fetchone()[0]
        fields = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()
    return int(fields[1])


def compare(url: str, turns: int, seconds: int) -> list[str]:
    """Measure all three in turns and return the lines to print."""
    servers = {name: start(name, url) for name in PORTS}
    database = postmaster(url)
    make: dict[str, Callable[[], bytes]] = {
        name: deliveries.floor_request if name == "floor" else deliveries.portal_request
        for name in PORTS
    }
    rates: dict[str, list[float]] = {name: [] for name in PORTS}
    cost: dict[str, list[float]] = {name: [] for name in PORTS}
    try:
        for turn in range(turns + 1):
            for name, process in servers.items():
                requests = [make[name]() for _ in range(MOST * seconds)]
                used = processor_seconds([process.pid, database])
                answered = drive(PORTS[name], requests, seconds)
                if turn:  # the first one warms up
                    rates[name].append(answered / seconds)
                    used = processor_seconds([process.pid, database]) - used
                    cost[name].append(used / answered)
    finally:
        for process in servers.values():
            process.terminate()
            process.wait()
    return report(rates, cost)


def report(rates: dict[str, list[float]], cost: dict[str, list[float]]) -> list[str]:
    lines = []
    for name in PORTS:
        ratios = [rate / floor for rate, floor in zip(rates[name], rates["floor"], strict=True)]
        lines.append(
            f"{name}: {statistics.median(rates[name]):.0f} a second, "
            f"{1000 * min(cost[name]):.2f} ms of processor each; "
            f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}), "
            f"by processor time {min(cost['floor']) / min(cost[name]):.2f}"
        )
    one, two = rates["portal"], rates["portal, 2 processes"]
    gains = [more / less for more, less in zip(two, one, strict=True)]
    lines.append(f"2 processes against 1: {statistics.median(gains):.2f}, best {max(gains):.2f}")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.webhooks", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--turns", type=int, default=TURNS, help="(%(default)s)")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="a turn (%(default)s)")
    given = parser.parse_args()
    with server() as url:
        env = {**os.environ, **deliveries.ENVIRONMENT, "DATABASE_URL": url}
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, cwd=ROOT, env=env, check=True)
        for line in compare(url, given.turns, given.seconds):
            print(line, flush=True)


if __name__ == "__main__":
    main()

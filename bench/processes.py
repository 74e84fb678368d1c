"""Does the default start command use every core? `python -m bench.processes [path …]`

Starts `gunicorn` as docs/operators.md does, and once more with a single process, drives each
page with wrk for ten seconds, three times in turn, and prints the medians and their ratio.
Uses the database of `.env`.
"""

import os
import re
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from dotenv import load_dotenv

ROOT = Path(__file__).resolve().parent.parent
PORT = 8239
ROUNDS, SECONDS, CONNECTIONS = 3, 10, 16


def serve(processes: str) -> subprocess.Popen:
    """Start gunicorn with that many processes, "" for its default, and wait until it answers."""
    env = {**os.environ, "DEBUG": "false"}
    env.pop("WEB_CONCURRENCY", None)
    if processes:
        env["WEB_CONCURRENCY"] = processes
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{PORT}", "portal.wsgi"]
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/healthz/live", timeout=1).close()
            return process
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise SystemExit("gunicorn did not answer.")


def requests_per_second(path: str) -> float:
    """Drive one page with wrk. Raises SystemExit when an answer is not a success."""
    load = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", f"http://127.0.0.1:{PORT}{path}"]
    printed = subprocess.run(load, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in printed:
        raise SystemExit(printed)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", printed)[1])


def measure(processes: str, path: str) -> float:
    process = serve(processes)
    try:
        requests_per_second("/healthz/live")  # warm
        return requests_per_second(path)
    finally:
        process.terminate()
        process.wait()
        wait_for_free_port()


def wait_for_free_port() -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", PORT)):
                return
        time.sleep(0.1)


def main(paths: list[str]) -> None:
    load_dotenv(ROOT / ".env")
    cores = len(os.sched_getaffinity(0))
    for path in paths or ["/healthz/live", "/"]:
        rounds = [(measure("1", path), measure("", path)) for _ in range(ROUNDS)]
        one, default = (statistics.median(column) for column in zip(*rounds, strict=True))
        ratio = default / one
        print(
            f"{path}: one process {one:.0f}/s, default {default:.0f}/s, ratio {ratio:.2f} "
            f"on {cores} cores; {ratio / cores:.2f} of a whole core each"
        )


if __name__ == "__main__":
    main(sys.argv[1:])

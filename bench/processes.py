"""Does the default start command use every core? `python -m bench.processes [path …]`

Starts `gunicorn` as docs/operators.md does, and a second one with a single process. Drives them
with wrk in short turns, each after a second in which the machine was idle, and compares the best
turn of each: other programs can only slow a turn down. Uses the database of `.env`; run
`DEBUG=false manage.py collectstatic` first. Linux only.
"""

import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from dotenv import load_dotenv

ROOT = Path(__file__).resolve().parent.parent
PORTS = {"1": 8238, "": 8239}  # WEB_CONCURRENCY -> port; "" leaves gunicorn.conf.py its default
TURNS, SECONDS, CONNECTIONS = 4, 3, 16
IDLE = 0.94


def serve(processes: str) -> subprocess.Popen:
    """Start gunicorn with that many processes, and wait until it answers."""
    env = {**os.environ, "DEBUG": "false"}
    env.pop("WEB_CONCURRENCY", None)
    if processes:
        env["WEB_CONCURRENCY"] = processes
    address = f"127.0.0.1:{PORTS[processes]}"
    command = [sys.executable, "-m", "gunicorn", "--bind", address, "portal.wsgi"]
    server = subprocess.Popen(command, cwd=ROOT, env=env)
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://{address}/healthz/live", timeout=5).close()
            return server
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.1)
    raise SystemExit("gunicorn did not answer.")


def wait_for_idle() -> None:
    """Return after a second in which the processors had nothing else to do."""
    while True:
        before = processor_times()
        time.sleep(1)
        spent = [after - was for was, after in zip(before, processor_times(), strict=True)]
        if (spent[3] + spent[4]) / sum(spent) > IDLE:  # idle, and waiting for disks
            return


def processor_times() -> list[int]:
    return [int(ticks) for ticks in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]


def requests_per_second(processes: str, path: str) -> float:
    """Drive one page with wrk for one turn. Raises SystemExit when an answer is no success."""
    url = f"http://127.0.0.1:{PORTS[processes]}{path}"
    load = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", url]
    printed = subprocess.run(load, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in printed:
        raise SystemExit(printed)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", printed)[1])


def compare(path: str) -> str:
    """Measure one page both ways, in turns, and return the line to print."""
    best = dict.fromkeys(PORTS, 0.0)
    for _ in range(TURNS):
        for processes in PORTS:
            wait_for_idle()
            best[processes] = max(best[processes], requests_per_second(processes, path))
    cores = len(os.sched_getaffinity(0))
    ratio = best[""] / best["1"]
    return (
        f"{path}: one process {best['1']:.0f}/s, default {best['']:.0f}/s, ratio {ratio:.2f} "
        f"on {cores} cores: {ratio / cores:.2f} of the cores"
    )


def main(paths: list[str]) -> None:
    load_dotenv(ROOT / ".env")
    servers = [serve(processes) for processes in PORTS]
    try:
        for path in paths or ["/healthz/live", "/"]:
            print(compare(path), flush=True)
    finally:
        for server in servers:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main(sys.argv[1:])

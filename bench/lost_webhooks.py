"""What becomes of 10,000 webhooks on a bad line? `python -m bench.lost_webhooks`

Starts a PostgreSQL of its own, the development Auth server, the portal and a worker. Accounts
come and change at the Auth server, which posts each change once. On the way a tenth of the
posts is lost and a tenth arrives twice, later and out of order. Then one sweep runs. Prints
what is lost (accounts that differ), what happened twice (accounts that came in twice), and how
many accounts the worker had to read. Ends with 1 when either is not zero.
"""

import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue

import httpx

from bench import deliveries
from scripts.postgres import server

ROOT = Path(__file__).resolve().parent.parent
PORTAL, AUTH, LINE = 8213, 8214, 8215
ACCOUNTS, CHANGES = 2000, 4  # each account is one INSERT and four UPDATEs
LOST, TWICE = 0.1, 0.1
AUTH_URL = f"http://127.0.0.1:{AUTH}/auth/v1"


class BadLine(BaseHTTPRequestHandler):
    """Stands between the Auth server and the portal; says yes to everything."""

    chance = random.Random(2026)
    counts: Counter[str] = Counter()
    late: SimpleQueue[tuple[bytes, dict[str, str]]] = SimpleQueue()
    portal = httpx.Client(base_url=f"http://127.0.0.1:{PORTAL}", timeout=30)
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name: self.headers[name] for name in self.headers if "webhook" in name.lower()}
        self.counts["posted"] += 1
        fate = self.chance.random()
        if fate < LOST:
            self.counts["lost on the way"] += 1
        else:
            self.forward(body, headers)
        if fate > 1 - TWICE:
            self.counts["sent twice"] += 1
            self.late.put((body, headers))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    @classmethod
    def forward(cls, body: bytes, headers: dict[str, str]) -> None:
        answer = cls.portal.post("/webhooks/supabase/", content=body, headers=headers)
        cls.counts[f"answered {answer.status_code}"] += 1

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def start(env: dict[str, str], *arguments: str) -> subprocess.Popen:
    """Start a program of ours; its log would be one line for each call."""
    command = [sys.executable, "-W", "ignore", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL)


def change_accounts() -> None:
    """Make the accounts and change each a few times, in a mixed order."""
    key = deliveries.ENVIRONMENT["SUPABASE_SECRET_KEY"]
    headers = {"apikey": key, "Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=AUTH_URL, headers=headers, timeout=30) as auth:
        ids = []
        for number in range(ACCOUNTS):
            body = {"email": f"p{number}@lindencourt.example", "email_confirm": True}
            ids.append(auth.post("/admin/users", json=body).raise_for_status().json()["id"])
        changes = [(account, turn) for account in ids for turn in range(CHANGES)]
        BadLine.chance.shuffle(changes)
        for account, turn in changes:
            body = {"app_metadata": {f"turn-{turn}": str(time.time())}}
            auth.put(f"/admin/users/{account}", json=body).raise_for_status()


def wait_for_posts() -> None:
    """Wait until the Auth server has posted everything, then send what comes late."""
    while BadLine.counts["posted"] < ACCOUNTS * (1 + CHANGES):
        time.sleep(0.2)
    while not BadLine.late.empty():
        BadLine.forward(*BadLine.late.get())


def judge() -> list[str]:
    """Compare both sides in the portal's own terms and return what is wrong."""
    import django

    django.setup()
    from accounts.models import AuditEntry, Identity, SyncEvent, User
    from accounts.supabase import listing
    from accounts.sync.facts import Facts

    hints = SyncEvent.objects.count()
    print(f"{hints} hints kept, {SyncEvent.objects.filter(state='done').count()} done")
    listed = [Facts.of(row) for rows, _total in listing.pages() for row in rows]
    ours = {row.subject: row for row in Identity.objects.select_related("user")}
    lost = [facts for facts in listed if ours[facts.subject].applied_hash != facts.digest]
    created = AuditEntry.objects.filter(event="account.created").count()
    wrong = {
        "lost": len(lost),
        "twice": created - ACCOUNTS,
        "too many people": User.objects.count() - ACCOUNTS,
    }
    print(", ".join(f"{what}: {number}" for what, number in wrong.items()))
    return [what for what, number in wrong.items() if number]


def run(url: str, folder: str) -> list[str]:
    os.environ |= deliveries.ENVIRONMENT | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": url,
        "SUPABASE_URL": f"http://127.0.0.1:{AUTH}",
    }
    env = dict(os.environ)
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=env, check=True
    )
    line = ThreadingHTTPServer(("127.0.0.1", LINE), BadLine)
    threading.Thread(target=line.serve_forever, daemon=True).start()
    processes = [
        start(env, "-m", "gunicorn", "--bind", f"127.0.0.1:{PORTAL}", "portal.wsgi"),
        start(env, "manage.py", "run_worker", "--idle", "0.2"),
        start(
            env | {"DEBUG": "true"}, "-m", "accounts.emulator", "--port", str(AUTH),
            "--database", f"{folder}/auth.sqlite3", "--webhook-url", f"http://127.0.0.1:{LINE}/",
        ),
    ]  # fmt: skip
    try:
        wait_until_up()
        began = time.monotonic()
        change_accounts()
        wait_for_posts()
        print(", ".join(f"{what}: {number}" for what, number in BadLine.counts.items()))
        subprocess.run(
            [sys.executable, "manage.py", "run_worker", "--drain"], cwd=ROOT, env=env, check=True
        )
        subprocess.run([sys.executable, "manage.py", "sync_users"], cwd=ROOT, env=env, check=True)
        print(f"{time.monotonic() - began:.0f} s")
        return judge()
    finally:
        line.shutdown()
        for process in processes:
            process.terminate()
            process.wait()


def wait_until_up() -> None:
    for address in (f"http://127.0.0.1:{PORTAL}/healthz/ready", f"{AUTH_URL}/health"):
        for _ in range(300):
            try:
                if httpx.get(address, timeout=5):
                    break
            except httpx.HTTPError:
                time.sleep(0.2)
        else:
            raise SystemExit(f"{address} did not answer.")


def main() -> None:
    with server() as url, tempfile.TemporaryDirectory() as folder:
        wrong = run(url, folder)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

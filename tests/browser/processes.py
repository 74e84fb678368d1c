"""A whole portal of real processes on loopback: Django, worker, Auth stand-in, mail catcher."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60


def free_ports(count: int) -> list[int]:
    """Return ports nobody listens on; held open together so that they differ."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def fetch(url: str, method: str = "GET") -> tuple[int, bytes]:
    """Return (status, body); status 0 when nothing answers."""
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, method=method), timeout=5
        ) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError:
        return 0, b""


def wait_for(what: str, true, seconds: float = START_SECONDS) -> Any:
    """Return the first true answer of ``true()``; fail with ``what`` after ``seconds``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := true():
            return answer
        time.sleep(0.1)
    raise AssertionError(f"After {seconds:.0f} s still waiting for {what}.")


class ScratchDatabase:
    """A database of its own: a SQLite file, or a fresh PostgreSQL database beside DATABASE_URL's."""

    def __init__(self, folder: Path) -> None:
        given = os.environ.get("DATABASE_URL", "")
        self.server = given if given.startswith("postgres") else ""
        self.name = f"portal_browser_{secrets.token_hex(6)}"  # one run may start several portals
        self.url = f"sqlite:///{folder / 'portal.sqlite3'}"
        if self.server:
            self._admin(f'CREATE DATABASE "{self.name}"')
            self.url = urlunsplit(urlsplit(self.server)._replace(path=f"/{self.name}"))

    def _admin(self, statement: str) -> None:
        connection = psycopg2.connect(self.server)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()

    def drop(self) -> None:
        if self.server:
            self._admin(f'DROP DATABASE "{self.name}" WITH (FORCE)')


class Portal:
    """Starts and stops the four processes; `parts` maps their names to running processes."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="portal-browser-"))
        self.database = ScratchDatabase(self.folder)
        web, auth, smtp, mail = free_ports(4)
        self.url, self.mail_url = f"http://127.0.0.1:{web}", f"http://127.0.0.1:{mail}"
        self.auth_url = f"http://127.0.0.1:{auth}"
        whsec = "v1,whsec_" + "YnJvd3Nlci10ZXN0cy1vbmx5LXNlY3JldC1rZXkhISE="
        self.env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "portal.settings",  # pytest has put its own there
            "DEBUG": "false",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "PUBLIC_URL": self.url,
            "DATABASE_URL": self.database.url,
            "MEDIA_DIR": str(self.folder / "media"),
            "STATIC_DIR": str(self.folder / "static"),
            "SUPABASE_URL": self.auth_url,
            "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_browser",
            "SUPABASE_SECRET_KEY": "sb_secret_browser",
            "SUPABASE_WEBHOOK_SECRETS": whsec,
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(smtp),
            "DEFAULT_FROM_EMAIL": "Linden Court <office@lindencourt.example>",
            "WEB_CONCURRENCY": "1",
        }
        python = sys.executable
        self.commands = {
            "auth": [python, "-m", "accounts.emulator", "--port", str(auth), "--smtp-port", str(smtp),
                     "--site-url", self.url, "--database", str(self.folder / "auth.sqlite3")],
            "mail": [python, "-m", "notifications.catcher", "--smtp-port", str(smtp), "--port", str(mail)],
            "web": [python, "-m", "gunicorn", "-c", str(ROOT / "gunicorn.conf.py"),
                    "--bind", f"127.0.0.1:{web}", "portal.wsgi"],
            "worker": [python, "manage.py", "run_worker", "--idle", "0.2"],
        }  # fmt: skip
        self.parts: dict[str, subprocess.Popen] = {}

    def manage(self, *arguments: str, debug: str = "false") -> str:
        """Run a management command and return what it printed."""
        env = {**self.env, "DEBUG": debug}
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=env, capture_output=True, text=True, timeout=240,
        )  # fmt: skip
        assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self, name: str) -> None:
        """Start one part. The development tools refuse to run without DEBUG."""
        env = self.env if name in ("web", "worker") else {**self.env, "DEBUG": "true"}
        with (self.folder / f"{name}.log").open("ab") as log:
            self.parts[name] = subprocess.Popen(
                self.commands[name], cwd=ROOT, env=env, stdout=log, stderr=log
            )

    def stop(self, name: str, *, kill: bool = False) -> None:
        process = self.parts.pop(name)
        process.kill() if kill else process.terminate()
        process.wait(timeout=30)

    def start_all(self) -> None:
        self.start("auth")
        self.start("mail")
        self.manage("migrate", "-v0")
        self.manage("collectstatic", "--noinput", "-v0")
        wait_for("the Auth stand-in", lambda: fetch(f"{self.auth_url}/auth/v1/health")[0])
        self.manage("load_demo_people", "--auth", debug="true")
        self.manage("load_demo")
        self.start("web")
        self.start("worker")
        wait_for("the portal", lambda: fetch(f"{self.url}/healthz/ready")[0] == 200)

    def stop_all(self) -> None:
        for name in list(self.parts):
            self.stop(name)
        self.database.drop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def mails(self, to: str) -> list[dict[str, Any]]:
        """Return the mails that ``to`` has received, oldest first."""
        status, body = fetch(f"{self.mail_url}/mails.json")
        found = [m for m in json.loads(body) if to in str(m["to"])] if status == 200 else []
        return sorted(found, key=lambda mail: mail["id"])

    def wait_for_mail(self, to: str, subject: str, seconds: float = 30) -> dict[str, Any]:
        """Return the newest mail to ``to`` whose subject contains ``subject``."""
        return wait_for(
            f"a mail to {to} about {subject!r}; there are {[m['subject'] for m in self.mails(to)]}",
            lambda: next((m for m in reversed(self.mails(to)) if subject in m["subject"]), None),
            seconds,
        )


def message_id(mail: dict[str, Any]) -> str:
    """Return a caught mail's Message-ID; its headers are a list of names and values."""
    return dict(mail["headers"])["Message-ID"]

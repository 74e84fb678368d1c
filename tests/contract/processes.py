"""Starts the stand-in as a real process, and catches the mails an Auth server sends."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path
from typing import NamedTuple

import httpx
from aiosmtpd.controller import Controller

ROOT = Path(__file__).resolve().parents[2]
PUBLISHABLE_KEY, SECRET_KEY = "sb_publishable_contract", "sb_secret_contract"
WEBHOOK_SECRETS = (
    "v1,whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "v1,whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=",
)
LINK = re.compile(r"/auth/confirm\?token_hash=([\w-]+)&type=(\w+)")
MAIL_SECONDS = 20


class Link(NamedTuple):
    token_hash: str
    type: str


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class PostOffice:
    """A mail server that keeps what it is given. Addresses are compared in lower case."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self.port = port or free_port()
        self.texts: list[tuple[str, str]] = []
        self.controller = Controller(self, hostname=host, port=self.port)

    async def handle_DATA(self, server, session, envelope) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        part = message.get_body(preferencelist=("plain", "html"))
        text = part.get_content().replace("&amp;", "&")
        self.texts += [(address.lower(), text) for address in envelope.rcpt_tos]
        return "250 Kept"

    def to(self, address: str) -> list[str]:
        """Return the texts that have reached the address, oldest first."""
        return [text for recipient, text in self.texts if recipient == address]

    def wait(self, address: str, *, after: int = 0) -> None:
        """Wait for mail number ``after`` + 1 to the address."""
        deadline = time.monotonic() + MAIL_SECONDS
        while len(self.to(address)) <= after:
            assert time.monotonic() < deadline, f"no mail to {address} in {MAIL_SECONDS} s"
            time.sleep(0.02)

    def next_link(self, address: str, *, after: int = 0) -> Link:
        """Wait for mail number ``after`` + 1 to the address and return the link in it."""
        self.wait(address, after=after)
        found = LINK.search(self.to(address)[after])
        assert found, f"no link to /auth/confirm in {self.to(address)[after]!r}"
        return Link(*found.groups())


@contextmanager
def post_office(host: str = "127.0.0.1", port: int = 0) -> Iterator[PostOffice]:
    office = PostOffice(host, port)
    office.controller.start()
    try:
        yield office
    finally:
        office.controller.stop()


def environment(**changes: str) -> dict[str, str]:
    """Return the stand-in's environment: this one's, with the keys of the suite."""
    return {
        **os.environ,
        "DEBUG": "true",
        "SUPABASE_PUBLISHABLE_KEY": PUBLISHABLE_KEY,
        "SUPABASE_SECRET_KEY": SECRET_KEY,
        "SUPABASE_JWT_SECRET": "",
        "SUPABASE_WEBHOOK_SECRETS": "|".join(WEBHOOK_SECRETS),
        **changes,
    }


@contextmanager
def stand_in(
    folder: Path, *flags: str, smtp_port: int = 9, webhook_url: str = "", **env: str
) -> Iterator[str]:
    """Run the stand-in and yield the address of its API; ``env`` joins its environment."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/auth/v1"
    command = [sys.executable, "-m", "accounts.emulator", "--port", str(port)]
    command += ["--database", str(folder / "auth.sqlite3"), "--smtp-port", str(smtp_port)]
    command += ["--site-url", "http://portal.example", "--webhook-url", webhook_url, *flags]
    with (folder / "auth.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(**env), stdout=log, stderr=log
        )
    try:
        _wait_until_up(url, process, folder / "auth.log")
        yield url
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_until_up(url: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            httpx.get(f"{url}/health", timeout=1)
            return
        except httpx.TransportError:
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)

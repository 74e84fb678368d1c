"""Read and write `.env` without losing its comments or what a person put there."""

import base64
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

TUNNEL_HOST = re.compile(r"\.ngrok(-free)?\.(app|dev|io|pizza)$")
STAND_IN_KEYS = ("SUPABASE_PUBLISHABLE_KEY", "SUPABASE_SECRET_KEY", "SUPABASE_WEBHOOK_SECRETS")


def read(path: Path) -> dict[str, str]:
    """Return the variables of the file; the environment wins over it, as in the portal."""
    values = {name: value or "" for name, value in dotenv_values(path).items()}
    return values | {name: os.environ[name] for name in values if name in os.environ}


def write(path: Path, values: Mapping[str, str]) -> None:
    """Set ``values`` in the file, each on its old line or at the end.

    The file is replaced in one step and readable by its owner only: it holds secrets.
    """
    text = path.read_text()
    for name, value in values.items():
        line = f"{name}={value}"
        # A function, because a replacement string would read the value's backslashes.
        text, found = re.subn(rf"(?m)^{name}=.*$", lambda _, line=line: line, text)
        if not found:
            text = f"{text.rstrip()}\n{line}\n"
    fresh = path.with_name(f"{path.name}.new")
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    fresh.replace(path)


def create(path: Path, example: Path) -> None:
    """Make the file from the example when there is none, and fill in the keys it lacks."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(example.read_text())
    present = dotenv_values(path)
    write(path, {name: key for name, key in fresh_keys().items() if not present.get(name)})


def fresh_keys() -> dict[str, str]:
    """Return new random keys in the forms that Django and Supabase use."""
    webhook = base64.b64encode(secrets.token_bytes(32)).decode()
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "SUPABASE_PUBLISHABLE_KEY": f"sb_publishable_{secrets.token_urlsafe(24)}",
        "SUPABASE_SECRET_KEY": f"sb_secret_{secrets.token_urlsafe(24)}",
        "SUPABASE_WEBHOOK_SECRETS": f"v1,whsec_{webhook}",
    }


def web_ports(values: Mapping[str, str]) -> set[int]:
    """Return the web ports for which the addresses in ``values`` may have been written.

    Several, because each address may have been changed by hand: to a tunnel, to a project
    at Supabase, to another mail server.
    """
    public = urlsplit(values.get("PUBLIC_URL", ""))
    found = {8000}
    if public.hostname == "127.0.0.1" and public.port:
        found.add(public.port)
    if values.get("EMAIL_HOST") == "127.0.0.1" and values.get("EMAIL_PORT", "").isdigit():
        found.add(int(values["EMAIL_PORT"]) - 2)
    return found


def uses_stand_in(values: Mapping[str, str]) -> bool:
    """Say whether SUPABASE_URL is the development Auth server, not a Supabase project."""
    address = values.get("SUPABASE_URL", "").rstrip("/")
    return address in {f"http://127.0.0.1:{port + 1}" for port in web_ports(values)} | {""}


def addresses(values: Mapping[str, str], port: int) -> dict[str, str]:
    """Return the local addresses in ``values`` moved to ``port``; what a person set stays."""
    moved = {}
    public = urlsplit(values.get("PUBLIC_URL", ""))
    if public.hostname in ("127.0.0.1", None) or TUNNEL_HOST.search(public.hostname or ""):
        moved["PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    if uses_stand_in(values):
        moved["SUPABASE_URL"] = f"http://127.0.0.1:{port + 1}"
    if values.get("EMAIL_PORT") in {str(each + 2) for each in web_ports(values)}:
        moved["EMAIL_PORT"] = str(port + 2)
    return {name: value for name, value in moved.items() if values.get(name) != value}

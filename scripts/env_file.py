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
LOOPBACK, DEFAULT_PORT = "127.0.0.1", 8000


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


def claimed_ports(values: Mapping[str, str]) -> dict[str, int]:
    """Return for which web port each local address in ``values`` seems to have been written."""
    public, supabase = (urlsplit(values.get(name, "")) for name in ("PUBLIC_URL", "SUPABASE_URL"))
    claims = {}
    if public.hostname == LOOPBACK and public.port:
        claims["PUBLIC_URL"] = public.port
    if supabase.hostname == LOOPBACK and supabase.port:
        claims["SUPABASE_URL"] = supabase.port - 1
    if values.get("EMAIL_HOST") == LOOPBACK and values.get("EMAIL_PORT", "").isdigit():
        claims["EMAIL_PORT"] = int(values["EMAIL_PORT"]) - 2
    return claims


def is_ours(name: str, values: Mapping[str, str]) -> bool:
    """Say whether run-dev.sh wrote this address: it fits port 8000, or another address.

    A local Supabase or mail server of a person's own fits neither.
    """
    claims = claimed_ports(values)
    claim = claims.pop(name, None)
    return claim is not None and claim in {DEFAULT_PORT, *claims.values()}


def uses_stand_in(values: Mapping[str, str]) -> bool:
    """Say whether SUPABASE_URL is the development Auth server, not a Supabase project."""
    return not values.get("SUPABASE_URL") or is_ours("SUPABASE_URL", values)


def addresses(values: Mapping[str, str], port: int) -> dict[str, str]:
    """Return the local addresses in ``values`` moved to ``port``; what a person set stays."""
    moved = {}
    host = urlsplit(values.get("PUBLIC_URL", "")).hostname or ""
    if host in (LOOPBACK, "") or TUNNEL_HOST.search(host):
        moved["PUBLIC_URL"] = f"http://{LOOPBACK}:{port}"
    if uses_stand_in(values):
        moved["SUPABASE_URL"] = f"http://{LOOPBACK}:{port + 1}"
    if is_ours("EMAIL_PORT", values):
        moved["EMAIL_PORT"] = str(port + 2)
    return {name: value for name, value in moved.items() if values.get(name) != value}

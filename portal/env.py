"""Typed readers of the environment. Each names the variable when it cannot be used."""

import os
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None) -> str:
    """Return the variable's text. Without ``default`` it must be set and not empty."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"Set {name} in the environment or in .env.")
    return default


def flag(name: str, default: bool = False) -> bool:
    """Return True for "true", False for "false" or unset; reject anything else."""
    value = (os.environ.get(name) or str(default)).strip().lower()
    if value not in ("true", "false"):
        raise ImproperlyConfigured(f"{name}={value!r}: use 'true' or 'false'.")
    return value == "true"


def number(name: str, default: int) -> int:
    """Return a whole number."""
    value = os.environ.get(name) or str(default)
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={value!r}: use a whole number.") from error


def names(name: str, separator: str = ",") -> list[str]:
    """Return a list without blanks, by default comma-separated; empty when unset."""
    parts = os.environ.get(name, "").split(separator)
    return [part.strip() for part in parts if part.strip()]


def database(name: str, default: str) -> dict[str, Any]:
    """Return one entry of DATABASES for a ``sqlite:///`` or ``postgres://`` URL.

    SQLite gets WAL, IMMEDIATE transactions and a busy timeout: with Django's default
    (DEFERRED) two writers fail at once with "database is locked". PostgreSQL gets no
    session state, so that a transaction pooler may stand in front of it.
    """
    url = os.environ.get(name) or default
    try:
        entry = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    except (ValueError, dj_database_url.ParseError) as error:
        raise ImproperlyConfigured(
            f"{name} is not a database address such as postgres://user:password@host/name."
        ) from error
    if entry["ENGINE"] == "django.db.backends.sqlite3":
        entry["CONN_MAX_AGE"] = 0
        entry["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
    else:
        entry["DISABLE_SERVER_SIDE_CURSORS"] = True
    return entry

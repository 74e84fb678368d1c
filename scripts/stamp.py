"""Whether the database needs preparing, answered in milliseconds.

Asking Django means importing it and every migration: two seconds of each start.
"""

import hashlib
import json
import os
import sqlite3
from pathlib import Path

import dj_database_url

ROOT = Path(__file__).resolve().parent.parent
STAMP = ROOT / "var" / "prepared.json"
APPS = ("accounts", "home", "notifications", "portal", "tasks")


def database_url() -> str:
    """Return the address of the database that the portal will use."""
    return os.environ.get("DATABASE_URL") or f"sqlite:///{ROOT / 'db.sqlite3'}"


def digest() -> str:
    """Return one value for: which database, which address, which packages and migrations."""
    seen = hashlib.sha256(f"{database_url()} {os.environ.get('PUBLIC_URL')}".encode())
    files = [ROOT / "requirements.txt"]
    for app in APPS:
        files += sorted((ROOT / app).glob("**/migrations/*.py"))
    for path in files:
        seen.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return seen.hexdigest()


def sqlite_path() -> Path | None:
    """Return the database's file, or None when the database is not SQLite."""
    parsed = dj_database_url.parse(database_url())
    return Path(parsed["NAME"]) if parsed["ENGINE"].endswith("sqlite3") else None


def applied() -> int:
    """Return how many migrations the SQLite database has seen; 0 when it cannot be asked."""
    path = sqlite_path()
    if path is None or not path.exists():
        return 0
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT count(*) FROM django_migrations").fetchone()[0]
    except sqlite3.Error:
        return 0
    finally:
        connection.close()


def is_prepared(demo: bool) -> bool:
    """Say whether nothing has changed since `write_stamp`. Only SQLite can tell."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    same = stamp["digest"] == digest() and stamp["applied"] == (applied() or None)
    return same and (stamp["demo"] or not demo)


def write_stamp(demo: bool) -> None:
    """Note that the database is ready as it is now, with or without the demo."""
    STAMP.parent.mkdir(exist_ok=True)
    STAMP.write_text(json.dumps({"digest": digest(), "applied": applied(), "demo": demo}))

"""The stand-in's memory: one SQLite file, one connection, one lock.

Instants are ISO 8601 text in UTC. Columns of ``users`` carry the names of ``auth.users``.
"""

import json
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from accounts.emulator.calls import Record

SCHEMA = """
create table if not exists meta (name text primary key, value text not null);
create table if not exists users (
  id text primary key, aud text not null, role text not null, email text unique, phone text,
  encrypted_password text, email_confirmed_at text, phone_confirmed_at text, invited_at text,
  confirmation_sent_at text, recovery_sent_at text, email_change text,
  email_change_sent_at text, last_sign_in_at text, raw_app_meta_data text not null,
  raw_user_meta_data text not null, is_sso_user integer not null default 0,
  is_anonymous integer not null default 0, banned_until text, deleted_at text,
  created_at text not null, updated_at text not null);
create index if not exists users_created on users (created_at, id);
create table if not exists one_time_tokens (
  token_hash text primary key, user_id text not null references users on delete cascade,
  kind text not null, address text not null, created_at text not null,
  unique (user_id, kind));
create table if not exists sessions (
  id text primary key, user_id text not null references users on delete cascade,
  amr text not null, created_at text not null);
create table if not exists refresh_tokens (
  token text primary key, session_id text not null references sessions on delete cascade,
  parent text, revoked_at text, created_at text not null);
create index if not exists refresh_tokens_session on refresh_tokens (session_id);
create table if not exists identities (
  id text primary key, user_id text not null references users on delete cascade,
  provider text not null, provider_id text not null, identity_data text not null,
  last_sign_in_at text not null, created_at text not null, updated_at text not null,
  unique (provider, provider_id));
create table if not exists factors (
  id text primary key, user_id text not null references users on delete cascade,
  friendly_name text not null, secret text not null, status text not null,
  created_at text not null, updated_at text not null);
create table if not exists challenges (
  id text primary key, factor_id text not null references factors on delete cascade,
  client text not null, verified_at text, created_at text not null);
create table if not exists session_factors (
  session_id text primary key references sessions on delete cascade,
  factor_id text not null references factors on delete cascade);
create table if not exists flow_states (
  id text primary key, user_id text references users on delete cascade,
  auth_code text not null unique, code_challenge text not null,
  code_challenge_method text not null, method text not null, redirect_to text not null,
  auth_code_issued_at text, created_at text not null);
"""

METADATA_COLUMNS = ("raw_app_meta_data", "raw_user_meta_data")
JSON_COLUMNS = (*METADATA_COLUMNS, "identity_data")
FLAG_COLUMNS = ("is_sso_user", "is_anonymous")

# The trigger that the portal installs on auth.users reports only changes of these.
REPORTED_COLUMNS = (
    *("email", "phone", "role", "aud", "email_confirmed_at", "phone_confirmed_at"),
    *("banned_until", "deleted_at", *FLAG_COLUMNS, *METADATA_COLUMNS),
)


def now() -> str:
    """Return this instant as the store writes it."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def age_seconds(instant: str | None) -> float:
    """Return the seconds since ``instant``, infinite for None."""
    if instant is None:
        return float("inf")
    return (datetime.now(UTC) - datetime.fromisoformat(instant)).total_seconds()


class Store:
    """``on_change`` hears ("INSERT" | "UPDATE" | "DELETE", user) after each commit."""

    def __init__(self, path: Path, on_change: Callable[[str, Record], None]) -> None:
        self.on_change = on_change
        self.lock = threading.RLock()
        self.depth = 0
        self.changes: list[tuple[str, Record]] = []
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # it holds the signing key
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.row_factory = sqlite3.Row
        self.connection.executescript(
            "pragma journal_mode=wal; pragma synchronous=normal; pragma foreign_keys=on;" + SCHEMA
        )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the store alone; commit at the end, roll back when an exception leaves."""
        with self.lock:
            if self.depth:  # the outermost block decides
                yield
                return
            self.connection.execute("begin immediate")
            self.depth, self.changes = 1, []
            try:
                yield
                self.connection.execute("commit")
            except BaseException:
                self.connection.execute("rollback")
                raise
            finally:
                self.depth = 0
            for operation, user in self.changes:
                self.on_change(operation, user)

    def execute(self, statement: str, *values: Any) -> int:
        """Run a statement and return the number of rows it changed."""
        with self.lock:
            return self.connection.execute(statement, values).rowcount

    def rows(self, query: str, *values: Any) -> list[Record]:
        with self.lock:
            return [_decode(row) for row in self.connection.execute(query, values)]

    def row(self, query: str, *values: Any) -> Record | None:
        return next(iter(self.rows(query, *values)), None)

    def insert(self, table: str, **values: Any) -> None:
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        # The names are keywords of our own calls, never part of a request.
        statement = f"insert into {table} ({names}) values ({marks})"  # noqa: S608 - our own words only
        self.execute(statement, *_encode(values).values())

    # Users ---------------------------------------------------------------------------------

    def user(self, user_id: str) -> Record | None:
        return self._linked(self.row("select * from users where id = ?", user_id))

    def user_by_email(self, email: str) -> Record | None:
        return self._linked(self.row("select * from users where email = ?", email))

    def _linked(self, user: Record | None) -> Record | None:
        """Give a user their accounts at social providers, as "linked", and "factors"."""
        if user is not None:
            query = "select * from identities where user_id = ? order by created_at"
            user["linked"] = self.rows(query, user["id"])
            query = "select * from factors where user_id = ? order by created_at"
            user["factors"] = self.rows(query, user["id"])
        return user

    def insert_user(self, **values: Any) -> Record:
        """Insert and return a user; ``values`` are columns. Needs a transaction."""
        stamp = now()
        values = {
            "id": str(uuid.uuid4()),
            "aud": "authenticated",
            "role": "authenticated",
            "raw_app_meta_data": {"provider": "email", "providers": ["email"]},
            "raw_user_meta_data": {},
            "created_at": stamp,
            "updated_at": stamp,
            **values,
        }
        self.insert("users", **values)
        user = self._must_get(values["id"])
        self.changes.append(("INSERT", user))
        return user

    def update_user(self, user: Record, **values: Any) -> Record:
        """Write ``values`` and return the user as it is now. Needs a transaction."""
        values["updated_at"] = now()
        assignments = ", ".join(f"{name} = ?" for name in values)
        statement = f"update users set {assignments} where id = ?"  # noqa: S608 - own keywords
        self.execute(statement, *_encode(values).values(), user["id"])
        changed = self._must_get(user["id"])
        if any(changed[name] != user[name] for name in REPORTED_COLUMNS):
            self.changes.append(("UPDATE", changed))
        return changed

    def delete_user(self, user: Record) -> None:
        self.execute("delete from users where id = ?", user["id"])
        self.changes.append(("DELETE", user))

    def _must_get(self, user_id: str) -> Record:
        user = self.user(user_id)
        if user is None:
            raise LookupError(user_id)
        return user

    # Settings that the stand-in makes for itself -------------------------------------------

    def remember(self, name: str, make: Callable[[], str]) -> str:
        """Return the value kept under ``name``, made and kept at the first call."""
        with self.transaction():
            row = self.row("select value from meta where name = ?", name)
            if row is None:
                row = {"value": make()}
                self.insert("meta", name=name, value=row["value"])
            return row["value"]


def _encode(values: Record) -> Record:
    return {
        name: json.dumps(value) if name in JSON_COLUMNS else value for name, value in values.items()
    }


def _decode(row: sqlite3.Row) -> Record:
    record = dict(row)
    for name in JSON_COLUMNS:
        if name in record:
            record[name] = json.loads(record[name])
    for name in FLAG_COLUMNS:
        if name in record:
            record[name] = bool(record[name])
    return record

"""A PostgreSQL server whose databases outlive the command that filled them.

Seeding a million tasks takes minutes, so the next run finds them again. A folder or database
that somebody else filled is refused, never overwritten.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
from psycopg2 import sql

from scripts import postgres

MARK = "portal-bench"  # in the folder, and in front of a database's comment


class NotOurs(Exception):
    """The folder or the database holds something else; the message says what to do."""


@contextmanager
def kept_server(folder: Path) -> Iterator[str]:
    """Start the server whose data is kept in ``folder`` and yield the address of its database.

    Makes the folder first when it is not there. Raises NotOurs, or postgres.NoPostgres.
    """
    account = postgres.server_account()
    programs, data = _prepare(folder, account), folder / "server" / "data"
    process, port = postgres.start(programs, data, account)
    try:
        password = data.with_name("password").read_text()
        yield postgres.connect(process, data, port, password)
    finally:
        postgres.stop(process)


def _prepare(folder: Path, account: dict) -> Path:
    """Make sure that a cluster of ours is in ``folder``; return where its programs are."""
    mark = folder / MARK
    if folder.exists() and any(folder.iterdir()) and not mark.exists():
        raise NotOurs(f"{folder} holds something else. Name an empty folder with --cluster.")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    programs = postgres.readable_programs(postgres.find_programs(), folder)
    if not mark.exists():
        home = folder / "server"
        home.mkdir(mode=0o700)
        if account:
            os.chown(home, account["user"], account["group"])
        postgres.create_cluster(programs, home / "data", account)
        mark.touch()
    return programs


def address(server: str, name: str) -> str:
    """Return the address of the database ``name`` on the server of another one's address."""
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def is_filled(server: str, name: str, contents: str) -> bool:
    """Tell whether the database is there and holds just that. Raises NotOurs for a stranger's."""
    found = _comment(server, name)
    if found is not None and not found.startswith(f"{MARK} "):
        raise NotOurs(f"The database {name} is not the benchmark's. Rename it, or drop it.")
    return found == f"{MARK} {contents}"


def make_empty(server: str, name: str) -> None:
    """Make the database, after dropping what a former run left in it."""
    is_filled(server, name, "")  # refuses a stranger's
    _run(server, sql.SQL("drop database if exists {}").format(sql.Identifier(name)))
    _run(server, sql.SQL("create database {}").format(sql.Identifier(name)))
    mark(server, name, "being filled")


def mark(server: str, name: str, contents: str) -> None:
    """Write down what the database holds."""
    statement = sql.SQL("comment on database {} is {}")
    _run(server, statement.format(sql.Identifier(name), sql.Literal(f"{MARK} {contents}")))


def _comment(server: str, name: str) -> str | None:
    """Return what a database is marked with, "" when it is not, None when there is none."""
    query = "select coalesce(shobj_description(oid, 'pg_database'), '') from pg_database"
    rows = _run(server, sql.SQL(query + " where datname = {}").format(sql.Literal(name)))
    return rows[0][0] if rows else None


def _run(server: str, statement: sql.Composable) -> list[tuple]:
    connection = psycopg2.connect(server)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()

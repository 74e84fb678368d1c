"""Ask for cells of the table, each in a savepoint that is taken back."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

from django.apps import apps
from django.contrib.auth.views import redirect_to_login
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client

from tests.authorisation.addresses import address, sent
from tests.authorisation.table import Cell
from tests.source import FLOORS

LEFT_OUT = {"sessions.Session"}  # what a visit may change by itself
OURS = {name for name in FLOORS if name != "portal"} | {"queue"}


@contextmanager
def undone(client: Client) -> Iterator[None]:
    """Take back what happens inside, in the database and in the browser's cookies."""
    cookies = client.cookies.copy()
    block = transaction.atomic()
    block._from_testcase = True  # none of ours, so that durable blocks may open inside it
    with block:
        yield
        transaction.set_rollback(True)
    client.cookies = cookies


def browser(world: SimpleNamespace, who: str) -> Client:
    client = Client(raise_request_exception=False)
    if person := world.people[who]:
        client.force_login(person)
    return client


def ask(client: Client, world: SimpleNamespace, cell: Cell) -> HttpResponseBase:
    url = address(world, cell.route, cell.of, cell.who)
    data = sent(world, cell.name) if cell.method == "POST" else None
    return getattr(client, cell.method.lower())(url, data)


def answer(response: HttpResponseBase) -> str:
    """Return the status, or "in" for the way to the sign-in page and back to this address."""
    if response.status_code == 302:
        here = response.wsgi_request.get_full_path()
        if response["Location"] == redirect_to_login(here).url:
            return "in"
    return str(response.status_code)


def words_of(response: HttpResponseBase) -> str:
    """Return what a reader gets: the page, or the text of a file."""
    content = response.getvalue() if response.streaming else response.content
    return content.decode(errors="replace")


def checksums(*, every_app: bool = False) -> dict[str, str]:
    """Return a digest of each table of our apps, or of every app, sessions left out."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if not every_app and model._meta.app_label not in OURS:
            continue
        if model._meta.label in LEFT_OUT or not model._meta.managed:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            rows = sorted(repr(row) for row in cursor.fetchall())
        found[model._meta.db_table] = hashlib.md5("\n".join(rows).encode()).hexdigest()
    return found


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [name for name, digest in after.items() if before[name] != digest]


def differences(rows: Iterable[tuple[Cell, str]]) -> str:
    """Return what was not answered as the table says, as a table."""
    wrong = [(cell, found) for cell, found in rows if cell.answer != found]
    lines = [
        f"{cell.route:34}{cell.of:17}{cell.method:8}{cell.who:12}{cell.answer:>8}  {found}"
        for cell, found in wrong
    ]
    head = f"{'ROUTE':34}{'OF':17}{'METHOD':8}{'WHO':12}{'EXPECTED':>8}  FOUND"
    return "\n".join([head, *lines]) if lines else ""

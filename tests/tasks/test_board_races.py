"""Eight people drag four hundred cards at once: no two stand in one place, nothing is lost.

Only PostgreSQL proves it: SQLite writes one after the other anyway.
"""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from django.db import connection, connections
from django.db.models import Count
from django.test import Client

from tasks.models import Activity, Project, Status, Task
from tasks.services import place
from tests import factories
from tests.tasks.conftest import HTMX

THREADS, MOVES, CARDS = 8, 50, 24  # 400 moves
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@dataclass(frozen=True)
class Answered:
    key: str
    status: str
    code: int
    began: float
    ended: float


@pytest.fixture
def everybody(transactional_db):
    """A board with all cards in To do, and eight who may move them."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no row locks: run the suite with DATABASE_URL for PostgreSQL.")
    project = factories.make_project("REP")
    for _ in range(CARDS):
        factories.make_task(project)
    return [factories.make_member(project) for _ in range(THREADS)]


def drag(user, seed):
    """Move cards to where others are putting theirs; return what was answered."""
    dice = random.Random(seed)
    client = Client(raise_request_exception=False)
    try:
        client.force_login(user)
        columns = [str(s.pk) for s in Status.objects.filter(category__in=("todo", "doing"))]
        return [one_move(client, dice, columns) for _ in range(MOVES)]
    finally:
        connections.close_all()


def one_move(client, dice, columns):
    key = f"REP-{dice.randint(4, CARDS)}"
    # Everybody aims below the same three cards, which are moved by nobody: no room lasts.
    data = {"status": dice.choice(columns), "after": f"REP-{dice.randint(1, 3)}"}
    began = time.monotonic()
    answer = client.post(f"/tasks/{key}/move/", data, headers=HTMX)
    return Answered(key, data["status"], answer.status_code, began, time.monotonic())


def all_at_once(everybody):
    with ThreadPoolExecutor(THREADS) as threads:
        return [one for many in threads.map(drag, everybody, range(THREADS)) for one in many]


def doubled():
    """Return the places where more than one card stands."""
    places = Task.everything.values("status", "position").annotate(n=Count("pk"))
    return [row for row in places if row["n"] > 1]


def lost(answers):
    """Return the cards that stand in a column that no move left them in.

    Of two moves at the same time either may be the last; one that began after another
    had been answered must win over it.
    """
    now = {task.key: str(task.status_id) for task in Task.objects.with_row()}
    wrong = []
    for key in {one.key for one in answers}:
        mine = [one for one in answers if one.key == key]
        last = max(one.began for one in mine)
        if now[key] not in {one.status for one in mine if one.ended >= last}:
            wrong.append(key)
    return wrong


def broken_chains():
    """Return the status changes whose "before" is not what the change before them left."""
    rows = Activity.objects.filter(field="status").order_by("task_id", "version")
    at, broken = {}, []
    for row in rows:
        if row.task_id in at and at[row.task_id] != row.old_raw["id"]:
            broken.append(row)
        at[row.task_id] = row.new_raw["id"]
    return broken


def test_four_hundred_moves_at_once(everybody):
    answers = all_at_once(everybody)
    assert {one.code for one in answers} == {200}
    assert doubled() == []
    assert lost(answers) == []
    assert broken_chains() == []
    project = Project.objects.get()
    assert sum(status.task_count for status in project.statuses.all()) == CARDS
    for status in project.statuses.all():
        assert status.task_count == Task.objects.filter(status=status).count()


def test_without_the_lock_two_cards_share_a_place(everybody, monkeypatch):
    """The control: it is the lock on the column that keeps them apart."""
    monkeypatch.setattr(place, "lock_columns", lambda *ids: Status.objects.in_bulk(ids))
    for _ in range(5):  # nobody can order an accident; it mostly comes at once
        all_at_once(everybody)
        if doubled():
            return
    pytest.fail("Two thousand moves without the lock, and no two cards share a place.")

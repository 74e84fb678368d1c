"""What the table is worth: with a guard taken out, it must no longer hold."""

from collections import Counter

import pytest

from tasks import frame, permissions
from tasks.models.project import ProjectQuerySet
from tasks.models.task_queries import TaskQuerySet
from tests.authorisation.asking import answer, ask, browser, undone
from tests.authorisation.table import CELLS
from tests.authorisation.world import build


def wrong(world, who, method):
    """Return how often each answer was found in place of each other one."""
    client, found = browser(world, who), Counter()
    for cell in CELLS:
        if (cell.who, cell.method) != (who, method):
            continue
        with undone(client):
            now = answer(ask(client, world, cell))
        if now != cell.answer:
            found[cell.answer, now] += 1
    return found


@pytest.fixture
def world(db, settings, tmp_path):
    settings.PRIVATE_MEDIA_ROOT = tmp_path
    return build(owner="superuser")


def test_it_fails_when_everybody_sees_every_task(world, monkeypatch):
    monkeypatch.setattr(TaskQuerySet, "visible_to", lambda rows, user: rows)
    found = wrong(world, "guest", "GET")
    assert found["404", "200"] > 3
    assert found["404", "403"] > 10


@pytest.fixture
def rewritten():
    """The frame keeps its query as it was first written: write it anew here, and afterwards."""
    frame._written.cache_clear()
    yield
    frame._written.cache_clear()


def test_it_fails_when_everybody_sees_every_project(world, monkeypatch, rewritten):
    monkeypatch.setattr(ProjectQuerySet, "visible_to", lambda rows, user: rows)
    found = wrong(world, "outsider", "GET")
    assert found["404", "200"] > 5, found


def test_it_fails_when_nothing_is_required(world, monkeypatch):
    monkeypatch.setattr(permissions, "require", lambda *asked: None)
    assert wrong(world, "viewer", "POST")["403", "302"] > 20

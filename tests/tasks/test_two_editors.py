"""Several people write in one description at once: whoever is second looks again, nothing is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from tasks import services
from tasks.models import Activity, Conflict, Task
from tasks.services import work
from tests import factories

EDITORS, WORDS = 4, 15
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture(autouse=True)
def on_postgres():
    if connections["default"].vendor != "postgresql":
        pytest.skip("SQLite writes one after the other: run this with DATABASE_URL for PostgreSQL.")


def editor(user, name, together):
    """Add words one by one to the end of what stands there, looking again after a conflict."""
    together.wait()
    for n in range(WORDS):
        while True:
            task = Task.objects.with_row().get()
            body = f"{task.body} {name}{n}"
            try:
                services.change_task(task=task, user=user, body=body, version=task.version)
                break
            except Conflict:
                continue


def write_together():
    project = factories.make_project()
    user = factories.make_member(project)
    factories.make_task(project)
    together = threading.Barrier(EDITORS)

    def run(name):
        try:
            editor(user, name, together)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(EDITORS) as threads:
        list(threads.map(run, "abcd"))
    return sorted(Task.objects.get().body.split())


EVERYTHING = sorted(f"{name}{n}" for name in "abcd" for n in range(WORDS))


def test_nothing_is_lost():
    assert write_together() == EVERYTHING
    assert Task.objects.get().version == 1 + EDITORS * WORDS
    assert Activity.objects.filter(field="body").count() == EDITORS * WORDS


def test_without_the_lock_words_are_lost(monkeypatch):
    def refuse_stale_unlocked(task, fields, version):
        now = Task.objects.with_row().get(pk=task.pk)
        if now.version > version:
            raise Conflict(now)

    monkeypatch.setattr(work, "refuse_stale", refuse_stale_unlocked)
    assert write_together() != EVERYTHING

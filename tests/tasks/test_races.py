"""Six managers do everything at once with the same few tasks of two projects: nobody is turned
away, and afterwards every counter is what a count says.

Only PostgreSQL proves it: SQLite writes one after the other anyway.
"""

import os
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.models import Count, F, Q
from django.test import Client
from wagtail.models import Locale, Page, Site

from tasks.models import Membership, Relation, Status, Task, task_queries
from tests.factories import make_member, make_project, make_task

THREADS, STEPS, TASKS = 6, int(os.environ.get("RACE_STEPS", 40)), 10
SEED = int(os.environ.get("RACE_SEED", 1))
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def managers(transactional_db):
    """Managers of two projects, each with a few tasks."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no row locks: run the suite with DATABASE_URL for PostgreSQL.")
    make_site()
    projects = [make_project(key) for key in ("ONE", "TWO")]
    for project in projects:
        for _ in range(TASKS):
            make_task(project)
    people = [make_member(projects[0], "manager") for _ in range(THREADS)]
    for user in people:
        Membership.objects.create(project=projects[1], user=user, role="manager")
    return people


def make_site():
    """Pages need one, and the test before, if it was of this kind, has emptied the database."""
    if not Site.objects.exists():
        Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
        root = Page.add_root(instance=Page(title="Root", slug="root"))
        Site.objects.create(hostname="localhost", root_page=root, is_default_site=True)


class Manager:
    """Does one thing after the other, each with a task that others have their hands on."""

    def __init__(self, user, seed):
        self.dice, self.client = random.Random(seed), Client(raise_request_exception=False)
        self.client.force_login(user)
        self.answers = []

    def work(self):
        try:
            for _ in range(STEPS):
                act, task = self.dice.choice(ACTS), self.one()
                response = act(self, task) if task or act is restore else None
                if response is not None:
                    self.answers.append((act.__name__, response.status_code))
            return self.answers
        finally:
            connections.close_all()

    def one(self, **which):
        rows = list(Task.objects.filter(**which).with_row().order_by("number"))
        return self.dice.choice(rows) if rows else None

    def status(self, project):
        rows = Status.objects.filter(project=project).exclude(category="triage")
        return self.dice.choice(list(rows))

    def post(self, task, verb, **data):
        return self.client.post(f"/tasks/{task.key}/{verb}/", data)

    def bulk(self, task, action, **data):
        some = [one.pk for _ in range(4) if (one := self.one(project=task.project))]
        return self.client.post(
            f"/projects/{task.project.key}/bulk/{action}/", {"task": some, **data}
        )


def move(manager, task):
    other = manager.one(project=task.project)
    data = {"status": manager.status(task.project).pk} | ({"after": other.key} if other else {})
    return manager.post(task, "move", **data)


def delete(manager, task):
    return manager.post(task, "delete")


def restore(manager, task):
    gone = Task.everything.exclude(deleted_at=None).with_row().order_by("?").first()
    if gone is None:
        return None
    key = gone.project.key
    return manager.client.post(f"/projects/{key}/trash/task/{gone.pk}/restore/")


def reparent(manager, task):
    parent = manager.dice.choice([manager.one(project=task.project), None])
    return manager.post(task, "parent", parent=parent.key if parent else "")


def relate(manager, task):
    other = manager.one()
    return other and manager.post(task, "relations", kind="blocks", other=other.key)


def unrelate(manager, task):
    relation = Relation.objects.filter(source=task).first()
    return relation and manager.post(task, f"relations/{relation.pk}/delete")


def change_project(manager, task):
    other = {"ONE": "TWO", "TWO": "ONE"}[task.project.key]
    return manager.post(task, "project", project=other)


def subtask(manager, task):
    return manager.post(task, "subtasks", subtask="A part of it")


def comment(manager, task):
    return manager.post(task, "comment", body="Who has the key?")


def move_many(manager, task):
    return manager.bulk(task, "status", status=manager.status(task.project).pk)


def delete_many(manager, task):
    return manager.bulk(task, "delete")


def undo(manager, task):
    change = task.activities.order_by("-created_at").first()
    return manager.client.post("/work/undo/", {"change_id": change.change_id})


ACTS = [
    *(move, move, delete, restore, restore, restore, restore, reparent, reparent, relate, relate),
    *(unrelate, change_project, subtask, comment, move_many, delete_many, undo),
]


def all_at_once(people):
    with ThreadPoolExecutor(THREADS) as threads:
        runs = threads.map(lambda n: Manager(people[n], SEED * 100 + n).work(), range(THREADS))
        return [answer for run in runs for answer in run]


def miscounted():
    """Return the tasks and statuses whose counters are not what a count says."""
    alive = Q(subtasks__deleted_at=None, subtasks__isnull=False)
    tasks = Task.everything.annotate(
        parts=Count("subtasks", filter=alive, distinct=True),
        done=Count(
            "subtasks", filter=alive & Q(subtasks__completed_at__isnull=False), distinct=True
        ),
        blockers=Count(
            "relations_to",
            filter=Q(
                relations_to__kind="blocks",
                relations_to__source__deleted_at=None,
                relations_to__source__closed_at=None,
            ),
            distinct=True,
        ),
    ).exclude(subtask_count=F("parts"), subtask_done=F("done"), blocker_count=F("blockers"))
    statuses = Status.objects.annotate(
        here=Count("tasks", filter=Q(tasks__deleted_at=None, tasks__archived_at=None))
    ).exclude(task_count=F("here"))
    return [*tasks, *statuses]


def misplaced():
    """Return subtasks of subtasks, and those whose parent or status is another project's.

    In the bin one may wait for a parent that is a part itself by now: it comes back alone.
    """
    wrong = Q(deleted_at=None, parent__parent__isnull=False) | ~Q(status__project=F("project"))
    wrong |= Q(parent__isnull=False) & ~Q(parent__project=F("project"))
    return list(Task.everything.filter(wrong))


def doubled():
    """Return the places where more than one task stands."""
    places = Task.everything.values("status", "position").annotate(n=Count("pk"))
    return [row for row in places if row["n"] > 1]


def test_everything_at_once(managers):
    answers = all_at_once(managers)
    assert [one for one in answers if one[1] >= 500] == []
    assert {act for act, code in answers if code < 400} == {act.__name__ for act in ACTS}
    assert miscounted() == []
    assert misplaced() == []
    assert doubled() == []


def test_without_the_order_some_are_turned_away(managers, monkeypatch):
    """The control: it is the order of the locks that keeps them from waiting for each other."""
    monkeypatch.setattr(task_queries.TaskQuerySet, "lock_around", lambda *args, **more: None)
    assert [one for one in all_at_once(managers) if one[1] >= 500]

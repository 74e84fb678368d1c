"""Several people change the same tasks at the same time; the counters stay right."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.db.models import Count

from tasks import services
from tasks.models import Activity, Project, Status, Task
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def everywhere(jobs):
    """Run the jobs in two threads of their own connections; return what they return."""

    def run(job):
        try:
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(run, jobs))


def mover(project, user, keys, seed):
    """Return a job that moves each task ten times through every status."""

    def move():
        shuffled = random.Random(seed)
        statuses = list(Status.objects.filter(project=project))
        for _ in range(10):
            for key in shuffled.sample(keys, len(keys)):
                task = Task.objects.with_row().with_key(key).get()
                services.move_task(task=task, user=user, status=shuffled.choice(statuses))

    return move


@pytest.fixture
def manager(transactional_db):
    return factories.make_member(factories.make_project("REP"), "manager")


def really(project):
    rows = Task.objects.filter(project=project).values("status").annotate(n=Count("pk"))
    return {row["status"]: row["n"] for row in rows}


def kept(project):
    return {s.pk: s.task_count for s in Status.objects.filter(project=project) if s.task_count}


def test_the_counters_stay_right(manager):
    project = Project.objects.get()
    keys = [factories.make_task(project).key for _ in range(5)]
    everywhere([mover(project, manager, keys, seed) for seed in (1, 2)])
    assert kept(project) == really(project)
    assert sum(kept(project).values()) == 5


def test_the_numbers_have_no_gaps_and_never_repeat(manager):
    project = Project.objects.get()

    def create():
        for _ in range(10):
            services.create_task(project=project, user=manager, title="x")

    everywhere([create, create])
    assert sorted(Task.objects.values_list("number", flat=True)) == list(range(1, 21))


def test_of_two_answers_one_counts(manager):
    project = Project.objects.get()
    tasks = [factories.make_task(project, "triage").key for _ in range(10)]

    def accept():
        return [
            services.accept_request(task=Task.objects.with_row().with_key(k).get(), user=manager)
            for k in tasks
        ]

    first, second = everywhere([accept, accept])
    assert [a + b for a, b in zip(first, second, strict=True)] == [1] * 10
    assert Activity.objects.filter(field="status").count() == 10


@pytest.mark.postgres
def test_it_was_put_to_the_test_of_row_locks():
    """SQLite writes one after the other anyway: only PostgreSQL proves the tests above."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no row locks: run the suite with DATABASE_URL for PostgreSQL.")
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        assert cursor.fetchone() == ("read committed",)

"""The pages cost the same at 10 and at 1,000 tasks."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tasks.models import Activity, Status, Task
from tests.factories import make_task

PAGES = [
    "/work/",
    "/projects/",
    "/projects/REP/",
    "/projects/REP/board/",
    "/projects/REP/triage/",
    "/tasks/REP-1/",
]


def fill(project, amara, many, start=100):
    """Write rows straight into the tables: 1,000 saves would take a minute."""
    statuses = {s.category: s for s in Status.objects.filter(project=project)}
    today = timezone.localdate()
    tasks = [
        Task(
            project=project,
            number=start + n,
            position=n,
            title=f"Task {n}",
            status=statuses["triage" if n % 10 == 0 else "todo"],
            owner=amara if n % 2 else None,
            requester=amara,
            due_on=today + timedelta(days=n % 20 - 5),
        )
        for n in range(many)
    ]
    Task.objects.bulk_create(tasks)
    first = Task.objects.get(project=project, number=1)
    Activity.objects.bulk_create(
        Activity(task=task, kind="changed", field="title", actor_name="Mei")
        for task in [*tasks, *[first] * many]
    )


def cost(client, path):
    client.get(path)  # what is cached once per process is not the page's
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize("path", PAGES)
def test_it_costs_the_same_at_1000_as_at_10(client, project, amara, path):
    make_task(project)
    client.force_login(amara)
    fill(project, amara, 10)
    few = cost(client, path)
    fill(project, amara, 990, start=200)
    assert cost(client, path) == few
    assert few <= 30


@pytest.mark.parametrize("path", ["/projects/REP/", "/projects/REP/board/"])
def test_list_and_board_cost_six_queries_at_most(client, project, amara, path):
    """Session and person, site, projects, tasks: whatever one more asks, one page of many pays."""
    make_task(project)
    client.force_login(amara)
    fill(project, amara, 60)
    assert cost(client, path) <= 6


EVERY_COLUMN = "status,priority,owner,reviewer,requester,start,due,created,changed"


@pytest.mark.parametrize("group", ["", "status", "owner", "priority", "due", "label"])
def test_a_list_of_all_columns_costs_no_more(client, project, amara, group):
    make_task(project)
    client.force_login(amara)
    fill(project, amara, 60)
    assert cost(client, f"/projects/REP/?cols={EVERY_COLUMN}&group={group}") <= 6

"""Previous and next on a task's page go through the list or board one came from."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tasks.models import Task
from tests.factories import make_project, make_task


@pytest.fixture
def tasks(project):
    """REP-1 to REP-4; the last changed stands first in the list."""
    return [make_task(project, title=f"Task {n}", priority=n) for n in (3, 1, 4, 2)]


def ways(client, path, **headers):
    page = client.get(path, headers=headers).content.decode()
    found = dict.fromkeys(("prev", "next"))
    for href, rel in re.findall(r'href="([^"]+)" aria-label="[^"]+" rel="(\w+)"', page):
        found[rel] = href.replace("&amp;", "&")
    return found["prev"], found["next"]


def test_in_the_order_of_the_list(client, tasks, tomasz):
    client.force_login(tomasz)
    before, after = ways(client, "/tasks/REP-3/?in=list")
    assert (before, after) == ("/tasks/REP-4/?in=list", "/tasks/REP-2/?in=list")
    assert ways(client, "/tasks/REP-4/?in=list")[0] is None
    assert ways(client, "/tasks/REP-1/?in=list")[1] is None


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("priority", [2, 4, 1, 3]),
        ("-priority", [3, 1, 4, 2]),
        ("title", [2, 4, 1, 3]),
        ("due", [4, 3, 2, 1]),
        ("number", [4, 3, 2, 1]),
    ],
)
def test_the_way_leads_through_the_whole_sorted_list(client, project, tomasz, sort, order):
    for n in (3, 1, 4, 2):
        make_task(project, title=f"Task {n}", priority=n)
    client.force_login(tomasz)
    if sort == "due":  # nobody has a date: the id decides, whichever way that is
        order = [task.number for task in Task.objects.order_by("-pk")]
    path = f"/tasks/REP-{order[0]}/?in=list&sort={sort}"
    seen = []
    while path:
        seen.append(int(re.search(r"REP-(\d+)", path)[1]))
        path = ways(client, path)[1]
    assert seen == order


def test_filters_hold(client, tasks, tomasz):
    client.force_login(tomasz)
    query = "in=list&priority=urgent&priority=high&sort=priority"
    assert ways(client, f"/tasks/REP-2/?{query}")[1].startswith("/tasks/REP-4/?in=list&priority=")
    assert ways(client, f"/tasks/REP-4/?{query}")[1] is None


def test_on_a_board_they_go_through_the_column(client, project, tasks, tomasz):
    client.force_login(tomasz)
    assert ways(client, "/tasks/REP-3/?in=board") == (
        "/tasks/REP-4/?in=board",
        "/tasks/REP-2/?in=board",
    )
    assert ways(client, "/tasks/REP-4/?in=board")[0] is None
    assert ways(client, "/tasks/REP-1/?in=board")[1] is None


def test_at_a_columns_end_they_go_on_in_the_next_that_has_cards(client, project, tasks, tomasz):
    make_task(project, "review")  # "doing", between them, is empty
    make_task(project, "done")
    client.force_login(tomasz)
    assert ways(client, "/tasks/REP-1/?in=board")[1] == "/tasks/REP-5/?in=board"
    assert ways(client, "/tasks/REP-5/?in=board") == (
        "/tasks/REP-1/?in=board",
        "/tasks/REP-6/?in=board",
    )


def test_they_go_on_only_to_what_the_board_shows(client, project, tasks, tomasz):
    make_task(project, "done")
    long_ago = timezone.now() - timedelta(days=20)
    Task.objects.filter(number=5).update(closed_at=long_ago)
    client.force_login(tomasz)
    assert ways(client, "/tasks/REP-1/?in=board")[1] is None
    assert ways(client, "/tasks/REP-1/?in=board&q=Task+3")[1] is None


def test_on_a_board_what_ended_stands_last_finished_first(client, project, tomasz):
    for _ in range(3):
        make_task(project, "done")
    client.force_login(tomasz)
    assert ways(client, "/tasks/REP-2/?in=board") == (
        "/tasks/REP-3/?in=board",
        "/tasks/REP-1/?in=board",
    )


def test_without_a_script_the_page_before_tells(client, tasks, tomasz):
    client.force_login(tomasz)
    came = "http://testserver/projects/REP/?sort=-priority"
    assert ways(client, "/tasks/REP-3/", referer=came)[1] == "/tasks/REP-1/?in=list&sort=-priority"
    came = "http://testserver/projects/REP/board/"
    assert ways(client, "/tasks/REP-3/", referer=came)[1] == "/tasks/REP-2/?in=board"


@pytest.mark.parametrize(
    "came",
    [
        "",
        "http://elsewhere.example/projects/REP/",
        "http://testserver/work/",
        "http://testserver/nowhere/at/all",
        "http://testserver/projects/OTHER/",
    ],
)
def test_from_anywhere_else_there_is_no_way(client, tasks, tomasz, came):
    make_project("OTHER")
    client.force_login(tomasz)
    assert ways(client, "/tasks/REP-3/", referer=came) == (None, None)
    assert ways(client, "/tasks/REP-3/?in=nonsense") == (None, None)


def test_hidden_tasks_are_left_out(client, project, tasks, mei):
    mei.memberships.update(role="guest")
    for task in (tasks[0], tasks[3]):
        task.watches.create(user=mei)
    client.force_login(mei)
    assert ways(client, "/tasks/REP-4/?in=list")[1] == "/tasks/REP-1/?in=list"

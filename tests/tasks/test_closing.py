"""Closing what is not finished: nobody is held up, and everybody is told."""

import pytest

from tasks import services
from tasks.models import Status, Task
from tests.factories import make_project, make_task
from tests.tasks.conftest import HTMX


@pytest.fixture
def blocked(project, tomasz):
    """REP-1, which waits for REP-2 and has one open subtask of two."""
    task, other = make_task(project), make_task(project)
    make_task(project, parent=task)
    make_task(project, "done", parent=task)
    services.relate(task=other, user=tomasz, kind="blocks", other=task)
    return task


UNFINISHED = "still waits for REP-2 and has 1 open subtask."


def test_it_closes_and_says_what_is_open(client, blocked, tomasz):
    client.force_login(tomasz)
    page = client.post("/tasks/REP-1/complete/", headers=HTMX).content.decode()
    assert f"REP-1 is done, though it {UNFINISHED}" in page
    assert "data-undo-toast" in page
    assert Task.objects.get(pk=blocked.pk).is_done


def test_its_status_and_the_board_say_the_same(client, project, blocked, tomasz):
    client.force_login(tomasz)
    done = str(Status.objects.get(project=project, category="done").pk)
    page = client.post("/tasks/REP-1/status/", {"status": done}, headers=HTMX)
    assert UNFINISHED in page.content.decode()
    client.post("/tasks/REP-1/reopen/")
    page = client.post("/tasks/REP-1/move/", {"status": done, "place": "1"}, headers=HTMX)
    assert f"It {UNFINISHED}" in page.content.decode()


def test_a_task_that_one_does_not_see_is_counted_only(client, blocked, tomasz, charlie):
    other = make_task(make_project("SEC"))
    services.relate(task=other, user=_root(charlie), kind="blocks", other=blocked)
    client.force_login(tomasz)
    page = client.post("/tasks/REP-1/complete/", headers=HTMX).content.decode()
    assert "waits for REP-2, 1 other task and has" in page


def _root(user):
    user.is_superuser = True
    return user


def test_what_is_finished_is_just_done(client, project, tomasz):
    make_task(project)
    client.force_login(tomasz)
    page = client.post("/tasks/REP-1/complete/", headers=HTMX).content.decode()
    assert "REP-1 is done.<" in page

"""Addresses with an old key lead to the new one, for who may see it."""

import pytest

from tasks.models import Task
from tests.factories import make_project, make_task


@pytest.fixture
def renamed(project, task):
    project.key = "FIX"
    project.save()
    return task


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/tasks/REP-1/", "/tasks/FIX-1/"),
        ("/tasks/rep-1/", "/tasks/FIX-1/"),
        ("/tasks/fix-1/?history=all", "/tasks/FIX-1/?history=all"),
        ("/tasks/REP-1/due/", "/tasks/FIX-1/due/"),
        ("/projects/REP/", "/projects/FIX/"),
        ("/projects/fix/?show=done", "/projects/FIX/?show=done"),
    ],
)
def test_an_old_address_leads_to_the_new_one(client, renamed, tomasz, old, new):
    client.force_login(tomasz)
    assert client.get(old)["Location"] == new
    assert client.get(new).status_code == 200


def test_it_tells_strangers_nothing(client, renamed, charlie):
    client.force_login(charlie)
    for path in ("/tasks/REP-1/", "/tasks/fix-1/", "/projects/REP/"):
        assert client.get(path).status_code == 404


def test_what_is_sent_to_an_old_key_reaches_the_task(client, renamed, tomasz):
    client.force_login(tomasz)
    assert client.post("/tasks/REP-1/priority/", {"priority": 1}).status_code == 302
    assert Task.objects.get(pk=renamed.pk).priority == 1


def test_a_task_that_moved_is_found_by_the_number_it_had(client, project, task, amara):
    other = make_project("ROOF")
    other.memberships.create(user=amara, role="manager")
    task.project, task.status = other, other.first_status("todo")
    task.save()
    client.force_login(amara)
    assert client.get("/tasks/REP-1/")["Location"] == task.get_absolute_url()


def test_an_unknown_key_stays_unknown(client, project, amara):
    make_task(project)
    client.force_login(amara)
    for path in ("/tasks/REP-9/", "/tasks/rep-9/", "/projects/XX/", "/tasks/xx-1/"):
        assert client.get(path).status_code == 404


def test_who_may_take_it_back_is_told_that_it_is_in_the_bin(client, task, amara, tomasz, charlie):
    task.delete()
    for user, told in ((amara, True), (tomasz, False), (charlie, False)):
        client.force_login(user)
        response = client.get("/tasks/rep-1/")
        assert response.status_code == 404
        assert ("REP-1 is in the bin" in response.content.decode()) == told
    client.force_login(amara)
    url = f"/projects/REP/trash/task/{task.pk}/restore/"
    assert url in client.get("/tasks/REP-1/").content.decode()
    response = client.post(url, {"next": "/tasks/REP-1/"}, follow=True)
    assert "is back, in its place." in response.content.decode()

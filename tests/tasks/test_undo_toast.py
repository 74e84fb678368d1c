"""The button that takes back what one has just done."""

import json
import uuid

import pytest
from django.contrib.messages import get_messages
from django.template.loader import render_to_string
from django.test import RequestFactory

from portal.actor import acting
from tasks import services
from tasks.lists import undoing
from tasks.models import Activity, Task, one_change
from tests.factories import make_task
from tests.tasks.conftest import HTMX

URL = "/work/undo/"


@pytest.fixture
def change(project, amara):
    task = make_task(project, title="Before")
    with acting(amara):
        services.change_task(task=task, user=amara, title="After")
    return Activity.objects.get(field="title").change_id


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_it_takes_back_and_leads_back(client, amara, change):
    client.force_login(amara)
    response = client.post(URL, {"change_id": change, "next": "/projects/REP/"})
    assert response["Location"] == "/projects/REP/"
    assert Task.objects.get().title == "Before"
    assert said(response) == ["Undone: REP-1 is as it was."]


def test_it_leads_to_no_other_site(client, amara, change):
    client.force_login(amara)
    response = client.post(URL, {"change_id": change, "next": "https://evil.example/"})
    assert response["Location"] == "/work/"


def test_twice_says_why_not(client, amara, change):
    client.force_login(amara)
    client.post(URL, {"change_id": change})
    assert "changed since" in said(client.post(URL, {"change_id": change}))[-1]


def test_others_cannot_and_learn_nothing(client, mei, charlie, change):
    for user in (mei, charlie):
        client.force_login(user)
        theirs = said(client.post(URL, {"change_id": change}))
        none = said(client.post(URL, {"change_id": uuid.uuid4()}))
        assert theirs[-1] == none[-1] == "This can no longer be undone."
    assert Task.objects.get().title == "After"


def test_a_broken_id_is_not_found(client, amara):
    client.force_login(amara)
    assert client.post(URL, {"change_id": "x"}).status_code == 404
    assert client.post(URL).status_code == 404


def test_only_by_posting_and_signed_in(client, amara, change):
    assert client.post(URL, {"change_id": change})["Location"].startswith("/accounts/sign-in/")
    client.force_login(amara)
    assert client.get(URL).status_code == 405


def test_the_toast_escapes_what_it_says(amara, change):
    request = RequestFactory().get("/work/")
    context = {"said": "<script>alert(1)</script>", "change_id": change}
    toast = render_to_string("tasks/_live.html", context, request)
    assert "<script>" not in toast
    assert f'value="{change}"' in toast
    assert 'name="next" value="/work/"' in toast


def deleted(row, user):
    with acting(user), one_change() as change_id:
        if isinstance(row, Task):
            services.delete_task(task=row, user=user)
        else:
            services.delete_row(row=row, user=user)
    return change_id


def test_a_comment_that_is_back_is_led_to(client, task, amara):
    comment = services.add_comment(task=task, user=amara, body="Measured.")
    client.force_login(amara)
    sent = {"change_id": deleted(comment, amara), "next": "/tasks/REP-1/"}
    assert client.post(URL, sent)["Location"] == f"/tasks/REP-1/#c-{comment.pk.hex}"


def test_a_task_that_is_back_is_led_to_with_its_subtasks(client, project, task, amara):
    make_task(project, parent=task)
    client.force_login(amara)
    sent = {"change_id": deleted(task, amara), "next": "/projects/REP/"}
    assert client.post(URL, sent)["Location"] == "/tasks/REP-1/"


def test_in_place_it_says_what_is_back_and_where(client, task, amara):
    client.force_login(amara)
    response = client.post(URL, {"change_id": deleted(task, amara)}, headers=HTMX)
    told = json.loads(response["HX-Trigger-After-Swap"])["undone"]
    assert told == {"key": "REP-1", "anchor": "", "url": "/tasks/REP-1/"}
    assert "Undone: REP-1 is as it was." in response.content.decode()
    assert said(response) == []


def test_in_place_a_change_leads_nowhere(client, amara, change):
    client.force_login(amara)
    response = client.post(URL, {"change_id": change}, headers=HTMX)
    assert json.loads(response["HX-Trigger-After-Swap"])["undone"]["url"] == ""
    again = client.post(URL, {"change_id": change}, headers=HTMX)
    assert "changed since" in again.content.decode()


@pytest.mark.parametrize("part", ["", "row"])
def test_marking_as_done_can_be_taken_back(client, task, amara, part):
    client.force_login(amara)
    page = client.post("/tasks/REP-1/complete/", {"part": part}, headers=HTMX)
    change = Activity.objects.get(task=task, field="status").change_id
    assert f'value="{change}"' in page.content.decode()


def test_so_can_taking_a_task(client, task, amara):
    client.force_login(amara)
    page = client.post("/tasks/REP-1/owner/", {"owner": amara.pk}, headers=HTMX)
    change = Activity.objects.get(task=task, field="owner").change_id
    assert f'value="{change}"' in page.content.decode()
    client.post(URL, {"change_id": change})
    assert Task.objects.get(pk=task.pk).owner is None


def test_what_changes_nothing_has_no_undo(client, task, amara):
    client.force_login(amara)
    page = client.post("/tasks/REP-1/priority/", {"priority": task.priority}, headers=HTMX)
    assert "data-undo-toast" not in page.content.decode()


@pytest.fixture
def many(client, project, amara, monkeypatch):
    """A change of five tasks, two of which are taken back in one request."""
    monkeypatch.setattr(undoing, "STEP", 2)
    tasks = [make_task(project) for _ in range(5)]
    client.force_login(amara)
    with acting(amara):
        outcome = services.change_many(
            tasks=tasks,
            user=amara,
            change=lambda task: services.change_task(task=task, user=amara, priority=1),
        )
    return {"change_id": outcome.change_id, "next": "/projects/REP/"}


def urgent():
    return Task.objects.filter(priority=1).count()


def test_many_are_taken_back_step_by_step_without_a_script(client, many):
    for left, done in ((3, 2), (1, 4)):
        page = client.post("/work/undo/", many)
        assert urgent() == left
        assert f"{done} of 5 tasks are undone" in page.content.decode()
        many["progress"] = page.context["step"].signed()
    response = client.post("/work/undo/", many)
    assert response["Location"] == "/projects/REP/"
    assert said(response) == ["Undone: 5 tasks are as they were."]
    assert urgent() == 0


def test_with_a_script_the_form_goes_on_in_its_place(client, many):
    answer = client.post("/work/undo/", many, headers=HTMX)
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("this", "outerHTML")
    many["progress"] = answer.context["step"].signed()
    many["progress"] = client.post("/work/undo/", many, headers=HTMX).context["step"].signed()
    last = client.post("/work/undo/", many, headers=HTMX)
    assert last["HX-Reswap"] == "none"
    assert "5 tasks are as they were" in last.content.decode()


def test_a_made_up_progress_is_refused(client, many):
    assert client.post("/work/undo/", many | {"progress": "x"}).status_code == 400
    assert urgent() == 5

from datetime import date, timedelta

import pytest
from django.utils import timezone

from notifications.models import Email
from tasks import services
from tasks.models import Activity, Project, Task
from tests.factories import make_task
from tests.tasks.conftest import HTMX

URL = "/projects/REP/triage/"


def accept(client, task, **data):
    return client.post(f"/tasks/{task.key}/accept/", {"priority": 3, **data})


def decline(client, task, **data):
    return client.post(f"/tasks/{task.key}/decline/", data)


def mails(since):
    """Return (template, address) of what is owed since, in no order."""
    return sorted(Email.objects.exclude(pk__in=since).values_list("template", "to_address"))


@pytest.fixture
def before(asked):
    return list(Email.objects.values_list("pk", flat=True))


def test_it_shows_the_requests_with_their_answers(client, amara, asked):
    client.force_login(amara)
    page = client.get(URL).content.decode()
    for words in ("Entry phone is silent", "Samir Haddad", "samir@mail.example", "Alder House"):
        assert words in page


def test_it_says_when_there_are_none(client, amara):
    client.force_login(amara)
    assert "No new requests" in client.get(URL).content.decode()


def test_accepting_tells_the_owner_once_and_the_visitor_once(client, amara, tomasz, asked, before):
    client.force_login(amara)
    data = {"owner": str(tomasz.pk), "due_on": "2026-11-30", "priority": 1}
    assert accept(client, asked, **data)["Location"] == URL
    task = Task.objects.get(pk=asked.pk)
    assert (task.owner, task.due_on, task.priority) == (tomasz, date(2026, 11, 30), 1)
    assert task.status.category == "todo"
    assert mails(before) == [
        ("request-accepted", "samir@mail.example"),
        ("task-assigned", tomasz.email),
    ]


def test_taking_it_oneself_is_told_to_the_visitor_only(client, amara, asked, before):
    client.force_login(amara)
    accept(client, asked, owner=str(amara.pk))
    assert mails(before) == [("request-accepted", "samir@mail.example")]


def test_accepting_is_one_change(client, amara, tomasz, asked):
    client.force_login(amara)
    accept(client, asked, owner=str(tomasz.pk), priority=1)
    rows = Activity.objects.filter(task=asked, kind="changed")
    assert {row.field for row in rows} == {"status", "owner", "priority"}
    assert len({row.change_id for row in rows}) == 1


def test_the_second_answer_changes_nothing(client, amara, tomasz, asked, before):
    client.force_login(amara)
    accept(client, asked, owner=str(tomasz.pk))
    accept(client, asked, owner="", priority=1)
    decline(client, asked, reason="Too late.")
    task = Task.objects.get(pk=asked.pk)
    assert (task.owner, task.priority, task.status.category) == (tomasz, 3, "todo")
    assert len(mails(before)) == 2


def test_a_stale_copy_does_not_answer_again(amara, tomasz, asked):
    one, two = (Task.objects.get(pk=asked.pk) for _ in range(2))
    assert services.accept_request(task=one, user=amara, owner=tomasz)
    assert not services.decline_request(task=two, user=amara, reason="No.")
    assert Task.objects.get(pk=asked.pk).request.decline_reason == ""


def test_declining_tells_the_visitor_why(client, amara, asked, before):
    client.force_login(amara)
    decline(client, asked, reason="The landlord of the shop repairs it.")
    task = Task.objects.get(pk=asked.pk)
    assert task.status.category == "cancelled"
    assert task.request.decline_reason == "The landlord of the shop repairs it."
    (mail,) = Email.objects.exclude(pk__in=before)
    assert mail.template == "request-declined"
    assert mail.context["reason"] == "The landlord of the shop repairs it."


def test_declining_needs_a_reason(client, amara, asked):
    client.force_login(amara)
    response = decline(client, asked, reason=" ")
    assert response.status_code == 422
    page = response.content.decode()
    assert "<title>Error: " in page
    assert "Say why, so that they know what to do instead." in page
    assert Task.objects.get(pk=asked.pk).status.is_triage


def test_both_work_in_place(client, amara, asked):
    client.force_login(amara)
    wrong = client.post(f"/tasks/{asked.key}/decline/", {"reason": ""}, headers=HTMX)
    assert wrong.status_code == 422
    assert wrong.content.decode().count("<article") == 1
    right = client.post(f"/tasks/{asked.key}/accept/", {"priority": 3}, headers=HTMX)
    fragment = right.content.decode()
    assert "REP-1 is accepted." in fragment
    assert 'id="side-REP"' in fragment
    assert "<html" not in fragment


def test_only_people_of_the_project_can_own(client, amara, asked, otto):
    client.force_login(amara)
    response = accept(client, asked, owner=str(otto.pk))
    assert response.status_code == 422
    assert "Choose somebody who belongs to the project." in response.content.decode()


def test_a_duplicate_is_merged_into_the_other(client, asked, project, amara):
    other = make_task(project, title="Entry phone in Alder 22")
    client.force_login(amara)
    client.post(f"/tasks/{asked.key}/merge/", {"other": other.key})
    asked = Task.objects.with_row().get(pk=asked.pk)
    assert asked.status.category == "cancelled"
    relation = asked.relations_from.get()
    assert (relation.kind, relation.target) == ("duplicates", other)


@pytest.mark.parametrize("words", ["", "OWN-1", "REP-9999", "nothing like it"])
def test_a_wrong_duplicate_is_told_and_kept(client, asked, charlie, amara, words):
    make_task(Project.objects.get(key="OWN"), title="Hidden")
    client.force_login(amara)
    response = client.post(f"/tasks/{asked.key}/merge/", {"other": words})
    assert response.status_code == 422
    assert Task.objects.get(pk=asked.pk).status.is_triage
    assert words in response.content.decode()


def test_it_is_put_off_and_woken(client, asked, amara):
    client.force_login(amara)
    until = timezone.localdate() + timedelta(days=3)
    client.post(f"/tasks/{asked.key}/snooze/", {"until": until.isoformat()})
    page = client.get("/projects/REP/triage/").content.decode()
    assert "Put off" in page and f"/tasks/{asked.key}/accept/" not in page
    client.post(f"/tasks/{asked.key}/wake/")
    assert f"/tasks/{asked.key}/accept/" in client.get("/projects/REP/triage/").content.decode()


def test_what_was_put_off_comes_back_on_its_day(client, asked, amara):
    Task.objects.filter(pk=asked.pk).update(snoozed_until=timezone.localdate())
    client.force_login(amara)
    assert f"/tasks/{asked.key}/accept/" in client.get("/projects/REP/triage/").content.decode()


def test_a_day_that_has_passed_is_refused(client, asked, amara):
    client.force_login(amara)
    today = timezone.localdate().isoformat()
    response = client.post(f"/tasks/{asked.key}/snooze/", {"until": today})
    assert response.status_code == 422
    assert "Choose a day after today." in response.content.decode()


def test_asking_back_mails_the_visitor_and_keeps_the_request(client, asked, amara):
    client.force_login(amara)
    client.post(f"/tasks/{asked.key}/answer/", {"body": "Which flat?"})
    assert Email.objects.filter(template="request-answered").count() == 1
    page = client.get("/projects/REP/triage/").content.decode()
    assert "1 message" in page and f"/tasks/{asked.key}/accept/" in page


@pytest.mark.parametrize("what", ["merge", "snooze", "wake", "answer"])
def test_only_managers_answer(client, asked, tomasz, charlie, what):
    for user, code in ((tomasz, 404), (charlie, 404)):
        client.force_login(user)
        assert client.post(f"/tasks/{asked.key}/{what}/").status_code == code
    Task.objects.filter(pk=asked.pk).update(requester=tomasz)
    client.force_login(tomasz)
    assert client.post(f"/tasks/{asked.key}/{what}/").status_code == 403


@pytest.mark.parametrize("half", ["stopc", "2"])
def test_half_a_word_merges_nothing(client, asked, project, amara, half):
    make_task(project, title="Label the stopcocks")  # REP-2
    client.force_login(amara)
    response = client.post(f"/tasks/{asked.key}/merge/", {"other": half})
    assert response.status_code == 422
    assert "Label the stopcocks" in response.content.decode()
    assert Task.objects.get(pk=asked.pk).status.is_triage


def test_an_answer_can_be_taken_back(client, asked, amara):
    client.force_login(amara)
    response = client.post(f"/tasks/{asked.key}/accept/", {"priority": 1}, headers=HTMX)
    change = response.context["change_id"]
    client.post("/work/undo/", {"change_id": change})
    asked = Task.objects.with_row().get(pk=asked.pk)
    assert asked.status.is_triage and asked.priority == 3


def test_a_merge_can_be_taken_back_whole(client, asked, project, amara):
    other = make_task(project)
    client.force_login(amara)
    response = client.post(f"/tasks/{asked.key}/merge/", {"other": other.key}, headers=HTMX)
    client.post("/work/undo/", {"change_id": response.context["change_id"]})
    asked = Task.objects.with_row().get(pk=asked.pk)
    assert asked.status.is_triage and not asked.relations_from.exists()

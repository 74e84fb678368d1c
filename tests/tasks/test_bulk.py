"""Many tasks changed at once: what is ticked, or all that match."""

import uuid

import pytest
from django.contrib.messages import get_messages

from tasks import services
from tasks.lists import bulk
from tasks.lists.listing import PAGE
from tasks.models import Activity, Label, Membership, Status, Task
from tests import factories
from tests.factories import make_task
from tests.tasks.conftest import HTMX

LIST = "/projects/REP/"


def url(action):
    return f"/projects/REP/bulk/{action}/"


@pytest.fixture
def three(project):
    return [make_task(project, title=title) for title in "abc"]


@pytest.fixture
def manager(client, amara):
    client.force_login(amara)
    return client


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def undo(client, response):
    tags = [message.extra_tags for message in get_messages(response.wsgi_request)]
    (tag,) = [tag for tag in tags if tag]
    return client.post("/work/undo/", {"change_id": tag.removeprefix("undo:")})


def fields_of(action, project, mei):
    """Return what to send for an action, and how a task tells that it was done."""
    done = Status.objects.get(project=project, category="done")
    heat = Label.objects.get_or_create(project=project, name="Heating")[0]
    return {
        "status": ({"status": done.pk}, lambda task: task.status == done),
        "owner": ({"owner": mei.pk}, lambda task: task.owner == mei),
        "due": ({"due_on": "2026-12-24"}, lambda task: str(task.due_on) == "2026-12-24"),
        "priority": ({"priority": 1}, lambda task: task.priority == 1),
        "labels": ({"add": [heat.pk]}, lambda task: task.labels == [heat]),
        "archive": ({}, lambda task: task.archived_at),
        "delete": ({}, lambda task: task.deleted_at),
    }[action]


WORDS = {"archive": "2 tasks are archived.", "delete": "2 tasks are in the bin."}


@pytest.mark.parametrize("action", [n for n in bulk.ACTIONS if n not in ("move", "unarchive")])
def test_what_is_ticked_is_changed_and_undone(manager, project, three, mei, action):
    data, is_done = fields_of(action, project, mei)
    ticked = [three[0].pk, three[1].pk]
    response = manager.post(url(action), {"task": ticked, "next": LIST, **data})
    assert response["Location"] == LIST
    assert said(response) == [WORDS.get(action, "2 tasks changed.")]
    rows = Task.everything.with_row().order_by("title")
    assert [bool(is_done(task)) for task in rows] == [True, True, False]
    undo(manager, response)
    assert not any(is_done(task) for task in Task.everything.with_row())


def test_they_move_to_another_project_without_undo(manager, project, three, amara):
    other = factories.make_project("OTH")
    Membership.objects.create(project=other, user=amara, role="contributor")
    response = manager.post(url("move"), {"task": [t.pk for t in three], "project": other.pk})
    assert Task.objects.filter(project=other).count() == 3
    assert all(not message.extra_tags for message in get_messages(response.wsgi_request))


def test_labels_are_added_and_taken_away(manager, project, three):
    old, new = (Label.objects.create(project=project, name=name) for name in ("Old", "New"))
    three[0].set_labels([old])
    data = {"task": [t.pk for t in three], "add": [new.pk], "remove": [old.pk]}
    manager.post(url("labels"), data)
    assert all(task.labels == [new] for task in Task.objects.all())
    assert manager.post(url("labels"), {"task": [three[0].pk]}).status_code == 422


def test_a_refusal_says_which_and_why_and_holds_up_nobody(manager, project, three, mei):
    reviewed = make_task(project, reviewer=mei)
    done = Status.objects.get(project=project, category="done")
    ids = [task.pk for task in (*three, reviewed)]
    response = manager.post(url("status"), {"task": ids, "status": done.pk})
    assert said(response)[0] == "3 tasks changed."
    assert "1 task was refused. REP-4: Only Mei-Ling Chan" in said(response)[1]


def test_a_task_of_another_project_is_refused_like_one_that_never_was(manager, three):
    other = make_task(factories.make_project("OTH"), title="theirs")
    answers = []
    for foreign in (other.pk, uuid.uuid4()):
        data = {"task": [three[0].pk, foreign], "priority": 1}
        answers.append(said(manager.post(url("priority"), data))[-1])
    assert answers[0] == answers[1]
    assert Task.objects.get(pk=other.pk).priority == 3


def test_a_label_or_status_of_another_project_is_no_choice(manager, three):
    other = factories.make_project("OTH")
    label = Label.objects.create(project=other, name="Theirs")
    data = {"task": [three[0].pk], "add": [label.pk]}
    assert manager.post(url("labels"), data).status_code == 422
    status = other.statuses.last().pk
    assert manager.post(url("status"), {"task": [three[0].pk], "status": status}).status_code == 422
    assert (
        manager.post(url("move"), {"task": [three[0].pk], "project": other.pk}).status_code == 422
    )


def test_all_that_match_are_found_again_by_the_server(manager, project, three):
    make_task(project, "done", title="ended")
    data = {"all": "1", "query": "q=a&show=all", "priority": 1, "task": [three[1].pk]}
    manager.post(url("priority"), data)
    assert list(Task.objects.filter(priority=1).values_list("title", flat=True)) == ["a"]


def test_many_go_in_parts_under_one_change(manager, project, monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK", 2)
    for _ in range(5):
        make_task(project)
    data = {"all": "1", "query": "", "priority": 1, "next": LIST}
    first = manager.post(url("priority"), data)
    assert b"2 of 5 tasks are done" in first.content
    data["progress"] = first.context["progress"].signed()
    make_task(project, title="added meanwhile")
    second = manager.post(url("priority"), data, headers=HTMX)
    assert b"4 of 5" in second.content and b"<html" not in second.content
    data["progress"] = second.context["progress"].signed()
    last = manager.post(url("priority"), data, headers=HTMX)
    assert last["HX-Redirect"] == LIST
    assert Task.objects.filter(priority=1).count() == 5
    assert Activity.objects.filter(field="priority").values("change_id").distinct().count() == 1


def test_its_progress_cannot_be_made_up(manager, three):
    data = {"all": "1", "priority": 1, "progress": "x"}
    assert manager.post(url("priority"), data).status_code == 400
    assert not Task.objects.filter(priority=1).exists()


def test_there_is_an_end_to_what_one_form_may_name(manager, three, monkeypatch):
    for ids in ([uuid.uuid4()] * 501, [uuid.uuid4()] * 10_000, ["x"]):
        assert manager.post(url("archive"), {"task": ids}).status_code == 400


def test_of_more_than_may_be_changed_at_once_it_is_the_oldest(manager, three, monkeypatch):
    monkeypatch.setattr(bulk, "MOST", 2)
    asked = manager.post(url("archive"), {"all": "1", "step": "ask"}).content
    assert b"these are the oldest 2" in asked
    assert b"Archive 2 tasks" in asked
    response = manager.post(url("archive"), {"all": "1"})
    assert said(response) == ["2 tasks are archived."]
    assert Task.objects.get(archived_at=None) == three[2]


def test_the_bar_says_how_many_that_are(manager, project, three, monkeypatch):
    monkeypatch.setattr("tasks.views.lists.MOST", 2)
    for _ in range(PAGE):
        make_task(project)
    page = manager.get(LIST).content.decode()
    assert f"Select the oldest 2 of {PAGE + 3}" in page
    assert "The oldest 2 selected" in page


def test_what_was_so_already_is_not_counted(manager, three):
    three[0].priority = 1
    three[0].save()
    data = {"task": [task.pk for task in three], "priority": 1}
    response = manager.post(url("priority"), data)
    assert said(response) == ["2 tasks changed, 1 was so already."]
    assert said(undo(manager, response))[-1] == "Undone: 2 tasks are as they were."
    manager.post(url("priority"), data)
    again = manager.post(url("priority"), data)
    assert said(again)[-1] == "Nothing had to be changed: they are so already."
    assert [message.extra_tags for message in get_messages(again.wsgi_request)][-1] == ""


def test_subtasks_that_go_along_are_told_going_and_coming(manager, project, three, amara):
    for _ in range(2):
        make_task(project, parent=three[0])
    blocked = make_task(project)
    services.relate(task=three[0], user=amara, kind="blocks", other=blocked)
    response = manager.post(url("delete"), {"task": [three[0].pk, three[1].pk]})
    assert said(response) == ["4 tasks are in the bin, subtasks included."]
    undone = undo(manager, response)
    assert said(undone)[-1] == "Undone: 4 tasks are as they were."


def test_a_list_of_what_is_archived_offers_the_way_back(manager, three, amara):
    services.archive_task(task=three[0], user=amara)
    shown = manager.get(f"{LIST}?archived=yes")
    assert b"bulk/unarchive/" in shown.content and b"bulk/archive/" not in shown.content
    response = manager.post(url("unarchive"), {"all": "1", "query": "archived=yes"})
    assert said(response) == ["1 task is out of the archive."]
    assert not Task.objects.exclude(archived_at=None).exists()
    assert b"bulk/unarchive/" not in manager.get(LIST).content


def test_it_asks_first_with_and_without_javascript(manager, three):
    data = {"step": "ask", "task": [task.pk for task in three], "next": LIST}
    page, part = manager.post(url("due"), data), manager.post(url("due"), data, headers=HTMX)
    for response in (page, part):
        assert b"Due: 3 tasks" in response.content and b'name="due_on"' in response.content
    assert str(three[0].pk).encode() in page.content
    assert b"<html" not in part.content
    assert not Activity.objects.filter(field="due_on").exists()


def test_nothing_ticked_is_said(manager, three):
    response = manager.post(url("archive"), {"step": "ask"})
    assert b"Tick the tasks" in response.content
    assert manager.post(url("archive"), {}).status_code == 422


def test_only_managers_change_many(client, three, tomasz, charlie):
    for user, status in ((tomasz, 403), (charlie, 404)):
        client.force_login(user)
        data = {"task": [three[0].pk], "priority": 1}
        assert client.post(url("priority"), data).status_code == status
    client.force_login(tomasz)
    assert b'name="task"' not in client.get(LIST).content


def test_only_by_posting_and_only_what_there_is(manager, three):
    assert manager.get(url("status")).status_code == 405
    assert manager.post(url("explode")).status_code == 404


def test_it_leads_to_no_other_site(manager, three):
    data = {"task": [three[0].pk], "next": "https://evil.example/"}
    assert manager.post(url("archive"), data)["Location"] == LIST


@pytest.mark.parametrize("action", ["status", "owner", "due", "priority", "move"])
def test_a_window_begins_on_nothing_and_changes_nothing_until_one_chooses(
    manager, project, three, mei, action
):
    Task.objects.filter(project=project).update(owner=mei, due_on="2026-12-01", priority=1)
    before = list(Task.objects.order_by("pk").values())
    asked = manager.post(url(action), {"task": [three[0].pk], "step": "ask"}).content.decode()
    assert "Choose…" in asked or action == "due"
    assert "selected" not in asked.partition('<form class="ui-form"')[2].replace(
        'value="" selected', ""
    )
    response = manager.post(url(action), {"task": [one.pk for one in three]})
    assert response.status_code == 422
    assert "Choose a" in response.content.decode()
    assert list(Task.objects.order_by("pk").values()) == before


def test_nobody_and_no_date_are_choices_like_others(manager, project, three, mei):
    Task.objects.filter(project=project).update(owner=mei, due_on="2026-12-01")
    ids = [one.pk for one in three]
    manager.post(url("owner"), {"task": ids, "owner": "nobody"})
    manager.post(url("due"), {"task": ids, "no_date": "on"})
    found = set(Task.objects.filter(project=project).values_list("owner", "due_on"))
    assert found == {(None, None)}


def test_a_day_and_no_date_at_once_is_asked_again(manager, three):
    data = {"task": [three[0].pk], "due_on": "2026-12-01", "no_date": "on"}
    assert manager.post(url("due"), data).status_code == 422
    assert Task.objects.get(pk=three[0].pk).due_on is None

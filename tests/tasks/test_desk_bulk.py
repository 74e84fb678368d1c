"""Many tasks at once at the Task desk, the bin, and what the list shows and costs."""

from datetime import date

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks.models import Activity, Label, Relation, Task
from tests.factories import make_member, make_project, make_task
from tests.tasks.desk import DESK, let_in, listed


def change(client, change, *tasks, path=DESK, **more):
    data = {"change": change, "task": [str(task.pk) for task in tasks]} | more
    return client.post(path, data)


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def fresh(task):
    return Task.everything.select_related("status").get(pk=task.pk)


@pytest.mark.parametrize(
    ("what", "field", "value"),
    [
        ("priority:1", "priority", 1),
        ("owner:me", "owner_id", "amara"),
        ("owner:", "owner_id", None),
        ("status:doing", "category", "doing"),
        ("archive:", "archived", True),
        ("delete:", "deleted", True),
    ],
)
def test_it_changes_what_is_ticked_and_nothing_else(client, manager, project, what, field, value):
    ticked, other = make_task(project, owner=manager), make_task(project)
    response = change(client, what, ticked)
    assert response["Location"] == DESK
    task = fresh(ticked)
    now = {
        "category": task.status.category,
        "archived": bool(task.archived_at),
        "deleted": bool(task.deleted_at),
    }
    expected = manager.pk if value == "amara" else value
    assert now.get(field, getattr(task, field, None)) == expected
    assert Activity.objects.filter(task=ticked, kind="changed").count() == (what != "owner:me")
    assert not Activity.objects.filter(task=other, kind="changed").exists()


def test_the_page_after_it_offers_to_take_it_back(client, manager, task):
    page = client.get(change(client, "priority:1", task)["Location"])
    undo = page.context["undo"]
    assert "1 task changed." in page.content.decode()
    client.post("/work/undo/", {"change_id": undo, "next": DESK})
    assert fresh(task).priority == 3
    assert client.get(DESK).context["undo"] == ""


def test_what_is_so_already_is_not_counted(client, manager, project):
    low, urgent = make_task(project), make_task(project, priority=1)
    assert said(change(client, "priority:1", low, urgent)) == ["1 task changed, 1 was so already."]
    again = said(change(client, "priority:1", low, urgent))
    assert again[-1] == "Nothing had to be changed: they are so already."


def test_subtasks_are_counted_there_and_back(client, manager, project):
    tasks = [make_task(project) for _ in range(2)]
    child, _other = (make_task(project, parent=tasks[0]) for _ in range(2))
    Relation(source=tasks[0], target=make_task(project), kind="blocks").save()
    response = change(client, "delete:", child, *tasks)
    assert said(response) == ["4 tasks are in the bin, subtasks included."]
    page = client.get(DESK)
    back = client.post("/work/undo/", {"change_id": page.context["undo"], "next": DESK})
    assert "Undone: 4 tasks are as they were." in client.get(back["Location"]).content.decode()
    assert Task.objects.count() == 5


def test_a_subtask_brings_back_what_it_is_part_of(client, manager, project):
    parent = make_task(project)
    child, sibling = (make_task(project, parent=parent) for _ in range(2))
    parent.delete()
    response = client.post(BIN, {"restore": str(child.pk)})
    assert (
        said(response)[-1] == "REP-2 is back, in its place, and so is REP-1, which it is part of."
    )
    assert [fresh(one).deleted_at is None for one in (parent, child, sibling)] == [1, 1, 0]
    response = change(client, "restore:", sibling, path=BIN)
    assert said(response)[-1] == "1 task is back, in its place."


def test_what_is_refused_is_told_by_row_and_holds_up_nothing(client, manager, project, mei):
    mine, theirs = make_task(project), make_task(project, reviewer=mei)
    response = change(client, "status:done", mine, theirs)
    assert said(response) == [
        "1 task changed.",
        f"{theirs.key} stays as it is: Only Mei-Ling Chan can close {theirs.key}: they review it.",
    ]
    assert (fresh(mine).is_done, fresh(theirs).is_done) == (True, False)


def test_all_shown_are_those_on_the_page(client, manager, project):
    shown, other = make_task(project), make_task(project)
    data = {"change": "priority:1", "all_shown": "1", "shown": [str(shown.pk)]}
    client.post(DESK, data)
    assert (fresh(shown).priority, fresh(other).priority) == (1, 3)


def test_tasks_of_others_cannot_be_named(client, manager, task):
    foreign = make_task(make_project("OTH"))
    response = change(client, "delete:", foreign, task)
    assert said(response) == ["1 task is in the bin.", "1 more stays."]
    assert fresh(foreign).deleted_at is None


def test_seeing_all_is_not_changing_all(client, otto, task):
    client.force_login(let_in(otto, "view_task", "change_task"))
    assert change(client, "priority:1", task).status_code == 302
    assert fresh(task).priority == 3
    assert b'name="task"' not in client.get(DESK).content


def test_a_contributor_is_offered_none(client, editor, task):
    assert client.get(DESK).context["groups"] == []
    change(client, "priority:1", task)
    assert fresh(task).priority == 3


def test_a_superuser_changes_tasks_of_all_projects(client, root, project):
    tasks = make_task(project), make_task(make_project("OTH"))
    change(client, "status:doing", *tasks)
    assert {fresh(task).status.category for task in tasks} == {"doing"}


def test_people_can_be_named_within_their_project(client, manager, project, task, mei, otto):
    path = f"{DESK}?project=REP"
    change(client, f"owner:{otto.pk}", task, path=path)
    assert fresh(task).owner is None
    response = change(client, f"owner:{mei.pk}", task, path=path)
    assert (fresh(task).owner, response["Location"]) == (mei, path)


@pytest.mark.parametrize("what", ["", "status:triage", "purge:", "owner:x", "priority:9"])
def test_what_is_not_offered_does_nothing(client, manager, task, what):
    assert "Tick tasks" in said(change(client, what, task))[0]
    assert "Tick tasks" in said(change(client, "priority:1"))[0]
    assert not Activity.objects.filter(task=task, kind="changed").exists()


def test_ids_that_are_none_do_no_harm(client, manager, task):
    assert client.post(DESK, {"change": "priority:1", "task": ["x", "", "1"]}).status_code == 302


BIN = f"{DESK}?kept=bin"


def test_the_bin_shows_what_one_may_take_back(client, manager, project, task):
    foreign = make_task(make_project("OTH"))
    task.delete()
    foreign.delete()
    assert listed(client.get(DESK)) == []
    assert listed(client.get(BIN)) == [task.title]
    assert f"{DESK}edit/".encode() not in client.get(BIN).content
    client.post(BIN, {"restore": str(task.pk)})
    assert fresh(task).deleted_at is None
    assert client.post(BIN, {"restore": str(foreign.pk)}).status_code == 404
    assert client.post(BIN, {"restore": "x"}).status_code == 404


def test_many_come_back_at_once(client, manager, project):
    tasks = make_task(project), make_task(project)
    for task in tasks:
        task.delete()
    change(client, "restore:", *tasks, path=BIN)
    assert all(fresh(task).deleted_at is None for task in tasks)


def test_a_contributor_has_no_bin(client, editor, task):
    task.delete()
    assert listed(client.get(BIN)) == []
    assert client.post(BIN, {"restore": str(task.pk)}).status_code == 404


def test_deleting_says_that_it_is_the_bin_and_can_be_undone(client, manager, task):
    page = client.get(f"{DESK}delete/{task.pk}/").content.decode()
    assert "goes to the bin" in page
    undo = client.get(client.post(f"{DESK}delete/{task.pk}/")["Location"]).context["undo"]
    assert fresh(task).deleted_at
    client.post("/work/undo/", {"change_id": undo, "next": DESK})
    assert fresh(task).deleted_at is None


def test_it_filters_by_reviewer_due_label_and_place(client, editor, project):
    label = Label.objects.create(project=project, name="Doors")
    late = make_task(project, title="late", due_on=date(2020, 1, 1), reviewer=editor)
    late.set_labels([label])
    away = make_task(project, title="away")
    away.archived_at = away.created_at
    away.save()
    for query in ("due=overdue", "reviewer=me", f"project=REP&label={label.pk}", ""):
        assert listed(client.get(f"{DESK}?{query}")) == ["late"]
    assert listed(client.get(f"{DESK}?kept=archived")) == ["away"]
    assert len(listed(client.get(f"{DESK}?kept=all"))) == 2
    page = client.get(DESK).content.decode()
    assert "Doors" in page
    assert "ui-admin-late" in page


def test_labels_of_other_projects_are_not_offered(client, editor, task):
    other = make_project("OTH")
    label = Label.objects.create(project=other, name="Secret words")
    assert b"Secret words" not in client.get(f"{DESK}?project=OTH").content
    assert listed(client.get(f"{DESK}?label={label.pk}")) == [task.title]


def test_its_queries_do_not_grow_with_the_page(client, manager, project):
    def cost(count):
        for _one in range(count):
            task = make_task(project, owner=make_member(project), reviewer=manager)
            task.set_labels([Label.objects.get_or_create(project=project, name="Doors")[0]])
        with CaptureQueriesContext(connection) as queries:
            assert client.get(DESK).status_code == 200
        return len(queries)

    cost(1)
    assert cost(1) == cost(20)

"""The form of the Task desk: what it writes, who closes, and two people at once."""

import json
from datetime import UTC, date, datetime

import pytest

from tasks.models import Activity, Collaborator, Label, Task
from tests.factories import make_member, make_project
from tests.tasks.desk import DESK, form


def url(task):
    return f"{DESK}edit/{task.pk}/"


def began(client, task):
    """What the form says of the values it was opened on."""
    return json.dumps(client.get(url(task)).context["form"].initial["began"])


def errors(response):
    return {name: " ".join(said) for name, said in response.context["form"].errors.items()}


def test_it_writes_people_hours_labels_and_archive_as_one_change(client, editor, task, mei, amara):
    label = Label.objects.create(project=task.project, name="Doors")
    data = form(task, reviewer=str(amara.pk), collaborators=[str(mei.pk)], labels=[str(label.pk)])
    data |= {"start_on": "2026-12-01", "due_on": "2026-12-02", "due_time": "14:30"}
    assert client.post(url(task), data | {"archived": "on"}).status_code == 302
    task.refresh_from_db()
    assert (task.reviewer, task.labels) == (amara, [label])
    assert task.due_at == datetime(2026, 12, 2, 14, 30, tzinfo=UTC)
    assert task.archived_at
    rows = Activity.objects.filter(task=task, kind="changed", actor=editor)
    assert {"labels", "collaborators", "reviewer", "due_at", "archived_at"} <= {
        row.field for row in rows
    }
    assert len({row.change_id for row in rows}) == 1


def test_what_is_not_touched_stays(client, editor, task, mei):
    task.due_on, task.due_at = date(2026, 12, 2), datetime(2026, 12, 2, 14, 30, 59, tzinfo=UTC)
    task.save()
    data = form(task, due_on="2026-12-02", due_time="14:30")
    client.post(url(task), data)
    task.refresh_from_db()
    assert task.due_at.second == 59
    assert not Activity.objects.filter(task=task, field="archived_at").exists()


def test_its_choices_of_labels_and_helpers_end_at_the_project(client, editor, task, otto):
    foreign = Label.objects.create(project=make_project("OTH"), name="Theirs")
    for wrong in ({"labels": [str(foreign.pk)]}, {"collaborators": [str(otto.pk)]}):
        assert client.post(url(task), form(task, **wrong)).context["form"].errors
    assert not Collaborator.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"due_time": "14:30"}, "due_on"),
        ({"start_on": "2026-12-03", "due_on": "2026-12-02"}, "due_on"),
        ({"due_on": "2026-12-02", "due_time": "half past"}, "due_time"),
    ],
)
def test_dates_must_make_sense(client, editor, task, wrong, field):
    assert field in errors(client.post(url(task), form(task, **wrong)))


@pytest.mark.parametrize("keeps", [True, False])
def test_only_the_reviewer_closes_not_even_by_leaving(client, editor, project, task, amara, keeps):
    Task.objects.get(pk=task.pk)
    task.reviewer = amara
    task.save()
    done = str(project.first_status("done").pk)
    data = form(task, status=done, reviewer=str(amara.pk) if keeps else "")
    response = client.post(url(task), data)
    assert errors(response) == {
        "status": f"Only Amara Okafor can close {task.key}: they review it."
    }
    task.refresh_from_db()
    assert not task.is_done


def test_the_reviewer_closes(client, editor, project, task):
    task.reviewer = editor
    task.save()
    done = str(project.first_status("done").pk)
    client.post(url(task), form(task, status=done, reviewer=str(editor.pk)))
    task.refresh_from_db()
    assert task.is_done


def test_the_second_of_two_savers_reads_both_values(client, editor, task, mei):
    data = form(task, owner=str(editor.pk), began=began(client, task))
    task.owner = mei
    task.save()
    response = client.post(url(task), data)
    said = errors(response)["owner"]
    assert "“Mei-Ling Chan”, you chose “Tomasz Zielinski”" in said
    task.refresh_from_db()
    assert task.owner == mei
    again = data | {"began": response.context["form"].data["began"]}
    assert client.post(url(task), again).status_code == 302  # they saw both, and decided
    task.refresh_from_db()
    assert task.owner == editor


def test_who_changed_something_else_loses_nothing_and_undoes_nothing(client, editor, task, mei):
    data = form(task, priority="1", began=began(client, task))
    label = Label.objects.create(project=task.project, name="Doors")
    task.owner, task.body = mei, "Theirs"
    task.save()
    task.set_labels([label])
    assert client.post(url(task), data).status_code == 302
    task.refresh_from_db()
    assert (task.priority, task.owner, task.body, task.labels) == (1, mei, "Theirs", [label])


def test_without_what_it_began_on_the_later_would_win(client, editor, task, mei):
    data = form(task, priority="1")
    task.owner = mei
    task.save()
    client.post(url(task), data)
    task.refresh_from_db()
    assert task.owner is None  # the control of the two tests above


def test_a_task_that_went_to_the_bin_is_not_found(client, editor, task):
    data = form(task, title="Anew", began=began(client, task))
    task.delete()
    assert client.post(url(task), data).status_code == 404


def test_nonsense_in_place_of_what_it_began_on_is_no_harm(client, editor, task):
    for value in ("[]", "{", "null", '{"title": 1}'):
        assert client.post(url(task), form(task, began=value)).status_code in (200, 302)


def test_who_has_left_the_project_stays_the_owner(client, editor, project, task):
    gone = make_member(project, "member", "Gone Away")
    task.owner = gone
    task.save()
    gone.memberships.all().delete()
    client.post(url(task), form(task, owner=str(gone.pk), title="Anew"))
    task.refresh_from_db()
    assert (task.title, task.owner) == ("Anew", gone)

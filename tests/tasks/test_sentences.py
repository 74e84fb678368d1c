"""History in words that somebody understands who has never seen the program's own."""

import pytest

from portal.actor import acting
from tasks import services
from tasks.detail import history
from tasks.models import Activity, ChecklistItem, Label
from tests.factories import make_task


def told(task, user):
    """Return the sentences of a task's feed, oldest first."""
    return [entry.text for entry in history.of_task(task, user)[0]]


@pytest.mark.parametrize(
    ("kind", "here", "there"),
    [
        ("blocks", "REP-2 has to wait for this task", "this task has to wait for REP-1"),
        ("blocked_by", "this task has to wait for REP-2", "REP-1 has to wait for this task"),
        ("duplicates", "it is the same as REP-2", "it is the same as REP-1"),
        ("relates", "it has to do with REP-2", "it has to do with REP-1"),
    ],
)
def test_a_relation_says_who_waits_for_whom(project, task, amara, kind, here, there):
    other = make_task(project)
    relation = services.relate(task=task, user=amara, kind=kind, other=other)
    assert told(task, amara)[-1] == f"noted that {here}"
    assert told(other, amara)[-1] == f"noted that {there}"
    services.unrelate(relation=relation, task=task, user=amara)
    assert "not" in told(task, amara)[-1].removeprefix("noted")


def test_an_item_that_became_a_task_says_which(task, amara):
    item = ChecklistItem(task=task, text="Ask the joiner")
    item.save()
    with acting(amara):
        subtask = services.promote_item(item=item, user=amara)
    said = f"made the checklist’s “Ask the joiner” a task of its own, {subtask.key}"
    assert told(task, amara)[-1] == said
    change = Activity.objects.filter(task=task).latest("created_at").change_id
    services.undo(change_id=change, user=amara)
    assert [row.text for row in task.checklist.all()] == ["Ask the joiner"]


def test_labels_and_helpers_are_called_so(project, task, amara, mei, tomasz):
    doors, keys = (Label.objects.create(project=project, name=name) for name in ("Doors", "Keys"))
    task.set_labels([doors])
    task.set_labels([keys, doors])
    task.set_labels([])
    task.set_collaborators([mei, tomasz])
    assert told(task, amara)[1:] == [
        "added the label Doors",
        "added the label Keys",
        "removed the labels Doors and Keys",
        "asked Mei-Ling Chan and Tomasz Zielinski to help",
    ]


def test_every_field_of_the_history_has_words(task, amara):
    """A negative control for the ones above: a field nobody thought of is still said."""
    row = Activity(task=task, kind=Activity.Kind.CHANGED, field="colour", version=1)
    row.save()
    assert told(task, amara)[-1] == "changed colour"

"""What one did can be taken back for an hour, unless somebody has changed it since."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from portal.actor import acting
from tasks import services
from tasks.models import Activity, Label, Status, Task, one_change
from tests.factories import make_member, make_task


@pytest.fixture
def manager(project):
    user = make_member(project, "manager")
    with acting(user):
        yield user


def all_of(project):
    return list(Task.objects.filter(project=project).with_row())


def doing(project):
    return Status.objects.get(project=project, category="doing")


def test_a_bulk_change_is_one_change(project, manager):
    for _ in range(3):
        make_task(project)
    outcome = services.change_many(
        tasks=all_of(project),
        user=manager,
        change=lambda task: services.change_task(task=task, user=manager, priority=1),
    )
    rows = Activity.objects.filter(field="priority")
    assert {row.change_id for row in rows} == {outcome.change_id}
    services.undo(change_id=outcome.change_id, user=manager)
    assert {task.priority for task in all_of(project)} == {3}


def test_a_refusal_holds_up_nobody(project, manager, mei):
    reviewed, plain = make_task(project, reviewer=mei), make_task(project)
    done = Status.objects.get(project=project, category="done")
    outcome = services.change_many(
        tasks=all_of(project),
        user=manager,
        change=lambda task: services.move_task(task=task, user=manager, status=done),
    )
    assert [task.pk for task in outcome.changed] == [plain.pk]
    assert "Only" in outcome.refused[reviewed.key]


def test_who_may_not_change_many_changes_none(project):
    user = make_member(project, "contributor")
    make_task(project)
    outcome = services.change_many(tasks=all_of(project), user=user, change=Task.delete)
    assert not outcome.changed
    assert Task.objects.count() == 1


def test_a_move_is_undone_to_its_old_place(project, manager):
    tasks = [make_task(project, title=t) for t in "cba"]
    moved = Task.objects.with_row().get(pk=tasks[1].pk)
    services.move_task(task=moved, user=manager, status=doing(project))
    change = Activity.objects.get(field="status").change_id
    services.undo(change_id=change, user=manager)
    rows = Task.objects.filter(status__category="todo").order_by("position")
    assert [task.title for task in rows] == ["a", "b", "c"]


def test_what_has_changed_since_stays(project, manager):
    task = make_task(project)
    services.change_task(task=task, user=manager, title="Mine")
    change = Activity.objects.get(field="title").change_id
    services.change_task(task=task, user=manager, title="Later")
    outcome = services.undo(change_id=change, user=manager)
    assert "changed since" in outcome.refused[task.key]
    assert Task.objects.get().title == "Later"


def test_a_deletion_is_undone_with_its_subtasks(project, manager):
    parent = make_task(project)
    make_task(project, parent=parent)
    with_change = services.change_many(tasks=[parent], user=manager, change=Task.delete)
    assert not Task.objects.exists()
    services.undo(change_id=with_change.change_id, user=manager)
    assert Task.objects.count() == 2


def test_labels_come_back(project, manager):
    task, heat = make_task(project), Label.objects.create(project=project, name="Heating")
    services.set_labels(task=task, user=manager, labels=[heat])
    change = Activity.objects.get(field="labels").change_id
    services.undo(change_id=change, user=manager)
    assert task.labels == []


def test_a_new_task_is_undone_into_the_bin(project, manager):
    task = services.create_task(project=project, user=manager, title="Typo")
    services.undo(change_id=task.activities.get().change_id, user=manager)
    assert not Task.objects.exists()


def test_a_new_task_others_have_touched_stays(project, manager, amara):
    task = services.create_task(project=project, user=manager, title="Typo")
    with acting(amara):
        services.change_task(task=task, user=amara, title="Better")
    change = task.activities.get(kind="created").change_id
    assert services.undo(change_id=change, user=manager).refused


def test_a_new_task_with_a_subtask_of_others_stays(project, tomasz, mei):
    with acting(tomasz):
        task = services.create_task(project=project, user=tomasz, title="Typo")
    change = task.activities.get().change_id
    with acting(mei):
        services.create_task(project=project, user=mei, title="Mine", parent=task)
    outcome = services.undo(change_id=change, user=tomasz)
    assert outcome.refused == {task.key: f"{task.key} has changed since."}
    assert Task.objects.count() == 2


def test_a_new_task_goes_with_the_subtasks_of_the_same_change(project, manager):
    with one_change() as change:
        task = services.create_task(project=project, user=manager, title="Typo")
        services.create_task(project=project, user=manager, title="Part", parent=task)
    services.undo(change_id=change, user=manager)
    assert not Task.objects.exists()


def test_only_ones_own_changes_of_the_last_hour(project, manager, amara):
    task = make_task(project)
    services.change_task(task=task, user=manager, title="Mine")
    change = Activity.objects.get(field="title").change_id
    for user, what in ((amara, change), (manager, uuid.uuid4())):
        with pytest.raises(Activity.DoesNotExist):
            services.undo(change_id=what, user=user)
    Activity.objects.update(created_at=timezone.now() - timedelta(hours=2))
    with pytest.raises(Activity.DoesNotExist):
        services.undo(change_id=change, user=manager)

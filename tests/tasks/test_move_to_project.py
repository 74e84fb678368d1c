"""A task moves to another project: the right in both, and nothing left behind."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from portal.actor import acting
from tasks import services
from tasks.models import Activity, Collaborator, Label, Membership, Status, Task, one_change
from tasks.my_work.recent import recent
from tests import factories
from tests.factories import make_task


@pytest.fixture
def garden(amara):
    """Another project, in which Amara may edit too."""
    garden = factories.make_project("GAR", name="Garden")
    Membership.objects.create(project=garden, user=amara, role="contributor")
    return garden


@pytest.fixture
def move(amara, garden):
    def move(task):
        with acting(amara):
            services.move_to_project(
                task=Task.objects.with_row().get(pk=task.pk), user=amara, project=garden
            )
        return Task.everything.with_row().get(pk=task.pk)

    return move


@pytest.mark.parametrize(("here", "there"), [("manager", "member"), ("member", "manager")])
def test_it_needs_the_right_in_both(project, here, there):
    user = factories.make_member(project, here)
    other = factories.make_project("OTH")
    Membership.objects.create(project=other, user=user, role=there)
    with pytest.raises(PermissionDenied):
        services.move_to_project(task=make_task(project), user=user, project=other)
    assert Task.objects.get().project == project


def test_it_takes_a_number_and_the_status_of_its_kind(project, move, garden):
    make_task(garden)
    task = move(make_task(project, "review"))
    assert task.key == "GAR-2"
    assert task.status == Status.objects.get(project=garden, category="review")
    Status.objects.filter(project=garden, category="doing").delete()
    assert move(make_task(project, "doing")).status.category == "todo"


def test_its_old_key_leads_to_it(client, project, move, amara):
    move(make_task(project))
    client.force_login(amara)
    assert client.get("/tasks/REP-1/")["Location"] == "/tasks/GAR-1/"


def test_labels_go_by_name_and_history_names_what_is_lost(project, move, garden):
    task = make_task(project)
    task.set_labels(Label.objects.create(project=project, name=n) for n in ("Heating", "Damp"))
    kept = Label.objects.create(project=garden, name="heating")
    assert move(task).labels == [kept]
    row = Activity.objects.get(field="labels", new_value="heating")
    assert row.old_value == "Damp, Heating"


def test_people_without_a_place_there_leave(project, move, amara, mei):
    task = make_task(project, owner=mei, reviewer=amara)
    for user in (mei, amara):
        Collaborator.objects.create(task=task, user=user)
    task = move(task)
    assert (task.owner, task.reviewer) == (None, amara)
    assert [row.user for row in task.collaborations.all()] == [amara]


def test_subtasks_come_along_and_the_parent_does_not(project, move):
    parent = make_task(project)
    middle = make_task(project, parent=parent)
    task = move(middle)
    parent.refresh_from_db()
    assert (task.parent, parent.subtask_count) == (None, 0)
    child = make_task(project, parent=parent)
    gone = make_task(project, parent=parent)
    gone.delete()
    moved = move(parent)
    assert moved.subtask_count == 1
    for one in (child, gone):
        one = Task.everything.with_row().get(pk=one.pk)
        assert (one.parent, one.project.key, one.status.project_id) == (
            moved,
            "GAR",
            moved.project_id,
        )


def test_it_is_one_change_and_says_that_it_cannot_be_undone(project, move, amara, garden):
    parent = make_task(project)
    make_task(project, parent=parent)
    move(parent)
    rows = Activity.objects.filter(field__in=["project", "status"])
    (change,) = {row.change_id for row in rows}
    outcome = services.undo(change_id=change, user=amara)
    assert "another project" in outcome.refused["GAR-1"]
    assert Task.objects.filter(project=garden).count() == 2


def test_counters_follow(project, move, garden):
    move(make_task(project))
    for where, count in ((project, 0), (garden, 1)):
        assert Status.objects.get(project=where, category="todo").task_count == count


def test_a_new_request_stays_where_it_came_in(asked, move):
    with pytest.raises(ValidationError, match="Accept it first"):
        move(asked)


def test_moving_to_where_it_is_changes_nothing(project, amara):
    task = make_task(project)
    services.move_to_project(task=task, user=amara, project=project)
    assert task.key == "REP-1"
    assert not Activity.objects.filter(field="project").exists()


@pytest.fixture
def left(project, amara):
    """A task as Amara has read it, before somebody else moved it to ``where``."""

    def left(where):
        task = make_task(project)
        stale = Task.objects.with_row().get(pk=task.pk)
        boss = factories.make_user("Boss", is_superuser=True)
        services.move_to_project(task=task, user=boss, project=where)
        return stale

    return left


def test_what_went_meanwhile_out_of_ones_sight_stays_there(left, amara, garden):
    hidden = factories.make_project("HID")
    with pytest.raises(Task.DoesNotExist):
        services.move_to_project(task=left(hidden), user=amara, project=garden)
    assert Task.objects.get().project == hidden


def test_what_went_meanwhile_where_one_only_reads_stays_there(left, amara, garden):
    other = factories.make_project("OTH")
    Membership.objects.create(project=other, user=amara, role="member")
    with pytest.raises(PermissionDenied):
        services.move_to_project(task=left(other), user=amara, project=garden)
    assert Task.objects.get().project == other


def test_what_became_a_new_request_meanwhile_stays_where_it_is(project, amara, garden):
    task = make_task(project)
    stale = Task.objects.with_row().get(pk=task.pk)
    task.status = Status.objects.get(project=project, category="triage")
    task.save()
    with pytest.raises(ValidationError, match="Accept it first"):
        services.move_to_project(task=stale, user=amara, project=garden)


def test_what_went_meanwhile_where_one_may_edit_moves_on(left, amara, garden):
    other = factories.make_project("OTH")
    Membership.objects.create(project=other, user=amara, role="contributor")
    services.move_to_project(task=left(other), user=amara, project=garden)
    assert Task.objects.get().project == garden


def test_among_many_it_is_refused_by_itself(left, project, amara, garden):
    tasks = [left(factories.make_project("HID")), make_task(project)]
    outcome = services.change_many(
        tasks=tasks,
        user=amara,
        change=lambda task: services.move_to_project(task=task, user=amara, project=garden),
    )
    assert outcome.refused == {"REP-1": "REP-1 is not here any more."}
    assert [task.pk for task in Task.objects.filter(project=garden)] == [tasks[1].pk]


def test_of_many_it_is_told_where_they_went(project, garden, move):
    reader = factories.make_member(garden)
    tasks = [make_task(project) for _ in range(3)]
    with one_change():
        moved = [move(task) for task in tasks]
    assert recent(reader, moved)[0].text == "moved 3 tasks to Garden"

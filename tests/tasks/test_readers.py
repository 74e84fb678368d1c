"""Who reads a task is asked once for all, and answered as `visible_to` answers each of them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks.models import Collaborator, Membership, Status, Task
from tasks.people import readers
from tests.factories import make_member, make_user


@pytest.fixture
def everybody(project):
    """Somebody of each role, and of none, who watches no task."""
    return [
        *(make_member(project, role) for role in Membership.Role),
        make_user("Stranger"),
        make_user("Boss", is_superuser=True),
    ]


def take_part(task, how, person):
    if how == "helper":
        Collaborator.objects.create(task=task, user=person)
    elif how in ("watcher", "muted"):
        task.watches.create(user=person, muted=how == "muted")
    else:
        Task.objects.filter(pk=task.pk).update(**{how: person})


@pytest.mark.parametrize("visibility", ["members", "signed_in"])
@pytest.mark.parametrize("category", ["todo", "triage"])
@pytest.mark.parametrize("part", ["requester", "owner", "reviewer", "helper", "watcher", "muted"])
def test_they_are_those_who_see_it(project, task, everybody, visibility, category, part):
    project.visibility = visibility
    project.save()
    status = Status.objects.get(project=project, category=category)
    Task.objects.filter(pk=task.pk).update(status=status)
    for person in everybody:
        take_part(task, part, person)
        row = Task.objects.with_row().get(pk=task.pk)
        seeing = [one for one in everybody if Task.objects.visible_to(one).exists()]
        assert readers.among(everybody, row) == seeing


def test_the_team_is_who_reads_what_it_says(task, everybody):
    team = readers.among([None, *everybody], task, team=True)
    roles = {row.role for one in team for row in one.memberships.all()}
    assert roles == {"contributor", "manager"}
    assert [one.display_name for one in team if one.is_superuser] == ["Boss"]


def test_many_guests_cost_what_one_costs(project, task):
    guests = [make_member(project, "guest") for _ in range(12)]
    Collaborator.objects.create(task=task, user=guests[-1])
    costs = []
    for some in (guests[-1:], guests):
        with CaptureQueriesContext(connection) as queries:
            assert readers.among(some, task) == guests[-1:]
        costs.append(len(queries))
    assert costs == [1, 1]

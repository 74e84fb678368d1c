"""The side bar and the project at hand come with one query, and say what the slow way says."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import RequestFactory
from django.utils import timezone

from tasks import frame, permissions
from tasks.models import Membership, Status
from tests.factories import make_member, make_project, make_task


def opened(user, key="REP"):
    request = RequestFactory().get("/")
    request.user = user
    return frame.open_project(request, key), request


def asked_anew(user):
    """The person without anything that was remembered about them."""
    return get_user_model().objects.get(pk=user.pk)


@pytest.mark.parametrize("role", Membership.Role.values)
def test_the_reader_may_what_their_roles_grant(project, role):
    person = make_member(project, role)
    opened(person)
    granted = person.__dict__["_capabilities"][project.pk]
    assert granted == permissions.capabilities(asked_anew(person), project)


def test_roles_of_groups_add_up_and_ended_ones_do_not(project, vera):
    group = Group.objects.create(name="Caretakers")
    vera.groups.add(group)
    Membership.objects.create(project=project, group=group, role="contributor")
    ended = timezone.now() - timedelta(hours=1)
    Membership.objects.filter(user=vera).update(role="manager", expires_at=ended)
    opened(vera)
    assert vera.__dict__["_capabilities"][project.pk] == permissions.CAPABILITIES["contributor"]


def test_the_statuses_are_those_of_the_database(project, amara):
    make_task(project)
    Status.objects.filter(project=project, category="doing").update(wip_limit=3)
    found, _request = opened(amara)
    rows = list(Status.objects.filter(project=project).order_by("order"))
    assert list(found.statuses.all()) == rows
    fields = frame.STATUS_FIELDS
    for status, row in zip(found.statuses.all(), rows, strict=True):
        assert [getattr(status, f) for f in fields] == [getattr(row, f) for f in fields]


def test_what_comes_with_the_project_costs_nothing_more(project, amara, django_assert_num_queries):
    with django_assert_num_queries(1):
        found, request = opened(amara)
        assert frame.sidebar(request, found).projects
        assert permissions.may(amara, permissions.CREATE, found)
        assert found.first_status("todo").project is found


def test_a_project_far_down_the_alphabet_does_not_push_its_way_up(project, amara):
    for number in range(frame.PROJECTS_SHOWN):
        other = make_project(f"A{number:02}", name=f"A {number:02}")
        Membership.objects.create(project=other, user=amara)
    found, request = opened(amara)
    side = frame.sidebar(request, found)
    assert [line.project.name for line in side.projects][::19] == ["A 00", "A 19"]
    assert side.more


def test_an_archived_project_opens_and_stays_out_of_the_side_bar(project, amara):
    project.archived_at = timezone.now()
    project.save()
    found, request = opened(amara)
    assert found == project
    assert frame.sidebar(request, found).projects == []

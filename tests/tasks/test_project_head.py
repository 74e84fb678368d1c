"""The head that the pages of a project share: tabs, faces, the way to the members."""

import pytest
from django.contrib.auth.models import Group
from django.urls import NoReverseMatch, reverse

from tasks import services
from tasks.models import Membership
from tasks.people import faces
from tasks.projects.tabs import TABS, tabs
from tests.factories import make_member, make_user

URL = "/projects/REP/overview/"


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.id)
def test_each_tab_leads_somewhere(tab):
    assert reverse(tab.url_name, args=["REP"])


def test_a_tab_without_an_address_would_be_seen():
    with pytest.raises(NoReverseMatch):
        reverse("tasks:no-such-view", args=["REP"])


def test_only_managers_get_the_tab_for_requests(project, amara, tomasz):
    assert "triage" in [tab.id for tab in tabs(amara, project)]
    assert "triage" not in [tab.id for tab in tabs(tomasz, project)]


def test_the_tab_one_is_on_is_marked(client, project, vera):
    client.force_login(vera)
    assert 'aria-current="page" href="/projects/REP/overview/"' in client.get(URL).content.decode()


def test_four_faces_stand_for_all_managers_first(project):
    people = [make_member(project, "member", f"Member {n}") for n in range(5)]
    boss = make_member(project, "manager", "Zoe Boss")
    shown = faces.of_project(project)
    assert [face.name for face in shown.people] == [str(boss), *map(str, people[:3])]
    assert shown.more == "+2"


def test_who_comes_through_a_group_has_a_face(project):
    group = Group.objects.create(name="Gardeners")
    person = make_user("Grace Green")
    person.groups.add(group)
    Membership.objects.create(project=project, group=group, role="member")
    assert [face.name for face in faces.of_project(project).people] == ["Grace Green"]


def test_faces_cost_lists_and_boards_nothing(project, amara, django_assert_num_queries):
    faces.of_project(project)
    with django_assert_num_queries(0):
        faces.of_project(project)


def test_who_is_let_in_has_a_face_at_once(project, amara, otto, django_capture_on_commit_callbacks):
    faces.of_project(project)
    with django_capture_on_commit_callbacks(execute=True):
        services.add_member(project=project, user=amara, who=otto, role="viewer")
    assert "Otto Outside" in [face.name for face in faces.of_project(project).people]


def test_guests_see_no_faces_and_managers_an_invitation(client, project, amara):
    client.force_login(make_member(project, "guest"))
    assert b"ui-avatars" not in client.get(URL).content
    client.force_login(amara)
    assert b"Invite" in client.get(URL).content

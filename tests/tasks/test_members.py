"""Who belongs to a project: seen by everybody of it, changed by its managers."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.utils import timezone

from accounts.models import AuditEntry, RoleRule
from tasks import permissions
from tasks.models import Membership, Project, ProjectRole
from tasks.projects import members
from tests.factories import make_member, make_project, make_user
from tests.tasks.conftest import HTMX
from tests.tasks.test_query_counts import cost

URL = "/projects/REP/members/"
Role = Membership.Role


def row_of(user):
    return Membership.objects.get(user=user)


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def add(client, who, role="member", **more):
    return client.post(URL, {"who": who, "role": role, **more})


@pytest.fixture
def manager(client, amara):
    client.force_login(amara)
    return amara


@pytest.fixture
def gardeners(db):
    group = Group.objects.create(name="Gardeners")
    make_user("Grace Green").groups.add(group)
    return group


# Reading


def test_everybody_stands_once_managers_first(project, amara, mei, gardeners):
    Membership.objects.create(project=project, group=gardeners, role="contributor")
    mei.groups.add(gardeners)
    people = members.of_project(project, amara).people
    assert [(str(p.user), p.role) for p in people] == [
        ("Amara Okafor", "Manager"),
        ("Grace Green", "Contributor"),
        ("Mei-Ling Chan", "Contributor"),
    ]
    assert len(people[2].grants) == 2


def test_others_read_and_find_no_buttons_or_addresses(client, project, amara, mei):
    client.force_login(mei)
    page = client.get(URL).content.decode()
    assert "Amara Okafor" in page
    assert "Add somebody" not in page
    assert amara.email not in page
    assert ">Change<" not in page


def test_guests_see_whom_to_ask_and_themselves(client, project, amara, tomasz):
    client.force_login(make_member(project, "guest", "Gus Guest"))
    people = client.get(URL).context["belonging"].people
    assert [str(person.user) for person in people] == ["Amara Okafor", "Gus Guest"]


def test_only_managers_see_whose_time_is_over(project, amara, mei, tomasz):
    Membership.objects.filter(user=mei).update(expires_at=timezone.now())
    assert mei in [p.user for p in members.of_project(project, amara).people]
    assert mei not in [p.user for p in members.of_project(project, tomasz).people]


def test_what_a_rule_gave_cannot_be_changed_here(client, project, manager, mei):
    rule = RoleRule.objects.create(claim="team", value="repairs")
    given = ProjectRole.objects.create(rule=rule, project=project, role="manager")
    Membership.objects.filter(user=mei).update(source="role_rule", granted_by=given)
    assert b"by a role rule" in client.get(URL).content
    url = f"{URL}{row_of(mei).pk}/"
    assert client.get(url).status_code == 404
    assert client.post(url, {"role": "viewer"}).status_code == 404
    client.post(f"{url}remove/")
    assert row_of(mei).role == "member"


def test_the_table_of_roles_is_the_one_that_decides():
    """The words in `permissions` and the page say the same."""
    lines = re.findall(r"^\| (.+?) *\|(.*)\|$", permissions.__doc__, re.MULTILINE)[1:]
    documented = [[cell.strip() for cell in cells.split("|")] for _words, cells in lines]
    shown = [answers for _words, answers in members.abilities()]
    assert shown == documented


def test_the_page_costs_the_same_for_50_people(client, project, manager):
    few = cost(client, URL)
    for _ in range(50):
        make_member(project)
    assert cost(client, URL) == few


# Finding


def test_a_search_finds_active_people_who_do_not_belong(project, mei):
    found = make_user("Melanie Field")
    make_user("Mel Gone", is_active=False)
    assert members.find(project, "me") == ([found], [])
    assert members.find(project, "melanie.") == ([found], [])
    assert members.find(project, "m") == members.find(project, " \0 ") == ([], [])


def test_it_answers_while_one_types(client, manager, otto):
    page = client.get(URL, {"q": "otto"}, headers=HTMX).content.decode()
    assert f"person:{otto.pk}" in page
    assert "1 found" in page
    assert "<html" not in page


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_nobody_else_learns_who_has_an_account(client, project, tomasz, otto, headers):
    client.force_login(tomasz)
    assert b"Otto" not in client.get(URL, {"q": "otto"}, headers=headers).content


# Adding


def test_a_manager_adds_a_person(client, project, manager, otto):
    response = add(client, f"person:{otto.pk}", "contributor")
    assert response["Location"] == URL
    assert said(response) == ["Otto Outside is a contributor of Repairs now."]
    entry = AuditEntry.objects.get(event="membership.added")
    assert (entry.actor_id, entry.target_id) == (manager.pk, otto.pk)
    assert entry.details["role"] == "contributor"


def test_a_manager_adds_a_group_until_a_day(client, project, manager, gardeners):
    day = timezone.localdate() + timedelta(days=3)
    add(client, f"group:{gardeners.pk}", expires_at=day.isoformat())
    row = Membership.objects.get(group=gardeners)
    assert timezone.localtime(row.expires_at).date() == day + timedelta(days=1)
    assert members.last_day(row.expires_at) == day


def test_nobody_is_added_twice_and_nothing_typed_is_lost(client, project, manager, otto):
    add(client, f"person:{otto.pk}")
    response = add(client, f"person:{otto.pk}", "viewer", q="otto")
    assert response.status_code == 422
    page = response.content.decode()
    assert "belongs to Repairs already" in page
    assert 'value="otto"' in page
    assert row_of(otto).role == "member"


def test_whose_time_is_over_is_taken_back_in(client, project, manager, mei):
    Membership.objects.filter(user=mei).update(expires_at=timezone.now())
    add(client, f"person:{mei.pk}", "viewer")
    assert (row_of(mei).role, row_of(mei).expires_at) == ("viewer", None)


@pytest.mark.parametrize(
    "who", ["", "x", "person:x", "group:x", "group:²", "group:99999999999999", "user:1"]
)
def test_what_nobody_could_choose_is_refused(client, manager, who):
    assert add(client, who).status_code == 422


@pytest.mark.parametrize("day", ["2020-01-01", "yesterday", "9999-12-31"])
def test_an_end_that_cannot_be_is_refused(client, manager, otto, day):
    response = add(client, f"person:{otto.pk}", expires_at=day, q="otto")
    assert response.status_code == 422
    assert not Membership.objects.filter(user=otto).exists()


@pytest.mark.parametrize("role", ["viewer", "guest", "member", "contributor"])
def test_others_are_refused_with_a_reason(client, project, amara, otto, role):
    client.force_login(make_member(project, role))
    answers = [
        add(client, f"person:{otto.pk}"),
        client.post(f"{URL}{row_of(amara).pk}/", {"role": "viewer"}),
        client.post(f"{URL}{row_of(amara).pk}/remove/"),
    ]
    assert [response.status_code for response in answers] == [403, 403, 403]
    assert "Only managers of Repairs" in answers[0].content.decode()


# Changing


def test_a_manager_changes_a_role_and_its_end(client, project, manager, mei):
    url = f"{URL}{row_of(mei).pk}/"
    assert client.get(url).status_code == 200
    day = timezone.localdate()
    client.post(url, {"role": "contributor", "expires_at": day.isoformat()})
    assert row_of(mei).role == "contributor"
    assert f'value="{day.isoformat()}"' in client.get(url).content.decode()
    assert AuditEntry.objects.filter(event="membership.changed").count() == 1


def test_the_same_again_is_no_change(client, project, manager, mei):
    client.post(f"{URL}{row_of(mei).pk}/", {"role": "member"})
    assert not AuditEntry.objects.filter(event="membership.changed").exists()


def test_a_row_of_another_project_is_not_found(client, manager, charlie):
    url = f"{URL}{row_of(charlie).pk}/"
    assert client.post(url, {"role": "viewer"}).status_code == 404
    client.post(f"{url}remove/")
    assert row_of(charlie).role == "manager"


# Leaving and taking out


def test_taking_out_can_be_undone(client, project, manager, mei):
    Membership.objects.filter(user=mei).update(role="contributor")
    client.post(f"{URL}{row_of(mei).pk}/remove/")
    page = client.get(URL).content.decode()
    change_id = re.search(r'name="change_id" value="([^"]+)"', page)[1]
    assert "Mei-Ling Chan does not belong to Repairs any more." in page
    assert not Membership.objects.filter(user=mei).exists()
    response = client.post("/work/undo/", {"change_id": change_id, "next": URL})
    assert said(response)[-1] == "Undone: Mei-Ling Chan belongs to Repairs as before."
    assert row_of(mei).role == "contributor"


def test_nobody_else_can_undo_it_nor_much_later(client, project, manager, mei, tomasz):
    client.post(f"{URL}{row_of(mei).pk}/remove/")
    entry = AuditEntry.objects.get(event="membership.removed")
    Membership.objects.filter(user=tomasz).update(role="manager")
    client.force_login(tomasz)
    response = client.post("/work/undo/", {"change_id": entry.pk})
    assert said(response)[-1] == "This can no longer be undone."
    assert not Membership.objects.filter(user=mei).exists()


def test_undoing_needs_the_right_at_that_moment(client, project, manager, mei, tomasz):
    Membership.objects.filter(user=tomasz).update(role="manager")
    client.post(f"{URL}{row_of(mei).pk}/remove/")
    entry = AuditEntry.objects.get(event="membership.removed")
    Membership.objects.filter(user=manager).update(role="contributor")
    response = client.post("/work/undo/", {"change_id": entry.pk})
    assert "Only managers of Repairs" in said(response)[-1]
    assert not Membership.objects.filter(user=mei).exists()


def test_taking_out_twice_says_so(client, project, manager, mei):
    url = f"{URL}{row_of(mei).pk}/remove/"
    client.post(url)
    assert said(client.post(url))[-1] == "They do not belong to the project any more."


def test_one_leaves_by_oneself(client, project, amara, mei):
    client.force_login(mei)
    assert b"Leave Repairs" in client.get(URL).content
    assert client.post(f"{URL}leave/")["Location"] == "/projects/"
    assert client.get(URL).status_code == 404
    assert AuditEntry.objects.get(event="membership.left").target_id == mei.pk


def test_who_came_through_a_group_asks_a_manager(client, project, amara, gardeners):
    Membership.objects.create(project=project, group=gardeners, role="member")
    grace = gardeners.user_set.get()
    client.force_login(grace)
    assert b"Leave Repairs" not in client.get(URL).content
    assert "comes from a group or a rule" in said(client.post(f"{URL}leave/"))[0]


# The last manager


def orphan(client, how, user):
    url = f"{URL}{row_of(user).pk}/"
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    return {
        "leave": lambda: client.post(f"{URL}leave/"),
        "remove": lambda: client.post(f"{url}remove/"),
        "demote": lambda: client.post(url, {"role": "contributor"}),
        "end": lambda: client.post(url, {"role": "manager", "expires_at": tomorrow}),
    }[how]()


@pytest.mark.parametrize("how", ["leave", "remove", "demote", "end"])
def test_the_last_manager_stays(client, project, manager, tomasz, how):
    orphan(client, how, manager)
    assert (row_of(manager).role, row_of(manager).expires_at) == ("manager", None)
    assert not AuditEntry.objects.filter(event__startswith="membership.").exists()


@pytest.mark.parametrize("how", ["leave", "remove", "demote", "end"])
def test_one_of_two_managers_may_go(client, project, manager, how):
    make_member(project, "manager")
    orphan(client, how, manager)
    assert AuditEntry.objects.filter(event__startswith="membership.").exists()


def test_one_who_manages_for_now_does_not_count(client, project, manager, mei):
    end = timezone.now() + timedelta(days=1)
    Membership.objects.filter(user=mei).update(role="manager", expires_at=end)
    assert "only manager" in said(client.post(f"{URL}leave/"))[0]


def test_a_group_that_manages_counts(client, project, manager, gardeners):
    Membership.objects.create(project=project, group=gardeners, role="manager")
    client.post(f"{URL}leave/")
    assert not Membership.objects.filter(user=manager).exists()


def test_strangers_and_wrong_methods(client, project, manager, otto, mei):
    assert client.get(f"{URL}leave/").status_code == 405
    assert client.get(f"{URL}{row_of(mei).pk}/remove/").status_code == 405
    make_project("OTH")
    client.force_login(otto)
    for path in (URL, f"{URL}leave/", f"{URL}{row_of(mei).pk}/", "/projects/OTH/members/"):
        assert client.post(path).status_code == 404
    assert Project.objects.count() == 2


def test_it_says_that_everybody_may_read_the_project(client, project, manager):
    assert "Everybody who is signed in" not in client.get(URL).content.decode()
    Project.objects.update(visibility="signed_in")
    assert "Everybody who is signed in can read it." in client.get(URL).content.decode()

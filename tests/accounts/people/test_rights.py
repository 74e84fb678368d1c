"""Nobody gets more rights than whoever gives them, by any form, bulk action or crafted POST."""

import pytest
from django.contrib.auth.models import Group, Permission

from accounts.models import AuditEntry, RoleGrant, RoleRule, User
from accounts.people import access
from tests import factories

CRAFTED = {
    "username": "x",
    "email": "mine@evil.example",
    "first_name": "A",
    "last_name": "B",
    "password1": "let-me-in-please-16",
    "password2": "let-me-in-please-16",
    "is_superuser": "on",
    "is_active": "",
    "groups": [],
}


@pytest.fixture
def editors(db):
    group = Group.objects.create(name="Chief editors")
    group.permissions.set(Permission.objects.filter(codename="delete_auditentry"))
    return group


def snapshot(user):
    row = User.objects.values("is_superuser", "email", "password", "is_active").get(pk=user.pk)
    return row, set(user.groups.values_list("name", flat=True))


def test_a_clerk_gives_and_takes_their_own_groups(act, as_carl, clerks, editors):
    mei = factories.make_user("Mei-Ling Chan")
    mei.groups.add(editors)
    act(mei, "groups", as_carl, groups=[clerks.pk])
    assert set(mei.groups.all()) == {clerks, editors}  # the other one was not Carl's to take
    act(mei, "groups", as_carl, groups=[])
    assert set(mei.groups.all()) == {editors}
    assert AuditEntry.objects.filter(event="person.groups-changed").count() == 2


def test_a_clerk_cannot_give_other_groups(act, as_carl, carl, editors):
    for person in (factories.make_user("Mei-Ling Chan"), carl):
        assert act(person, "groups", as_carl, groups=[editors.pk]).status_code == 422
        assert editors not in person.groups.all()


def test_a_superuser_gives_any_group_but_never_more(act, person, editors):
    act(person, "groups", groups=[editors.pk], is_superuser="on", email="x@y.example")
    row, groups = snapshot(person)
    assert groups == {"Chief editors"} and not row["is_superuser"]
    assert row["email"] == person.email


def test_groups_of_a_role_rule_stay(act, person, editors):
    rule = RoleRule.objects.create(value="chief", group=editors)
    RoleGrant.objects.create(user=person, rule=rule, group=editors)
    person.groups.add(editors)
    act(person, "groups", groups=[])
    assert editors in person.groups.all()


@pytest.mark.parametrize(
    "action", ["groups", "ban", "password-mail", "second-factor", "erase", "sync"]
)
def test_a_clerk_does_nothing_to_an_administrator(auth, as_carl, clerks, act, helen, action):
    before = snapshot(helen)
    form = {"groups": [clerks.pk], "length": "good", "reason": "x", "typed": helen.email}
    response = act(helen, action, as_carl, **form)
    assert response.status_code == 302 and snapshot(helen) == before and not auth.requests


def test_a_clerk_does_the_same_to_a_member(auth, as_carl, act, person, answers_with):
    """The control of the test above."""
    route = answers_with(banned_until="2999-01-01T00:00:00Z")
    act(person, "ban", as_carl, length="good", reason="Spam")
    assert auth.calls(route)


@pytest.mark.parametrize("name", ["as_carl", "as_helen"])
@pytest.mark.parametrize(
    "address",
    ["users/add/", "users/edit/{pk}/", "users/delete/{pk}/", "users/{pk}/", "users/",
     "people/users/add/", "people/users/edit/{pk}/", "people/users/delete/{pk}/"],
)  # fmt: skip
def test_the_stock_forms_are_gone(request, name, address, carl):
    client, victim = request.getfixturevalue(name), factories.make_user("Vera Holt")
    before, people = snapshot(victim), User.objects.count()
    response = client.post(f"/admin/{address.format(pk=victim.pk)}", CRAFTED)
    assert response.status_code in (404, 405) or "edit" not in address
    assert snapshot(victim) == before and User.objects.count() == people


@pytest.mark.parametrize("name", ["as_carl", "as_helen"])
@pytest.mark.parametrize("model", ["user", "User"])
@pytest.mark.parametrize("action", ["assign_role", "set_active_state", "delete"])
def test_the_stock_bulk_actions_do_nothing(request, name, model, action, editors, carl):
    client, victim = request.getfixturevalue(name), factories.make_user("Vera Holt")
    before = snapshot(victim)
    client.post(
        f"/admin/bulk/accounts/{model}/{action}/?id={victim.pk}&next=/admin/",
        {"role": editors.pk, "mark_as_active": "False"},
    )
    assert User.objects.filter(pk=victim.pk).exists() and snapshot(victim) == before


def test_the_bulk_action_would_work_without_our_policy(as_helen, editors, monkeypatch):
    """The control of the test above: it is the policy that stops it."""
    victim = factories.make_user("Vera Holt")
    monkeypatch.setattr(access.PeoplePolicy, "user_has_permission", lambda *_args: True)
    address = f"/admin/bulk/accounts/user/assign_role/?id={victim.pk}&next=/admin/"
    as_helen.post(address, {"role": editors.pk})
    assert editors in victim.groups.all()


def test_only_superusers_edit_groups(as_carl, as_helen, clerks):
    extra = Permission.objects.filter(codename__in=["view_group", "add_group", "change_group"])
    clerks.permissions.add(*extra)
    for address in ("", "new/", f"edit/{clerks.pk}/", f"delete/{clerks.pk}/"):
        response = as_carl.post(f"/admin/people/groups/{address}", {"name": "Mine"})
        assert response.status_code in (302, 405), address
    assert as_carl.get(f"/admin/people/groups/edit/{clerks.pk}/").status_code == 302
    assert set(Group.objects.values_list("name", flat=True)) >= {"Clerks"}
    assert as_helen.get(f"/admin/people/groups/edit/{clerks.pk}/").status_code == 200


def test_the_account_page_takes_no_name_nor_picture(as_helen, helen):
    page = as_helen.get("/admin/account/").content.decode()
    assert "name_email-first_name" not in page and "avatar-avatar" not in page
    assert "Theme preferences" in page
    as_helen.post(
        "/admin/account/", {"name_email-first_name": "Queen", "name_email-last_name": "H"}
    )
    helen.refresh_from_db()
    assert helen.first_name != "Queen"

"""People → Role rules in the Wagtail admin."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from accounts.models import AuditEntry, RoleGrant, RoleRule
from accounts.sync.records import apply_record
from tasks.admin import role_rules
from tasks.models import Membership, ProjectRole
from tests import factories
from tests.accounts.fake_auth import FakeAuth

INDEX, NEW = "/admin/people/role-rules/", "/admin/people/role-rules/new/"


@pytest.fixture
def helen(db, client):
    helen = factories.make_user("Helen", is_superuser=True)
    client.force_login(helen)
    return helen


@pytest.fixture
def residents(db):
    return Group.objects.create(name="Residents")


def give(user, *codenames):
    wanted = Permission.objects.filter(codename__in=[*codenames, "access_admin"])
    user.user_permissions.add(*wanted)


def sync(email="ada@lindencourt.example", role="editor"):
    stamp = timezone.now().isoformat()
    return apply_record(FakeAuth.record(email, app_metadata={"role": role}, updated_at=stamp)).user


def form(group=None, roles=(), **fields):
    """What the browser sends; ``roles``: (project, role) or (project, role, row, delete)."""
    rows = {
        "project_roles-TOTAL_FORMS": len(roles),
        "project_roles-INITIAL_FORMS": len([row for row in roles if len(row) > 2]),
        "project_roles-MIN_NUM_FORMS": 0,
        "project_roles-MAX_NUM_FORMS": 50,
    }
    for number, (project, role, *old) in enumerate(roles):
        prefix = f"project_roles-{number}"
        rows |= {f"{prefix}-project": project.pk, f"{prefix}-role": role, f"{prefix}-DELETE": ""}
        rows[f"{prefix}-id"] = old[0].pk if old else ""
        if len(old) > 1:
            rows[f"{prefix}-DELETE"] = "on"
    base = {"claim": "role", "value": "editor", "note": "", "expires_at": ""}
    return base | {"group": group.pk if group else ""} | rows | fields


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def edit(rule):
    return f"{INDEX}edit/{rule.pk}/"


def delete(rule):
    return f"{INDEX}delete/{rule.pk}/"


def test_it_shows_who_would_gain_before_anything_is_saved(helen, client, residents, project):
    ada = sync()
    answer = client.post(NEW, form(residents, [(project, "member")]))
    assert "1 person gains something" in text(answer)
    assert "Ada Byron" in text(answer)
    assert "Residents" in text(answer) and "Member of Repairs" in text(answer)
    assert not (RoleRule.objects.exists() or ada.groups.exists() or RoleGrant.objects.exists())


def test_the_second_step_saves_and_gives(helen, client, residents, project):
    ada = sync()
    client.post(NEW, form(residents, [(project, "member")], confirm="1"))
    rule = RoleRule.objects.get()
    assert list(ada.groups.all()) == [residents]
    assert Membership.objects.get(user=ada).granted_by.rule == rule
    made = AuditEntry.objects.get(event="role-rule.created")
    assert (made.actor_id, made.details["group"]) == (helen.pk, residents.pk)
    assert AuditEntry.objects.filter(event="role.granted", target_id=ada.pk).count() == 2


def hidden(answer):
    pattern = r'<input type="hidden" name="([^"]+)" value="([^"]*)"'
    return dict(re.findall(pattern, answer.content.decode()))


def test_nothing_typed_is_lost_between_the_steps(helen, client, residents, project):
    sent = form(residents, [(project, "guest")], note="For the board")
    again = hidden(client.post(NEW, sent))
    assert {name: again[name] for name in sent} == {name: str(sent[name]) for name in sent}
    back = client.post(NEW, again | {"back": "1"})
    assert 'value="For the board"' in back.content.decode()
    assert f'value="{project.pk}" selected' in back.content.decode()
    assert not RoleRule.objects.exists()


def test_it_says_when_nobody_is_concerned(helen, client, residents):
    assert "Nobody gains or loses" in text(client.post(NEW, form(residents)))


def test_a_change_shows_gains_and_losses(helen, client, residents, project):
    client.post(NEW, form(residents, [(project, "member")], confirm="1"))
    rule = RoleRule.objects.get()
    sync()
    role = ProjectRole.objects.get()
    board = Group.objects.create(name="Board")
    changed = form(board, [(project, "member", role, "delete")])
    page = text(client.post(edit(rule), changed))
    assert "1 person gains something" in page and "1 loses something" in page
    assert all(word in page for word in ("Board", "Residents", "Member of Repairs"))
    assert RoleRule.objects.get().group == residents
    assert Membership.objects.exists()
    client.post(edit(rule), changed | {"confirm": "1"})
    assert RoleRule.objects.get().group == board
    assert not Membership.objects.exists()
    assert AuditEntry.objects.filter(event="role.lost").count() == 2


def test_another_value_takes_from_some_and_gives_to_others(helen, client, residents):
    client.post(NEW, form(residents, confirm="1"))
    ada, bea = sync(), sync("bea@lindencourt.example", role="board")
    client.post(edit(RoleRule.objects.get()), form(residents, value="board", confirm="1"))
    assert not ada.groups.exists()
    assert bea.groups.exists()


def test_deleting_shows_who_loses_and_then_takes(helen, client, residents, project):
    client.post(NEW, form(residents, [(project, "member")], confirm="1"))
    ada, rule = sync(), RoleRule.objects.get()
    page = text(client.get(delete(rule)))
    assert "1 loses something" in page and "Ada Byron" in page
    assert ada.groups.exists() and RoleRule.objects.exists()
    client.post(delete(rule))
    assert not (ada.groups.exists() or RoleRule.objects.exists() or Membership.objects.exists())
    assert AuditEntry.objects.filter(event="role-rule.deleted", actor_id=helen.pk).count() == 1
    assert AuditEntry.objects.filter(event="role.lost", target_id=ada.pk).count() == 2
    assert client.post(delete(rule)).status_code == 404


def test_the_table_is_bounded_and_the_counts_are_exact(helen, client, residents, monkeypatch):
    monkeypatch.setattr(role_rules, "SHOWN_PEOPLE", 2)
    for number in range(5):
        sync(f"p{number}@lindencourt.example")
    page = client.post(NEW, form(residents))
    assert "5 people gain something" in text(page) and "and 3 more" in text(page)
    assert len(page.context["rows"]) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"claim": ""},
        {"claim": "a b"},
        {"claim": ".role"},
        {"claim": "role."},
        {"value": ""},
        {"value": "   "},
        {"value": "x" * 101},
        {"value": "a\x00b"},
        {"group": ""},
        {"group": "999"},
        {"expires_at": "2020-01-01 10:00"},
        {"expires_at": "soon"},
    ],
    ids=str,
)
def test_an_incomplete_rule_is_not_even_shown(helen, client, residents, fields):
    answer = client.post(NEW, form(residents) | fields | {"confirm": "1"})
    assert answer.status_code == 422
    assert not RoleRule.objects.exists()


def test_one_project_stands_in_a_rule_once(helen, client, project):
    twice = form(roles=[(project, "member"), (project, "viewer")], confirm="1")
    assert client.post(NEW, twice).status_code == 422
    assert not RoleRule.objects.exists()


def test_an_end_is_kept_and_shown(helen, client, residents):
    end = timezone.localtime(timezone.now() + timedelta(days=3)).strftime("%Y-%m-%d %H:%M")
    assert "The rule ends on" in text(client.post(NEW, form(residents, expires_at=end)))


@pytest.fixture
def powerful(residents):
    residents.permissions.add(Permission.objects.get(codename="change_user"))
    return residents


def test_the_list_says_when_a_rule_ends(helen, client, residents):
    coming, past = timezone.now() + timedelta(days=31), timezone.now() - timedelta(days=1)
    for value, end in (("later", coming), ("past", past)):
        RoleRule.objects.create(claim="role", value=value, group=residents, expires_at=end)
    shown = text(client.get(INDEX))
    assert f"{timezone.localtime(coming):%Y-%m-%d %H:%M}" in shown
    assert f"{timezone.localtime(past):%Y-%m-%d %H:%M}, over" in shown


def test_a_group_that_manages_accounts_needs_a_word_more(helen, client, powerful):
    page = client.post(NEW, form(powerful))
    assert "lets people manage accounts or groups" in text(page)
    missed = client.post(NEW, form(powerful, confirm="1"))
    assert missed.status_code == 422 and "Tick the box" in text(missed)
    assert not RoleRule.objects.exists()
    client.post(NEW, form(powerful, confirm="1", understood="on"))
    assert RoleRule.objects.exists()


@pytest.mark.parametrize("path", [INDEX, NEW])
def test_it_is_not_for_everybody(client, otto, path):
    assert client.get(path).status_code == 302
    give(otto)
    client.force_login(otto)
    assert client.get(path, follow=True).request["PATH_INFO"] != path
    client.post(NEW, form(confirm="1"))
    assert not RoleRule.objects.exists()


def test_editors_of_rules_give_only_groups_of_their_own(client, otto, residents):
    give(otto, "add_rolerule")
    client.force_login(otto)
    assert client.post(NEW, form(residents, confirm="1")).status_code == 422
    otto.groups.add(residents)
    client.post(NEW, form(residents, confirm="1"))
    assert RoleRule.objects.get().group == residents


def test_editors_of_rules_give_roles_only_where_they_manage(client, tomasz, amara, project):
    for person in (tomasz, amara):
        give(person, "add_rolerule")
    client.force_login(tomasz)
    assert project.name not in client.get(NEW).content.decode()
    wanted = form(roles=[(project, "manager")], confirm="1")
    assert client.post(NEW, wanted).status_code == 422
    client.force_login(amara)
    client.post(NEW, wanted)
    assert ProjectRole.objects.get().project == project


@pytest.mark.parametrize("address", [edit, delete])
def test_rules_above_ones_own_rights_are_out_of_reach(client, otto, residents, address):
    rule = RoleRule.objects.create(claim="role", value="editor", group=residents)
    give(otto, "change_rolerule", "delete_rolerule")
    client.force_login(otto)
    for answer in (client.get(address(rule)), client.post(address(rule), form(confirm="1"))):
        assert answer.status_code in (302, 403)
    assert RoleRule.objects.get().group == residents


def test_the_list_costs_the_same_however_long(
    helen, client, residents, project, django_assert_max_num_queries
):
    client.get(INDEX)
    for number in range(20):
        rule = RoleRule.objects.create(claim="role", value=f"v{number}", group=residents)
        ProjectRole.objects.create(rule=rule, project=project)
    with django_assert_max_num_queries(14):
        page = client.get(INDEX)
    assert "Member of Repairs" in text(page)


def test_the_list_counts_the_people(helen, client, residents, project):
    client.post(NEW, form(residents, confirm="1"))
    client.post(NEW, form(roles=[(project, "member")], value="board", confirm="1"))
    for number in range(3):
        sync(f"p{number}@lindencourt.example")
    sync("bea@lindencourt.example", role="board")
    counts = {rule.value: rule.holders for rule in client.get(INDEX).context["object_list"]}
    assert counts == {"editor": 3, "board": 1}


def test_the_list_can_be_searched_and_filtered(helen, client, residents):
    RoleRule.objects.create(claim="role", value="editor", group=residents)
    RoleRule.objects.create(claim="team", value="garden", group=residents)
    assert "team = garden" not in text(client.get(INDEX, {"q": "editor"}))
    assert "role = editor" not in text(client.get(INDEX, {"claim": "team"}))
    assert client.get(INDEX, {"q": '"'}).status_code == 200


def test_the_form_shows_which_claims_there_are(helen, client):
    sync()
    page = text(client.get(NEW))
    assert "Claims that accounts have now" in page and "editor" in page


def test_the_menu_leads_there(helen, client):
    assert INDEX in client.get("/admin/").content.decode()

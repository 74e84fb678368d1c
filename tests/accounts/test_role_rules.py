"""What `app_metadata` gives people here, and what it takes away again."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import roles
from accounts.models import AuditEntry, Identity, RoleGrant, RoleRule, User
from accounts.sync.records import apply_record, close_subject, version
from tests.accounts.fake_auth import FakeAuth


def make_rule(group="Residents", claim="role", value="editor", **fields):
    group = Group.objects.get_or_create(name=group)[0] if group else None
    return RoleRule.objects.create(claim=claim, value=value, group=group, **fields)


def sync(email="ada@lindencourt.example", **fields):
    fields.setdefault("updated_at", timezone.now().isoformat())
    return apply_record(FakeAuth.record(email, **fields)).user


def names(user):
    return sorted(user.groups.values_list("name", flat=True))


def everybody():
    return roles.apply_to(Identity.objects.all())


def test_it_gives_the_group_with_the_first_record(db):
    make_rule()
    user = sync(app_metadata={"role": "editor"})
    assert names(user) == ["Residents"]
    entry = AuditEntry.objects.get(event="role.granted")
    assert entry.target_id == user.pk
    assert entry.details["group"] == Group.objects.get(name="Residents").pk


def test_it_takes_the_group_away_within_one_sync(db):
    make_rule()
    sync(app_metadata={"role": "editor"})
    user = sync(app_metadata={"role": "reader"})
    assert names(user) == []
    assert AuditEntry.objects.filter(event="role.lost", target_id=user.pk).count() == 1


@pytest.mark.parametrize(
    ("claim", "metadata"),
    [
        ("roles", {"roles": ["reader", "editor"]}),
        ("teams.repairs.rank", {"teams": {"repairs": {"rank": "editor"}}}),
        ("teams.repairs", {"teams": {"repairs": ["editor"]}}),
    ],
)
def test_it_reads_lists_and_nested_claims(db, claim, metadata):
    make_rule(claim=claim)
    assert names(sync(app_metadata=metadata)) == ["Residents"]


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"role": "Editor"},
        {"role": " editor"},
        {"roles": "editor"},
        {"role": "editors"},
        {"role": {"editor": True}},
        {"role": [["editor"]]},
        {"role": ["editor", 7]},
        {"role": 7},
        {"role": True},
        {"role": None},
        {"role.x": "editor"},
    ],
    ids=str,
)
def test_anything_else_gives_nothing(db, metadata):
    make_rule()
    assert names(sync(app_metadata=metadata)) == []


@pytest.mark.parametrize("value", [2.5, {"k": 1}, ["editor", 2.5], True])
def test_a_value_of_another_type_is_logged_without_the_value(db, caplog, value):
    make_rule()
    sync(app_metadata={"role": value})
    [line] = [r.getMessage() for r in caplog.records if r.name == "accounts.roles"]
    assert line.startswith("role of ") and repr(value) not in line


def test_what_people_write_themselves_gives_nothing(db):
    make_rule()
    claims = {"role": "editor", "is_staff": True, "groups": ["Residents"]}
    assert names(sync(user_metadata=claims)) == []


@pytest.mark.parametrize("value", ["superuser", "admin", "service_role"])
def test_no_rule_makes_a_superuser(db, value):
    make_rule(value=value)
    user = sync(app_metadata={"role": value, "is_superuser": True})
    assert names(user) == ["Residents"]
    assert not (user.is_superuser or user.is_staff)


def test_a_group_somebody_had_by_hand_stays(db):
    make_rule()
    user = sync()
    user.groups.add(Group.objects.get(name="Residents"))
    sync(app_metadata={"role": "editor"})
    sync(app_metadata={})
    assert names(user) == ["Residents"]
    assert not AuditEntry.objects.filter(event__startswith="role.").exists()


def test_a_group_of_two_rules_goes_with_the_last(db):
    make_rule()
    make_rule(value="board")
    user = sync(app_metadata={"role": ["editor", "board"]})
    sync(app_metadata={"role": ["board"]})
    assert names(user) == ["Residents"]
    sync(app_metadata={})
    assert names(user) == []


@pytest.mark.parametrize(
    "closed",
    [
        {"banned_until": "2999-01-01T00:00:00Z"},
        {"is_anonymous": True},
    ],
    ids=lambda fields: "-".join(fields),
)
def test_who_may_not_enter_has_no_roles(db, closed):
    make_rule()
    sync(app_metadata={"role": "editor"})
    assert names(sync(app_metadata={"role": "editor"}, **closed)) == []
    assert names(sync(app_metadata={"role": "editor"})) == ["Residents"]


def test_who_is_removed_has_no_roles(db):
    make_rule()
    user = sync(app_metadata={"role": "editor"})
    subject = user.identity.subject
    close_subject(subject, since=version(subject))
    assert names(user) == []


def test_a_new_rule_reaches_everybody_it_concerns(db):
    users = [sync(f"p{n}@lindencourt.example", app_metadata={"role": "editor"}) for n in range(3)]
    other = sync("other@lindencourt.example", app_metadata={"team": "editor"})
    changes = roles.apply_to(roles.touched_by(make_rule()))
    assert {change.user_id for change in changes} == {user.pk for user in users}
    assert names(other) == []


def test_a_changed_rule_moves_people_to_the_other_group(db):
    rule = make_rule()
    user = sync(app_metadata={"role": "editor"})
    rule.group = Group.objects.create(name="Board")
    rule.save()
    roles.apply_to(roles.touched_by(rule))
    assert names(user) == ["Board"]


def test_a_rule_that_counts_as_gone_gives_nothing(db):
    rule = make_rule()
    user = sync(app_metadata={"role": "editor"})
    changes = roles.apply_to(roles.touched_by(rule), leaving_out=rule)
    assert [(c.user_id, c.gained, c.right) for c in changes] == [(user.pk, False, "Residents")]
    assert names(user) == []


@pytest.mark.parametrize("how", ["rule", "query", "update"])
def test_a_rule_that_was_deleted_behind_our_back_is_noticed(db, how):
    rule = make_rule()
    user = sync(app_metadata={"role": "editor"})
    if how == "rule":
        rule.delete()
    elif how == "query":
        RoleRule.objects.all().delete()
    else:
        RoleRule.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    roles.keep_time()
    assert names(user) == []
    assert not RoleGrant.objects.exists()


def test_an_ended_rule_gives_nothing_to_newcomers(db):
    make_rule(expires_at=timezone.now() - timedelta(seconds=1))
    assert names(sync(app_metadata={"role": "editor"})) == []


def test_a_ban_that_ends_by_itself_gives_the_roles_back(db):
    make_rule()
    until = (timezone.now() + timedelta(hours=1)).isoformat()
    user = sync(app_metadata={"role": "editor"}, banned_until=until)
    Identity.objects.update(banned_until=timezone.now() - timedelta(seconds=1))
    roles.keep_time()
    assert names(user) == ["Residents"]


def test_a_rehearsal_says_what_would_happen_and_does_nothing(db):
    user = sync(app_metadata={"role": "editor"})
    rule = make_rule()
    changes = roles.rehearse(lambda: roles.apply_to(roles.touched_by(rule)))
    assert [change.right for change in changes] == ["Residents"]
    assert names(user) == []
    assert not RoleGrant.objects.exists()
    assert not AuditEntry.objects.filter(event__startswith="role.").exists()


def test_a_deleted_group_leaves_the_rule(db):
    make_rule()
    user = sync(app_metadata={"role": "editor"})
    Group.objects.all().delete()
    assert RoleRule.objects.get().group is None
    everybody()
    assert names(user) == []


@pytest.mark.parametrize("people", [3, 30])
def test_a_batch_costs_the_same_however_many_people(db, django_assert_max_num_queries, people):
    for number in range(people):
        sync(f"p{number}@lindencourt.example", app_metadata={"role": "editor"})
    make_rule()
    with django_assert_max_num_queries(12):
        assert len(everybody()) == people


def test_many_people_come_in_batches(db, monkeypatch):
    monkeypatch.setattr(roles, "BATCH", 4)
    users = [sync(f"p{n}@lindencourt.example", app_metadata={"role": "editor"}) for n in range(9)]
    make_rule()
    everybody()
    assert all(names(user) == ["Residents"] for user in users)


def test_it_shows_the_claims_that_accounts_have(db):
    sync("a@lindencourt.example", app_metadata={"role": "editor", "provider": "email"})
    sync("b@lindencourt.example", app_metadata={"role": ["editor", "board"], "n": 7})
    sync("c@lindencourt.example", app_metadata={"teams": {"repairs": "lead"}})
    found = list(roles.claims_in_use())
    assert found[0] == ("role", "editor", 2)
    assert ("teams.repairs", "lead", 1) in found
    assert not [claim for claim, _value, _number in found if claim == "n"]


GROUPS = ("A", "B", "C")
VALUES = ("x", "y", "z")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("claim"), st.lists(st.sampled_from(VALUES), max_size=3, unique=True)),
        st.tuples(st.just("rule"), st.sampled_from(VALUES), st.sampled_from(GROUPS)),
        st.tuples(st.just("drop"), st.integers(0, 3)),
        st.tuples(st.just("ban"), st.booleans()),
        st.tuples(st.just("put"), st.sampled_from(GROUPS)),
        st.tuples(st.just("take"), st.sampled_from(GROUPS)),
    ),
    max_size=14,
)


class Model:
    """What ought to be: the groups by hand, and those of the rules that apply."""

    def __init__(self):
        User.objects.all().delete()
        RoleRule.objects.all().delete()
        self.claim, self.banned, self.by_hand = [], False, set()
        self.groups = {name: Group.objects.get_or_create(name=name)[0] for name in GROUPS}
        self.sync()

    def sync(self):
        banned = "2999-01-01T00:00:00Z" if self.banned else None
        self.user = sync(app_metadata={"role": self.claim}, banned_until=banned)

    def by_rule(self):
        if self.banned:
            return set()
        return {r.group.name for r in RoleRule.objects.all() if r.value in self.claim}

    def step(self, what, *how):
        getattr(self, what)(*how)
        everybody()
        assert set(names(self.user)) == self.by_hand | self.by_rule()
        given = set(RoleGrant.objects.values_list("group__name", flat=True))
        assert given == self.by_rule() - self.by_hand

    def claim_(self, values):
        self.claim = values
        self.sync()

    def rule(self, value, group):
        RoleRule.objects.create(claim="role", value=value, group=self.groups[group])

    def drop(self, index):
        rules = list(RoleRule.objects.order_by("created_at"))
        if index < len(rules):
            rules[index].delete()

    def ban(self, banned):
        self.banned = banned
        self.sync()

    def put(self, group):
        """By hand means: while no rule gives it. A box that is ticked already adds nothing."""
        if group not in names(self.user):
            self.by_hand.add(group)
        self.user.groups.add(self.groups[group])

    def take(self, group):
        self.by_hand.discard(group)
        self.user.groups.remove(self.groups[group])


@given(steps=STEPS)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_groups_are_those_by_hand_and_those_by_rule(db, steps):
    model = Model()
    for what, *how in steps:
        model.step({"claim": "claim_"}.get(what, what), *how)

"""Project roles that come with what Supabase says about an account."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts import roles
from accounts.models import AuditEntry, Identity, RoleRule
from accounts.sync.records import apply_record
from tasks import permissions
from tasks.models import Membership, Project, ProjectRole
from tasks.people import project_roles
from tests import factories
from tests.accounts.fake_auth import FakeAuth

Role = Membership.Role


def make_rule(project, role=Role.CONTRIBUTOR, value="repairs", **fields):
    rule = RoleRule.objects.create(claim="team", value=value, **fields)
    ProjectRole.objects.create(rule=rule, project=project, role=role)
    return rule


def sync(team="repairs", email="ada@lindencourt.example"):
    return apply_record(
        FakeAuth.record(email, app_metadata={"team": team}, updated_at=timezone.now().isoformat())
    ).user


def settle(rule, **how):
    return roles.apply_to(roles.touched_by(rule), **how)


def test_it_gives_the_role_with_the_first_record(project):
    ends = timezone.now() + timedelta(days=7)
    rule = make_rule(project, expires_at=ends)
    user = sync()
    row = Membership.objects.get(user=user)
    assert (row.role, row.source, row.expires_at) == (Role.CONTRIBUTOR, "role_rule", ends)
    assert project in Project.objects.visible_to(user)
    details = AuditEntry.objects.get(event="role.granted", target_id=user.pk).details
    assert details == {
        "project": str(project.pk),
        "role": "contributor",
        "project_role": str(rule.project_roles.get().pk),
    }


def test_it_takes_the_role_away_within_one_sync(project):
    make_rule(project)
    sync()
    user = sync(team="garden")
    assert not Membership.objects.exists()
    assert AuditEntry.objects.filter(event="role.lost", target_id=user.pk).exists()


def test_the_role_ends_on_the_second(project):
    make_rule(project, expires_at=timezone.now() + timedelta(hours=1))
    user = sync()
    Membership.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert project not in Project.objects.visible_to(user)


def test_the_clock_clears_what_has_ended(project):
    make_rule(project, expires_at=timezone.now() + timedelta(hours=1))
    user = sync()
    RoleRule.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    roles.keep_time()
    assert not Membership.objects.exists()
    assert AuditEntry.objects.filter(event="role.lost", target_id=user.pk).count() == 1


@pytest.mark.parametrize("role", [Role.MANAGER, Role.VIEWER])
def test_a_role_given_by_hand_stays_as_it_is(project, role):
    user = sync(team="none")
    by_hand = Membership.objects.create(project=project, user=user, role=role)
    settle(make_rule(project))
    by_hand.refresh_from_db()
    assert (by_hand.role, by_hand.source) == (role, "manual")
    assert permissions.may(user, permissions.VIEW, project)
    sync()
    sync(team="none")
    assert list(Membership.objects.all()) == [by_hand]


def test_what_people_may_do_is_the_union(project):
    make_rule(project)
    user = sync()
    Membership.objects.create(project=project, user=user, role=Role.VIEWER)
    assert permissions.may(user, permissions.EDIT, project)
    assert list(permissions.people(project)) == [user]


def test_two_rules_with_different_ends_leave_no_gap(project):
    make_rule(project, Role.MANAGER, expires_at=timezone.now() + timedelta(hours=1))
    make_rule(project, Role.MEMBER)
    user = sync()
    Membership.objects.filter(role=Role.MANAGER).update(
        expires_at=timezone.now() - timedelta(seconds=1)
    )
    assert permissions.may(user, permissions.CREATE, project)
    assert not permissions.may(user, permissions.TRIAGE, project)


def test_a_changed_role_changes_the_membership(project):
    rule = make_rule(project)
    user = sync()
    rule.project_roles.update(role=Role.VIEWER)
    changes = settle(rule)
    assert [(c.gained, c.right) for c in changes] == [
        (False, "Contributor of Repairs"),
        (True, "Viewer of Repairs"),
    ]
    assert Membership.objects.get(user=user).role == Role.VIEWER


def test_another_end_is_no_gain_or_loss(project):
    rule = make_rule(project)
    sync()
    rule.expires_at = timezone.now() + timedelta(days=1)
    rule.save()
    assert settle(rule) == []
    assert Membership.objects.get().expires_at == rule.expires_at


def test_withdrawing_says_who_loses_what(project):
    rule = make_rule(project)
    user = sync()
    [change] = project_roles.withdraw(rule.project_roles.all())
    assert (change.user_id, change.gained, change.right) == (
        user.pk,
        False,
        "Contributor of Repairs",
    )
    assert not Membership.objects.exists()


@pytest.mark.parametrize("gone", ["rule", "project"])
def test_nothing_outlives_its_rule_or_project(project, gone):
    rule = make_rule(project)
    sync()
    (rule if gone == "rule" else project).delete()
    assert not (Membership.objects.exists() or ProjectRole.objects.exists())


def test_a_membership_by_rule_is_not_edited_by_hand(project):
    make_rule(project)
    sync()
    with pytest.raises(ValidationError, match="Change the rule"):
        Membership.objects.get().full_clean()


def test_nobody_is_added_by_hand_twice(project, mei):
    with pytest.raises(ValidationError, match="already"):
        Membership(project=project, user=mei).full_clean(exclude={"granted_by"})


@pytest.mark.parametrize("people", [3, 30])
def test_a_batch_costs_the_same_however_many_people(project, django_assert_max_num_queries, people):
    for number in range(people):
        sync(email=f"p{number}@lindencourt.example")
    rule = make_rule(project)
    ProjectRole.objects.create(rule=rule, project=factories.make_project("GAR"))
    with django_assert_max_num_queries(14):
        assert len(roles.apply_to(Identity.objects.all())) == 2 * people

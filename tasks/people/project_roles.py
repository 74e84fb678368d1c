"""Project roles by rule: the tasks' half of `accounts.roles`."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from accounts.models import RoleRule
from accounts.roles import Change, record
from accounts.signals import rules_applied
from tasks.models import Membership, ProjectRole


def settle(wanted: dict[UUID, list[RoleRule]], **kwargs: Any) -> list[Change]:
    """Give each of these people the project roles of their rules, and take the others away.

    Receiver of `accounts.signals.rules_applied`. Touches only memberships that a rule
    gave: one that somebody gave by hand is neither raised, lowered nor replaced.
    """
    due = _due(wanted)
    rows = Membership.objects.filter(user__in=wanted, source=Membership.Source.ROLE_RULE)
    held = {(row.user_id, row.granted_by_id): row for row in rows.select_related("project")}
    changes, new, moved = [], [], []
    for pair in due.keys() - held.keys():
        new.append(_membership(pair[0], due[pair]))
        changes.append(_change(new[-1], True))
    for pair in due.keys() & held.keys():
        row, fresh = held[pair], _membership(pair[0], due[pair])
        if (row.project_id, row.role) != (fresh.project_id, fresh.role):
            changes += [_change(row, False), _change(fresh, True)]
        if _content(row) != _content(fresh):
            fresh.pk = row.pk
            moved.append(fresh)
    over = [held[pair] for pair in held.keys() - due.keys()]
    Membership.objects.bulk_create(new)
    Membership.objects.bulk_update(moved, ["project", "role", "expires_at"], batch_size=1000)
    return changes + _take_away(over)


def withdraw(roles: Iterable[ProjectRole]) -> list[Change]:
    """Take away what project roles gave that are about to be deleted, and log who lost it."""
    rows = Membership.objects.filter(granted_by__in=[role.pk for role in roles])
    changes = _take_away(list(rows.select_related("project")))
    record(changes)
    return changes


def _due(wanted: dict[UUID, list[RoleRule]]) -> dict[tuple[UUID, UUID], ProjectRole]:
    rules = {rule.pk: rule for given in wanted.values() for rule in given}
    if not rules:
        return {}
    found: dict[UUID, list[ProjectRole]] = {}
    for role in ProjectRole.objects.filter(rule__in=rules).select_related("project", "rule"):
        found.setdefault(role.rule_id, []).append(role)
    return {
        (user_id, role.pk): role
        for user_id, given in wanted.items()
        for rule in given
        for role in found.get(rule.pk, ())
    }


def _membership(user_id: UUID, role: ProjectRole) -> Membership:
    return Membership(
        project=role.project,
        user_id=user_id,
        role=role.role,
        source=Membership.Source.ROLE_RULE,
        granted_by=role,
        expires_at=role.rule.expires_at,
    )


def _content(row: Membership) -> tuple:
    return row.project_id, row.role, row.expires_at


def _take_away(rows: list[Membership]) -> list[Change]:
    if rows:
        Membership.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return [_change(row, False) for row in rows]


def _change(row: Membership, gained: bool) -> Change:
    details = {
        "project": str(row.project_id),
        "role": row.role,
        "project_role": str(row.granted_by_id) if row.granted_by_id else None,
    }
    right = f"{row.get_role_display()} of {row.project}"
    return Change(row.user_id, gained, right, details)


def connect() -> None:
    rules_applied.connect(settle, dispatch_uid="tasks.project_roles")

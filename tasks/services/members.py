"""Let people and groups into a project, change their role, and take them out.

Each act holds the lock on the project, asks again who may, and leaves an entry in the audit
log. What a role rule gave is not touched: the rule is changed in the admin.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import AuditEntry
from tasks import permissions
from tasks.models import Conflict, Membership, Project
from tasks.people import faces

UNDO_FOR = timedelta(hours=1)


@transaction.atomic
def add_member(
    *,
    project: Project,
    user: AbstractBaseUser,
    who: AbstractBaseUser | Group,
    role: str,
    expires_at: datetime | None = None,
) -> Membership:
    """Let a person or a group in. Raises ValidationError for one who belongs already."""
    _lock(project, user)
    column = "group" if isinstance(who, Group) else "user"
    row = Membership.objects.filter(project=project, granted_by=None, **{column: who}).first()
    if row is None:
        row = Membership(project=project, **{column: who})
    elif row.expires_at is None or row.expires_at > timezone.now():
        raise ValidationError(
            _("%(name)s belongs to %(project)s already. Change their role instead.")
            % {"name": who, "project": project}
        )
    row.role, row.expires_at = role, expires_at
    row.save()
    _record("membership.added", row)
    return row


@transaction.atomic
def take_charge(*, project: Project, user: AbstractBaseUser) -> Membership:
    """Make who has begun ``project`` its manager: else nobody could let anybody in."""
    row = Membership.objects.create(project=project, user=user, role=Membership.Role.MANAGER)
    _record("membership.added", row)
    return row


@transaction.atomic
def change_member(
    *,
    membership: Membership,
    user: AbstractBaseUser,
    role: str,
    expires_at: datetime | None,
    version: int | None = None,
) -> Membership:
    """Give a person or group another role, or another end of it.

    Raises Conflict when somebody else has done so since ``version``.
    """
    project = membership.project
    _lock(project, user)
    before = _standing(project)
    row = _by_hand(membership)
    if (row.role, row.expires_at) == (role, expires_at):
        return row
    if version not in (None, row.version):
        raise Conflict(row)
    row.role, row.expires_at = role, expires_at
    row.save()
    _refuse_orphan(project, before, row, user)
    _record("membership.changed", row)
    return row


@transaction.atomic
def remove_member(*, membership: Membership, user: AbstractBaseUser) -> UUID:
    """Take a person or group out; return the id under which `undo_removal` takes it back."""
    _lock(membership.project, user)
    return _record("membership.removed", _remove(membership, user)).pk


@transaction.atomic
def leave_project(*, project: Project, user: AbstractBaseUser) -> None:
    """Give up one's own role. Raises ValidationError where it came from a group or a rule."""
    Project.objects.select_for_update(no_key=True).only("pk").get(pk=project.pk)
    row = Membership.objects.filter(project=project, user=user, granted_by=None).first()
    if row is None:
        raise ValidationError(
            _("Your role in %(project)s comes from a group or a rule. Ask a manager to change it.")
            % {"project": project}
        )
    _record("membership.left", _remove(row, user))


def undo_removal(*, entry_id: UUID, user: AbstractBaseUser) -> Membership:
    """Take back in whom ``user`` took out in the last hour, as they were.

    Raises AuditEntry.DoesNotExist when there is no such removal of theirs, and ValidationError
    when the person has come back or is gone.
    """
    entry = AuditEntry.objects.get(
        pk=entry_id,
        event="membership.removed",
        actor_id=user.pk,
        at__gte=timezone.now() - UNDO_FOR,
    )
    facts = entry.details
    rows = Group.objects if facts["group"] else get_user_model().objects.filter(is_active=True)
    who = rows.filter(pk=facts["group"] or entry.target_id).first()
    project = Project.objects.filter(pk=facts["project"]).first()
    if who is None or project is None:
        raise ValidationError(_("Who was taken out is not there any more."))
    end = parse_datetime(facts["expires_at"]) if facts["expires_at"] else None
    return add_member(project=project, user=user, who=who, role=facts["role"], expires_at=end)


def _lock(project: Project, user: AbstractBaseUser) -> None:
    """Hold the project's row, and ask who may of what is true now."""
    Project.objects.select_for_update(no_key=True).only("pk").get(pk=project.pk)
    permissions.load(user, [project])
    permissions.require(user, permissions.MANAGE, project)


def _by_hand(membership: Membership) -> Membership:
    """Return the row as it is now; needs the lock on its project."""
    try:
        row = Membership.locked(membership.pk, None)
    except Membership.DoesNotExist as error:
        raise ValidationError(_("Somebody else has taken them out already.")) from error
    if row.granted_by_id:
        raise ValidationError(_("A role rule gives this. Change the rule instead."))
    return row


def _remove(membership: Membership, user: AbstractBaseUser) -> Membership:
    row = _by_hand(membership)
    before = _standing(membership.project)
    Membership.objects.filter(pk=row.pk).delete()
    _refuse_orphan(membership.project, before, row, user)
    return row


def _record(event: str, row: Membership) -> AuditEntry:
    transaction.on_commit(lambda: faces.forget(row.project_id))
    return audit.record(event, target=row.user_id, **_details(row))


@contextmanager
def keeping_a_manager(project: Project) -> Iterator[None]:
    """Hold the project's row while memberships change; asks nobody: the admin has.

    Raises ValidationError, and takes it back, when fewer would be left who manage it: nobody,
    or nobody for good.
    """
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).only("pk").get(pk=project.pk)
        before = _standing(project)
        yield
        if _standing(project) < before:
            raise ValidationError(_nobody_else(project))


def why_not_lower(row: Membership) -> str:
    """Return why ``row`` can neither go nor become less: nobody else manages the project. Or ""."""
    if _standing(row.project, without=row) >= _standing(row.project):
        return ""
    return _nobody_else(row.project)


def _nobody_else(project: Project) -> str:
    return _("Nobody else manages %(project)s for good. Make somebody else a manager first.") % {
        "project": project
    }


def _standing(project: Project, without: Membership | None = None) -> int:
    """Return 2 while somebody manages the project for good, 1 while somebody does, else 0."""
    manager = [Membership.Role.MANAGER]
    if permissions.people(project, manager, for_good=True, without=without).exists():
        return 2
    return int(permissions.people(project, manager, without=without).exists())


def _refuse_orphan(project: Project, before: int, row: Membership, user: AbstractBaseUser) -> None:
    """Raise ValidationError when nobody would be left who manages the project."""
    if _standing(project) >= before:
        return
    if row.user_id == user.pk:
        raise ValidationError(
            _("You are the only manager of %(project)s. Make somebody else one first.")
            % {"project": project}
        )
    raise ValidationError(_nobody_else(project))


def _details(row: Membership) -> dict[str, Any]:
    return {
        "project": str(row.project_id),
        "role": row.role,
        "group": row.group_id,
        "expires_at": row.expires_at.isoformat() if row.expires_at else None,
    }

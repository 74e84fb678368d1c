"""Where somebody was named with @, until they say that they have seen it."""

from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone
from django.utils.translation import gettext as _

from tasks import permissions
from tasks.models import Comment, Mention, Task
from tasks.my_work.groups import Group, bounded

SHOWN = 20


def mentions(user: AbstractBaseUser) -> Group:
    """Return the latest mentions of ``user`` that they may read and have not put away."""
    rows = Mention.objects.filter(user=user, dismissed_at=None, task__deleted_at=None)
    rows = rows.select_related("task__project", "comment__author").order_by("-created_at")
    rows = list(rows[: SHOWN + 1])
    seen = Task.objects.visible_to(user).filter(pk__in=[row.task_id for row in rows])
    visible = set(seen.values_list("pk", flat=True))
    permissions.load(user, {row.task.project for row in rows})
    readable = [row for row in rows if row.task_id in visible and _may_read(user, row)]
    return bounded("mentions", _("Mentions"), readable, SHOWN)


def dismiss(user: AbstractBaseUser, pk: UUID) -> bool:
    """Put one mention of ``user`` away. Harmless twice; False when there is none."""
    rows = Mention.objects.filter(user=user, pk=pk)
    rows.filter(dismissed_at=None).update(dismissed_at=timezone.now())
    return rows.exists()


def _may_read(user: AbstractBaseUser, mention: Mention) -> bool:
    comment = mention.comment
    if comment is None:
        return True
    if comment.deleted_at:
        return False
    team = comment.audience == Comment.Audience.TEAM
    return not team or permissions.may(user, permissions.INTERNAL, mention.task)

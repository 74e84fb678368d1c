"""Requests: those one has to answer, and how one's own stand, in plain words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.templatetags.portal_tags import day, when
from tasks import permissions
from tasks.models import Status, Task
from tasks.my_work.groups import Group, bounded

SHOWN = 10
ENDED_SHOWN = timedelta(days=14)  # how long an answered request still stands there
Category = Status.Category


def new_requests(user: AbstractBaseUser) -> Group:
    """Return the oldest new requests that ``user`` may accept or decline, and has not put off."""
    mine = permissions.projects_where(user, permissions.TRIAGE).values("pk")
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=timezone.localdate())
    # By the statuses themselves: an index of each holds its few tasks, one of a category none.
    triage = Status.objects.filter(category=Category.TRIAGE, project__in=mine)
    rows = Task.objects.filter(awake, status__in=triage.values("pk"), archived_at=None)
    rows = rows.with_row().select_related("request").order_by("created_at")
    return bounded("requests", _("New requests"), rows[: SHOWN + 1], SHOWN)


@dataclass(frozen=True)
class Asked:
    """A request of one's own, and how it stands in plain words."""

    task: Task
    state: str


def my_requests(requested: Iterable[Task]) -> Group:
    """Return those of ``requested`` that are open or were answered lately, and how they stand."""
    since = timezone.now() - ENDED_SHOWN
    tasks = [task for task in requested if task.closed_at is None or task.closed_at > since]
    asked = [Asked(task, state(task)) for task in tasks]
    return bounded("asked", _("My requests"), asked, SHOWN)


def state(task: Task) -> str:
    """Return how a request stands, in the words of who asked: "Tomasz does it by Thu 3 Dec"."""
    category = task.status.category
    if category == Category.DONE:
        return _("Done: %(when)s") % {"when": when(task.completed_at)}
    if category == Category.CANCELLED:
        reason = task.request.decline_reason
        return _("Declined: %(reason)s") % {"reason": reason} if reason else _("Declined")
    if category == Category.TRIAGE:
        return _("Not answered yet")
    if category == Category.REVIEW:
        return _("Done, being checked")
    if category == Category.BACKLOG:
        return _("Kept for later")
    return _in_work(task)


def _in_work(task: Task) -> str:
    if task.owner is None:
        return _("Accepted, nobody has it yet")
    words = {"name": task.owner.get_short_name(), "day": day(task.due_day) if task.due_day else ""}
    if task.due_day and task.due_kind != "over":
        return _("%(name)s does it by %(day)s") % words
    return _("%(name)s has it") % words

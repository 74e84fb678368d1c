"""Fetch a person's tasks: first the ids, each part from an index of its own, then the rows.

One query with OR between owner, collaborator, reviewer and requester could use none of the
indexes. And whether the person sees a task is asked once, of the few that were found.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import F, Q, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from tasks.models import Project, Status, Task
from tasks.models.task_queries import TaskQuerySet
from tasks.my_work.groups import SHOWN, Group, bounded, group_of, names, pressing

ASIDE_SHOWN = 10
SOON_ASKED = 6  # times as many as one group shows: today and the next seven days together


@dataclass(frozen=True)
class Work:
    """All that stands on My work of a person's tasks."""

    groups: list[Group]
    waiting: Group
    requested: list[Task] = field(default_factory=list)  # through a form, last changed first

    @property
    def mine(self) -> list[Task]:
        return [task for group in self.groups for task in group.tasks]

    @property
    def all(self) -> list[Task]:
        return [*self.mine, *self.waiting.tasks, *self.requested]


def work_of(user: AbstractBaseUser) -> Work:
    """Return what ``user`` has to do, waits for, and asked for."""
    open_ = _open(user)
    dated = _dated_ids(open_.filter(owner=user), SHOWN)
    helped = _ids(open_.filter(collaborations__user=user), SOON_ASKED * SHOWN)
    review, asked = _review_ids(open_, user, SHOWN), _asked_ids(open_, user)
    requested = _requested_ids(user)
    rows = _rows(user, {*dated, *helped, *review, *asked, *requested})
    mine = _take(rows, {**dict.fromkeys(dated), **dict.fromkeys(helped)})
    groups = _sorted_in(mine, _take(rows, review), SHOWN)
    checked = [task for task in mine if _is_with_reviewer(task, user)]
    here = {task.pk for group in groups for task in group.tasks}
    others = [task for task in _take(rows, asked) if task.pk not in here]
    waiting = sorted([*others, *checked], key=pressing)
    return Work(
        groups,
        bounded("waiting", _("Waiting for others"), waiting, ASIDE_SHOWN),
        [rows[pk] for pk in requested if pk in rows],
    )


def group(user: AbstractBaseUser, which: str, limit: int = SHOWN) -> Group:
    """Return one group of ``names()`` with up to ``limit`` tasks."""
    open_ = _open(user)
    if which == "review":
        ids, mine = _review_ids(open_, user, limit), []
    else:
        mine = _dated_ids(open_.filter(owner=user), limit, [which])
        mine += _ids(open_.filter(collaborations__user=user), limit)
        ids = []
    rows = _rows(user, {*ids, *mine})
    found = _sorted_in(_take(rows, dict.fromkeys(mine)), _take(rows, ids), limit)
    return next(one for one in found if one.id == which)


def fill(tasks: list[Task]) -> None:
    """Fetch what the lines of ``tasks`` show beside the row itself, for all in one go."""
    prefetch_related_objects(tasks, "collaborations", "label_links__label")


def has_finished_any(user: AbstractBaseUser) -> bool:
    """Return whether ``user`` has ever closed a task of theirs: done is not the same as new."""
    return Task.objects.filter(owner=user, closed_at__isnull=False).exists()


def _open(user: AbstractBaseUser) -> TaskQuerySet:
    """Return open tasks of the person's projects, in the very words of the partial indexes."""
    projects = Project.objects.visible_to(user).values_list("pk", flat=True)
    rows = Task.objects.filter(closed_at=None, archived_at=None)
    return rows if user.is_superuser else rows.filter(project__in=list(projects))


def _ids(rows: QuerySet[Task], limit: int) -> list[UUID]:
    order = (F("due_on").asc(nulls_last=True), "priority", "created_at")
    return list(rows.order_by(*order).values_list("pk", flat=True)[: limit + 1])


def _dated_ids(owned: QuerySet[Task], limit: int, which: Iterable[str] = ()) -> list[UUID]:
    """Return the ids of each dated group's first tasks, and of some that turn out not to be in it.

    The day of a task with an hour is that of who set it, at most one off the reader's.
    """
    today, day = timezone.localdate(), timedelta(days=1)
    week = today + timedelta(days=7)
    over = Q(due_on__lt=today) | Q(due_on__lte=today + day, due_at__lt=timezone.now())
    soon = partial(_ids, owned.filter(due_on__range=(today - day, week + day)))
    asked = {
        "overdue": partial(_ids, owned.filter(over, due_on__lte=today + day)),
        "soon": lambda limit: soon(SOON_ASKED * limit),
        "none": partial(_ids, owned.filter(due_on=None)),
        "later": partial(_ids, owned.filter(due_on__gte=week)),
    }
    wanted = {"soon" if name in ("today", "week") else name for name in which} or asked
    return [pk for name in asked if name in wanted for pk in asked[name](limit)]


def _review_ids(open_: QuerySet[Task], user: AbstractBaseUser, limit: int) -> list[UUID]:
    return _ids(open_.filter(reviewer=user, status__category=Status.Category.REVIEW), limit)


def _asked_ids(open_: QuerySet[Task], user: AbstractBaseUser) -> list[UUID]:
    """Return what ``user`` asked of others, also of nobody yet, or nobody would think of it.

    Not what was asked through a form, which stands by itself.
    """
    rows = open_.filter(requester=user, request=None)
    return _ids(rows.exclude(owner=user), ASIDE_SHOWN)


def _requested_ids(user: AbstractBaseUser) -> list[UUID]:
    rows = Task.objects.filter(requester=user, request__isnull=False).order_by("-updated_at")
    return list(rows.values_list("pk", flat=True)[: 3 * ASIDE_SHOWN])


def _rows(user: AbstractBaseUser, ids: set[UUID]) -> dict[UUID, Task]:
    rows = Task.objects.visible_to(user).filter(pk__in=ids).with_row()
    return {task.pk: task for task in rows.select_related("reviewer", "request")}


def _take(rows: dict[UUID, Task], ids: Iterable[UUID]) -> list[Task]:
    """Return the open tasks among ``ids``; a new request is nobody's work yet."""
    return [rows[pk] for pk in ids if pk in rows and rows[pk].status.is_open]


def _sorted_in(mine: list[Task], review: list[Task], limit: int) -> list[Group]:
    found: dict[str, list[Task]] = {which: [] for which in names()}
    for task in mine:
        found[group_of(task)].append(task)
    found["review"] = review
    return [
        bounded(which, name, sorted(found[which], key=pressing), limit)
        for which, name in names().items()
    ]


def _is_with_reviewer(task: Task, user: AbstractBaseUser) -> bool:
    in_review = task.status.category == Status.Category.REVIEW
    return in_review and task.owner_id == user.pk and task.reviewer_id not in (None, user.pk)

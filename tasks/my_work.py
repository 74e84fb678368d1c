"""What one person has to do, in bounded lists: the same number of queries for 10 and 1,000."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tasks import history, permissions
from tasks.models import Activity, Status, Task
from tasks.models.task_queries import TaskQuerySet

SHOWN = 50
ALL_SHOWN = 500
ASIDE_SHOWN = 10
RECENT_SHOWN = 8


@dataclass(frozen=True)
class Group:
    """Some of a person's open tasks, soonest and most urgent first."""

    id: str
    name: str
    tasks: list[Task]
    more: bool  # there are further ones, not fetched

    @property
    def count(self) -> str:
        """Return how many there are: "3", or "50+" when more than were fetched."""
        return f"{len(self.tasks)}+" if self.more else str(len(self.tasks))


def names() -> dict[str, str]:
    """Return the groups' ids and names, in the order of the page."""
    return {
        "overdue": _("Overdue"),
        "today": _("Today"),
        "week": _("Next 7 days"),
        "later": _("Later or no date"),
    }


def group(user: AbstractBaseUser, which: str, limit: int = SHOWN) -> Group:
    """Return one group of ``names()`` with up to ``limit`` tasks."""
    rows = _mine(user).filter(_when(which))
    rows = rows.order_by(F("due_on").asc(nulls_last=True), "priority", "created_at")
    tasks = list(rows[: limit + 1])
    return Group(which, names()[which], tasks[:limit], len(tasks) > limit)


def group_of(task: Task) -> str:
    """Return the id of the group an open ``task`` stands in."""
    days = (task.due_on - timezone.localdate()).days if task.due_on else 8
    if days < 0:
        return "overdue"
    return "today" if days == 0 else "week" if days <= 7 else "later"


def groups(user: AbstractBaseUser) -> list[Group]:
    return [group(user, which) for which in names()]


def waiting(user: AbstractBaseUser) -> Group:
    """Return what ``user`` asked for and others have to do, or still have to accept."""
    with_others = Q(status__category__in=Status.OPEN, owner__isnull=False) & ~Q(owner=user)
    asked = with_others | Q(status__category=Status.Category.TRIAGE)
    rows = Task.objects.visible_to(user).filter(asked, requester=user).with_row()
    tasks = list(rows.order_by(F("due_on").asc(nulls_last=True), "priority")[: ASIDE_SHOWN + 1])
    return Group("waiting", _("Waiting for others"), tasks[:ASIDE_SHOWN], len(tasks) > ASIDE_SHOWN)


def requests(user: AbstractBaseUser) -> Group:
    """Return the oldest new requests that ``user`` may accept or decline."""
    mine = permissions.projects_where(user, permissions.TRIAGE).values("pk")
    rows = Task.objects.in_triage().filter(project__in=mine).with_row().select_related("request")
    tasks = list(rows.order_by("created_at")[: ASIDE_SHOWN + 1])
    return Group("requests", _("New requests"), tasks[:ASIDE_SHOWN], len(tasks) > ASIDE_SHOWN)


def recent(user: AbstractBaseUser) -> list[history.Entry]:
    """Return what others did lately to the tasks ``user`` owns or asked for, newest first."""
    concerned = Task.objects.visible_to(user).filter(Q(owner=user) | Q(requester=user))
    concerned = concerned.order_by("-updated_at").values("pk")[:100]
    rows = Activity.objects.filter(task__in=concerned).exclude(actor=user)
    rows = history.readable_anywhere(rows, user)
    rows = rows.select_related("actor", "task__project", "comment").order_by(
        "-created_at", "-change_id"
    )
    return history.entries(rows[: RECENT_SHOWN * 3])[:RECENT_SHOWN]


def _mine(user: AbstractBaseUser) -> TaskQuerySet:
    return Task.objects.visible_to(user).open().filter(owner=user).with_row()


def _when(which: str) -> Q:
    today = timezone.localdate()
    week = today + timedelta(days=7)
    return {
        "overdue": Q(due_on__lt=today),
        "today": Q(due_on=today),
        "week": Q(due_on__gt=today, due_on__lte=week),
        "later": Q(due_on__gt=week) | Q(due_on=None),
    }[which]

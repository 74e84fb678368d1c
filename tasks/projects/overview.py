"""How a project is doing: counts over days and weeks, each by one bounded query.

Everything counts the tasks that count towards progress: neither in triage nor cancelled.
Weeks and days are those of the time zone and the language of who looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from statistics import median

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.formats import date_format, get_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tasks import permissions
from tasks.detail import history
from tasks.models import Activity, Project, Status, Task
from tasks.models.task_queries import TaskQuerySet

WEEKS, BURN_UP_WEEKS = 8, 12
PACE_WEEKS = 4
LEAD_DAYS, LEAD_SAMPLE = 90, 1000
DUE_COUNTED = 200
NEXT_SHOWN = 6
RECENT_SHOWN, RECENT_TASKS = 8, 30
SHARED = (
    Status.Category.DONE,
    Status.Category.DOING,
    Status.Category.REVIEW,
    Status.Category.TODO,
    Status.Category.BACKLOG,
)


@dataclass(frozen=True)
class Week:
    start: date
    created: int
    done: int
    scope: int  # how much there was at its end, and how much of it was done
    done_by_then: int


@dataclass(frozen=True)
class Lead:
    """How long tasks take from being created to being done."""

    usual: timedelta  # half of them took no longer
    long: timedelta  # 85 of 100 took no longer
    many: int

    @property
    def usual_words(self) -> str:
        return span(self.usual)

    @property
    def long_words(self) -> str:
        return span(self.long)


@dataclass(frozen=True)
class Due:
    """How many are late, and how many are due in the next seven days: "3", or "200+"."""

    overdue: str
    soon: str


def weeks(project: Project) -> list[Week]:
    """Return the last twelve weeks, oldest first; the last is the one that goes on."""
    starts = week_starts(timezone.localdate(), BURN_UP_WEEKS)
    since = timezone.make_aware(datetime.combine(starts[0], time()))
    counting = _counting(project)
    created = _a_week(counting.filter(created_at__gte=since), "created_at", starts)
    done = _a_week(counting.filter(completed_at__gte=since), "completed_at", starts)
    scope_before = project.total_count - sum(created)
    done_before = project.done_count - sum(done)
    scopes = accumulate(created, initial=scope_before)
    dones = accumulate(done, initial=done_before)
    rows = zip(starts, created, done, list(scopes)[1:], list(dones)[1:], strict=True)
    return [Week(*row) for row in rows]


def week_starts(today: date, many: int) -> list[date]:
    """Return the first days of the last ``many`` weeks; the language says which day is first."""
    first = get_format("FIRST_DAY_OF_WEEK")  # 0 is Sunday
    begun = today - timedelta(days=(today.isoweekday() - first) % 7)
    return [begun - timedelta(weeks=n) for n in range(many - 1, -1, -1)]


def _a_week(rows: TaskQuerySet, moment: str, starts: Sequence[date]) -> list[int]:
    counts = [0] * len(starts)
    days = rows.order_by().annotate(day=TruncDate(moment)).values("day").annotate(n=Count("pk"))
    for row in days:
        week = (row["day"] - starts[0]).days // 7
        counts[min(max(week, 0), len(starts) - 1)] += row["n"]
    return counts


def _counting(project: Project) -> TaskQuerySet:
    """Return the tasks behind `Project.total_count`, without a join."""
    done = [s.pk for s in project.statuses.all() if s.is_done]
    going_on = [s.pk for s in project.statuses.all() if s.is_open]
    counts = Q(status__in=done) | Q(status__in=going_on, archived_at=None)
    return Task.objects.filter(counts, project=project)


def lead_time(project: Project) -> Lead | None:
    """Return how long the latest tasks took, of ninety days and of a thousand at most."""
    since = timezone.now() - timedelta(days=LEAD_DAYS)
    rows = Task.objects.filter(project=project, completed_at__gte=since)
    moments = rows.order_by("-completed_at").values_list("created_at", "completed_at")
    took = sorted(done - created for created, done in moments[:LEAD_SAMPLE])
    if not took:
        return None
    return Lead(median(took), took[-(-len(took) * 85 // 100) - 1], len(took))


def span(length: timedelta) -> str:
    """Return a length of time in one round number: "6 days", "3 hours"."""
    hours = length.total_seconds() / 3600
    if hours < 1:
        return _("Under an hour")
    if hours < 36:
        return ngettext("%(n)d hour", "%(n)d hours", round(hours)) % {"n": round(hours)}
    days = round(hours / 24)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def due(project: Project, user: AbstractBaseUser) -> Due:
    now, today = timezone.now(), timezone.localdate()
    rows = _open(project, user).filter(due_on__lte=today + timedelta(days=7))
    dates = list(rows.order_by("due_on").values_list("due_on", "due_at")[: DUE_COUNTED + 1])
    late = sum(1 for day, moment in dates if (moment < now if moment else day < today))
    rest = len(dates) - late
    if len(dates) <= DUE_COUNTED:
        return Due(str(late), str(rest))
    return Due(f"{late}+" if not rest else str(late), f"{rest}+")


def due_next(project: Project, user: AbstractBaseUser) -> list[Task]:
    """Return what of the tasks ``user`` sees is due from today on, the soonest first."""
    rows = _open(project, user).filter(due_on__gte=timezone.localdate())
    rows = rows.with_row().with_labels().prefetch_related("collaborations")
    return list(rows.order_by("due_on", "priority", "pk")[:NEXT_SHOWN])


def _open(project: Project, user: AbstractBaseUser) -> TaskQuerySet:
    rows = permissions.tasks_in(project, user)
    ended = [s.pk for s in project.statuses.all() if s.is_ended]
    # `closed_at` is what the index knows; the statuses are what is right after a change of kind.
    return rows.filter(closed_at=None, archived_at=None).exclude(status__in=ended)


def recent(project: Project, user: AbstractBaseUser) -> list[history.Entry]:
    """Return what happened lately to the tasks changed last, newest first.

    A change of many is one of it; then what came before is looked for at the other tasks.
    """
    tasks = permissions.tasks_in(project, user).filter(archived_at=None)
    found = _recent(project, user, tasks, tasks)
    at_once = [entry.activity.change_id for entry in found if entry.many]
    if at_once and len(found) < RECENT_SHOWN:
        changed = Activity.objects.filter(change_id__in=at_once).values("task")
        found += _recent(project, user, tasks.exclude(pk__in=changed), tasks)
    once = {(entry.activity.change_id, entry.activity.pk): entry for entry in found}
    newest = sorted(once.values(), key=lambda entry: entry.activity.created_at, reverse=True)
    return newest[:RECENT_SHOWN]


def _recent(
    project: Project, user: AbstractBaseUser, tasks: TaskQuerySet, visible: TaskQuerySet
) -> list[history.Entry]:
    latest = tasks.order_by("-updated_at", "-pk").values_list("pk", flat=True)[:RECENT_TASKS]
    rows = history.readable(Activity.objects.filter(task__in=list(latest)), user, project)
    rows = rows.select_related("actor", "task__project", "comment")
    rows = rows.order_by("-created_at", "-change_id")[: RECENT_SHOWN * 4]
    return history.gathered(rows, visible)


def shares(project: Project) -> list[tuple[Status, int]]:
    """Return the statuses that count towards progress, what is done first, and their counts."""
    rows = [
        (status, status.task_count + (status.archived_count if status.is_done else 0))
        for status in project.statuses.all()
        if status.is_done or status.is_open
    ]
    return sorted(rows, key=lambda row: SHARED.index(row[0].category))


def outlook(found: Sequence[Week], left: int) -> str:
    """Return when what is open will be done, at the pace of the last four weeks."""
    if not left:
        return _("All of it is done.")
    done = sum(week.done for week in found[-PACE_WEEKS:])
    if not done:
        return _("Nothing was done in the last four weeks.")
    needed = left * PACE_WEEKS / done
    if needed > 52:
        return _("At the pace of the last four weeks, what is open now takes more than a year.")
    day = timezone.localdate() + timedelta(weeks=needed)
    words = {
        0: _("early in %(month)s"),
        1: _("in the middle of %(month)s"),
        2: _("late in %(month)s"),
    }
    when = words[min((day.day - 1) // 10, 2)] % {"month": date_format(day, "F")}
    return _("At the pace of the last four weeks, what is open now is done %(when)s.") % {
        "when": when
    }

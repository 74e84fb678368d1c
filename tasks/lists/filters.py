"""Which tasks of a project somebody wants to see, as the address of a list or board says it.

    show=open|done|all                status=<id or category>    owner=me|nobody|<id>
    with=me|<id>   reviewer=…         requester=me|<id>          label=none|<id or name>
    priority=urgent|high|normal|low   due=overdue|today|week|none    due_from=, due_to=<date>
    blocked=yes    files=yes          archived=yes               q=<words>

Several values of one name mean any of them; several names mean all of them. Names that are not
in this list are not looked at: nothing of the address reaches the ORM as a look-up. A value
that means nothing here is left out, and the page says so.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks import permissions
from tasks.models import Collaborator, Label, Membership, Project, Status, Task, TaskLabel
from tasks.models.task_queries import TaskQuerySet
from tasks.search.find import matching

SHOWS = ("open", "done", "all")
SHOWN = {"open": Status.OPEN, "done": (Status.Category.DONE,)}  # the categories of each but "all"
VALUES = 30  # of one name; an address with more has been made by a program
WORDS, WORDS_LENGTH = 10, 200
WEEK = timedelta(days=7)
NAMES = {
    "status": gettext_lazy("Status"),
    "owner": gettext_lazy("Owner"),
    "with": gettext_lazy("Helped by"),
    "reviewer": gettext_lazy("Reviewer"),
    "requester": gettext_lazy("Asked for by"),
    "label": gettext_lazy("Label"),
    "priority": gettext_lazy("Priority"),
    "due": gettext_lazy("Due"),
    "due_from": gettext_lazy("Due from"),
    "due_to": gettext_lazy("Due by"),
    "blocked": gettext_lazy("Blocked"),
    "files": gettext_lazy("With files"),
    "archived": gettext_lazy("Archived"),
}
DATES = ("due_from", "due_to")
SWITCHES = {
    "blocked": Q(blocker_count__gt=0),
    "files": Q(attachment_count__gt=0),
    "archived": Q(archived_at__isnull=False),
}
PRIORITIES = {priority.name.lower(): priority for priority in Task.Priority}


@dataclass(frozen=True)
class Term:
    """One value of one name: how it stands in the address, in words, and what it selects."""

    name: str
    value: str
    words: str
    where: Q = field(compare=False)  # comparing it would run the queries in it

    @property
    def title(self) -> str:
        """Return what its chip says: "Owner: Mei-Ling Chan", "Blocked"."""
        name = str(NAMES[self.name])
        return f"{name}: {self.words}" if self.words else name


@dataclass(frozen=True)
class Chip:
    words: str
    query: str  # the address without it


@dataclass(frozen=True)
class Filters:
    """Read with `parse`; every condition of it is ours, whatever the address said."""

    project: Project
    show: str = "open"
    words: str = ""  # the text somebody looks for
    terms: tuple[Term, ...] = ()
    unknown: tuple[str, ...] = ()  # names of which a value was left out
    user: AbstractBaseUser | None = field(default=None, compare=False, kw_only=True)
    shows: bool = field(default=True, kw_only=True)  # a board shows its columns, whatever `show`

    def apply(self, tasks: TaskQuerySet) -> TaskQuerySet:
        """Narrow ``tasks``, which are of this project: see `permissions.tasks_in`."""
        names = {term.name: Q() for term in self.terms}
        for term in self.terms:
            # The two ends of a span of days belong together; else any value will do.
            names[term.name] |= term.where
        due = self._due(names)
        tasks = tasks.filter(*names.values(), *due)
        if "archived" not in self.values:
            tasks = tasks.filter(archived_at=None)
        if "status" not in self.values and self.shows and self.show != "all":
            tasks = tasks.filter(status__in=self._shown())
        return tasks.filter(self._looked_for()) if self.words else tasks

    def _due(self, names: dict[str, Q]) -> list[Q]:
        """Return the conditions on the due date: the words, or the span, whichever fits."""
        parts = {name: names.pop(name, None) for name in ("due", *DATES)}
        span = Q()
        for name in DATES:
            span &= parts[name] or Q()
        either = [part for part in (parts["due"], span) if part]
        return [either[0] | either[-1]] if either else []

    def _shown(self) -> list[UUID]:
        shown = SHOWN[self.show]
        return [s.pk for s in self.project.statuses.all() if s.category in shown]

    def _looked_for(self) -> Q:
        """Return the condition that the title has every word, or that the search finds it."""
        in_title = Q(*(_contains(word) for word in self.words.split()[:WORDS]))
        if self.user is None:
            return in_title
        return in_title | Q(pk__in=matching(self.user, self.words, self.project))

    @cached_property
    def values(self) -> dict[str, list[str]]:
        """Return the values that count by name, for the boxes of the form."""
        found: dict[str, list[str]] = {}
        for term in self.terms:
            found.setdefault(term.name, []).append(term.value)
        return found

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Return the address of exactly these filters as names and values."""
        pairs = [] if self.show == "open" else [("show", self.show)]
        pairs += [(term.name, term.value) for term in self.terms]
        return pairs + ([("q", self.words)] if self.words else [])

    @property
    def query(self) -> str:
        """Return the address of exactly these filters, always in the same order."""
        return encode(self.pairs)

    @property
    def chips(self) -> list[Chip]:
        """Return each filter in words, with the address that is left without it."""
        return self.chips_with([])

    def chips_with(self, more: list[tuple[str, str]]) -> list[Chip]:
        """Return the `chips` of a page whose address says ``more`` than the filters."""
        pairs = [*self.pairs, *more]
        words = {(term.name, term.value): term.title for term in self.terms}
        if self.words:
            words["q", self.words] = _("Contains “%(words)s”") % {"words": self.words}
        return [
            Chip(title, encode(pair for pair in pairs if pair != gone))
            for gone, title in words.items()
        ]

    @property
    def is_narrow(self) -> bool:
        """Return whether more than `show` is asked for."""
        return bool(self.terms or self.words)


def encode(pairs: Iterable[tuple[str, str]]) -> str:
    query = QueryDict(mutable=True)
    for name, value in pairs:
        query.appendlist(name, value)
    return query.urlencode()


def parse(query: QueryDict, *, project: Project, user: AbstractBaseUser) -> Filters:
    """Read the filters of an address. Never raises: what means nothing is in `unknown`.

    ``project`` has its statuses at hand. Asks for labels or people only when some are named.
    """
    reader = _Reader(project, user)
    terms, unknown = [], []
    for name in NAMES:
        values = list(dict.fromkeys(value for value in query.getlist(name) if value))
        read = [reader.term(name, value) for value in values[:VALUES]]
        terms += dict.fromkeys(term for term in read if term)
        if None in read or len(values) > VALUES:
            unknown.append(name)
    show = query.get("show", "") or "open"
    if show not in SHOWS:
        show, unknown = "open", [*unknown, "show"]
    words = " ".join(query.get("q", "").replace("\x00", "")[:WORDS_LENGTH].split())
    return Filters(project, show, words, tuple(terms), tuple(unknown), user=user)


def _contains(word: str) -> Q:
    """Return the condition that the title has ``word``, or that it is the task's key."""
    found = Q(title__icontains=word)
    number = word.rpartition("-")[2]
    if number.isascii() and number.isdigit() and len(number) <= 9:
        found |= Q(number=int(number))
    return found


@dataclass
class _Reader:
    """Reads one value after the other, and what they may name at most once."""

    project: Project
    user: AbstractBaseUser

    def term(self, name: str, value: str) -> Term | None:
        if name in SWITCHES:
            return Term(name, "yes", "", SWITCHES[name]) if value == "yes" else None
        if name in PEOPLE:
            return self._person(name, value)
        return self._READERS[name](self, name, value)

    def _status(self, name: str, value: str) -> Term | None:
        for status in self.project.statuses.all():
            if str(status.pk) == value and not status.is_triage:
                return Term(name, value, status.name, Q(status=status.pk))
        rows = [s for s in self.project.statuses.all() if s.category == value and not s.is_triage]
        if not rows:
            return None
        words = rows[0].name if len(rows) == 1 else rows[0].get_category_display()
        return Term(name, value, words, Q(status__in=[row.pk for row in rows]))

    def _person(self, name: str, value: str) -> Term | None:
        nobody, where = PEOPLE[name]
        if value == "nobody" and nobody:
            return Term(name, value, _("Nobody"), nobody)
        if value == "me":
            return Term(name, value, _("me"), where(self.user.pk))
        person = self._people.get(value)
        return Term(name, value, str(person), where(person.pk)) if person else None

    def _label(self, name: str, value: str) -> Term | None:
        if value == "none":
            return Term(name, value, _("None"), ~Q(pk__in=_labelled(self._labels)))
        for label in self._labels:
            if value in (str(label.pk), label.name) or value.casefold() == label.name.casefold():
                return Term(name, str(label.pk), label.name, Q(pk__in=_labelled([label])))
        return None

    def _priority(self, name: str, value: str) -> Term | None:
        priority = PRIORITIES.get(value)
        return priority and Term(name, value, str(priority.label), Q(priority=priority))

    def _due(self, name: str, value: str) -> Term | None:
        found = due_words().get(value)
        return found and Term(name, value, found[0], found[1])

    def _date(self, name: str, value: str) -> Term | None:
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return None
        where = Q(due_on__gte=day) if name == "due_from" else Q(due_on__lte=day)
        return Term(name, day.isoformat(), date_format(day, "DAY_AND_YEAR"), where)

    _READERS = {
        "status": _status,
        "label": _label,
        "priority": _priority,
        "due": _due,
        "due_from": _date,
        "due_to": _date,
    }

    @cached_property
    def _labels(self) -> list[Label]:
        return list(self.project.labels.all())

    @cached_property
    def _people(self) -> dict[str, AbstractBaseUser]:
        return {str(person.pk): person for person in people(self.project)}


def people(project: Project) -> list[AbstractBaseUser]:
    """Return whom a filter may name: everybody with a place in the project."""
    return list(permissions.people(project, list(Membership.Role)))


def _labelled(labels: list[Label]) -> Any:
    return TaskLabel.objects.filter(label__in=[label.pk for label in labels]).values("task_id")


def _helped_by(pk: UUID) -> Q:
    return Q(pk__in=Collaborator.objects.filter(user=pk).values("task_id"))


# By name: the condition for nobody, if it has one, and the condition for a person's id.
PEOPLE: dict[str, tuple[Q | None, Callable[[UUID], Q]]] = {
    "owner": (Q(owner=None), lambda pk: Q(owner=pk)),
    "with": (None, _helped_by),
    "reviewer": (Q(reviewer=None), lambda pk: Q(reviewer=pk)),
    "requester": (None, lambda pk: Q(requester=pk)),
}


def due_words() -> dict[str, tuple[str, Q]]:
    """Return what `due` may say, in words and as a condition, for the reader's today."""
    today = timezone.localdate()
    begins, ends = _midnight(today), _midnight(today + timedelta(days=1))
    timed_today = Q(due_at__gte=begins, due_at__lt=ends)
    late = Q(due_at=None, due_on__lt=today) | Q(due_at__lt=timezone.now())
    return {
        "overdue": (_("overdue"), late & Q(closed_at=None)),
        "today": (_("today"), Q(due_at=None, due_on=today) | timed_today),
        "week": (_("in the next 7 days"), Q(due_on__gte=today, due_on__lte=today + WEEK)),
        "none": (_("no date"), Q(due_on=None)),
    }


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))

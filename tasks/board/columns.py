"""Columns: the statuses of a project with the first cards of each.

An open column stands in the order people gave it. What has ended stands last finished
first, and of that only the last fortnight, until somebody asks for older ones.
"""

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tasks import permissions
from tasks.board.cards import Card, Printer
from tasks.models import Project, Status, Task
from tasks.models.task_queries import TaskQuerySet

PAGE = 20  # cards of each column at first
MORE = 50  # cards that "Show more" brings
RECENT = timedelta(days=14)
COUNTED = 200  # as far down a column as a place is counted


@dataclass
class Column:
    status: Status
    cards: list[Card] = field(default_factory=list)
    next: str = ""  # where "Show more" goes on; "" when all is shown
    total: int | None = None  # None: a kept counter does not tell what this reader sees
    shown: int = 0  # with the pages before
    older: bool = False  # what is left ended more than a fortnight ago

    @property
    def shown_around(self) -> tuple[Any, ...]:
        """Return all that stands around the cards."""
        status = self.status
        look = status.pk, status.name, status.icon, status.hue, status.is_ended
        limit = status.wip_limit, self.at_limit, status.over_limit
        return *look, *limit, self.count, self.next, self.shown, self.more

    @property
    def count(self) -> str:
        """Return how many tasks stand here, as far as it is known: "4", "20+"."""
        if self.total is None or self.status.is_ended:
            return f"{self.shown}+" if self.next and not self.older else str(self.shown)
        return str(self.total)

    @property
    def at_limit(self) -> bool:
        return self.status.at_limit and not self.status.is_ended

    @property
    def more(self) -> str:
        """Return what the link to the rest says."""
        if self.older:
            return _("Show older")
        left = (self.total or 0) - self.shown
        if left <= 0:
            return _("Show more")
        number = min(left, MORE)
        return ngettext("Show %(n)d more", "Show %(n)d more", number) % {"n": number}


def columns(
    project: Project,
    user: AbstractBaseUser,
    tasks: Callable[[], TaskQuerySet],
    *,
    counted: bool,
) -> list[Column]:
    """Return all columns with their first cards, chosen from ``tasks``. One query.

    ``counted``: whether these are all that stand in a status, so that its counter tells.
    """
    statuses = board_statuses(project)
    cards = defaultdict(list)
    for card in Printer(project, user).cards(
        statuses, lambda status: ordered(tasks(), status)[: PAGE + 1], alike=counted
    ):
        cards[card.status_id].append(card)
    found = []
    for status in statuses:
        mine = in_order(status, cards[status.pk])
        total = status.task_count if counted else None
        found.append(filled(Column(status, total=total), mine, PAGE, recent=True))
    return found


def column_after(
    column: Column, user: AbstractBaseUser, tasks: TaskQuerySet, place: str, shown: int
) -> Column:
    """Fill ``column`` with the cards that come behind ``place``. Raises Http404 for no place."""
    status = column.status
    rows = behind(ordered(tasks, status), status, place)[: MORE + 1]
    cards = in_order(status, Printer(status.project, user).cards([status], lambda status: rows))
    column.shown = shown
    filled(column, cards, MORE, recent=False)
    for card in column.cards[:1]:
        card.focus = True
    return column


def board_statuses(project: Project) -> list[Status]:
    """Return the columns: all statuses but those of new requests."""
    return [status for status in project.statuses.all() if not status.is_triage]


def filled(column: Column, cards: list[Card], page: int, *, recent: bool) -> Column:
    since = timezone.now() - RECENT
    shown = cards[:page]
    if recent and column.status.is_ended:
        shown = [card for card in shown if card.closed_at and card.closed_at >= since]
    column.cards = shown
    column.shown += len(shown)
    if len(cards) > len(shown):
        column.older = recent and len(shown) < page and column.status.is_ended
        column.next = cursor(column.status, shown[-1] if shown else None) or FIRST
    return column


FIRST = "first"  # the place above a column's first card


def ordered(tasks: TaskQuerySet, status: Status) -> TaskQuerySet:
    rows = tasks.filter(status=status, archived_at=None)
    if status.is_ended:
        return rows.filter(closed_at__isnull=False).order_by("-closed_at", "-pk")
    return rows.order_by("position", "pk")


def recent(rows: TaskQuerySet, status: Status) -> TaskQuerySet:
    """Return of a column's ``rows`` those that a board shows at first."""
    since = timezone.now() - RECENT
    return rows.filter(closed_at__gte=since) if status.is_ended else rows


def in_order(status: Status, cards: list[Card]) -> list[Card]:
    if status.is_ended:
        ended = [card for card in cards if card.closed_at]
        return sorted(ended, key=lambda card: (card.closed_at, card.pk), reverse=True)
    return sorted(cards, key=lambda card: (card.position, card.pk))


def cursor(status: Status, card: Card | None) -> str:
    """Return the place of ``card`` for `?after=`."""
    if card is None:
        return ""
    value = card.closed_at.isoformat() if status.is_ended else repr(card.position)
    return f"{value}_{card.pk}"


def behind(rows: TaskQuerySet, status: Status, place: str) -> TaskQuerySet:
    """Return of ``rows`` those behind ``place``.

    `a >= x AND (a > x OR id > y)` lets the index start there, on any page.
    """
    if place == FIRST:
        return rows
    value, _sep, pk = place.rpartition("_")
    try:
        last = UUID(pk)
        at = _moment(value) if status.is_ended else _number(value)
    except ValueError as error:
        raise Http404 from error
    if status.is_ended:
        return rows.filter(Q(closed_at__lt=at) | Q(pk__lt=last), closed_at__lte=at)
    return rows.filter(Q(position__gt=at) | Q(pk__gt=last), position__gte=at)


def _number(text: str) -> float:
    at = float(text)
    if not math.isfinite(at):
        raise ValueError(text)
    return at


def _moment(text: str) -> datetime:
    at = parse_datetime(text)
    if at is None or timezone.is_naive(at):
        raise ValueError(text)
    return at


@dataclass(frozen=True)
class Place:
    """Where a card stands: its number from the top, of how many, and the task above it."""

    number: int | None  # None: further down than is counted
    of: int | None
    above: str  # a key, "" at the top


def place_of(task: Task, user: AbstractBaseUser) -> Place:
    """Return where ``task`` stands among what ``user`` sees of its column."""
    project, status = task.project, task.status
    column = ordered(permissions.tasks_in(project, user, by_status=True), status)
    if status.is_ended:
        before = column.filter(
            Q(closed_at__gt=task.closed_at) | Q(pk__gt=task.pk), closed_at__gte=task.closed_at
        )
    else:
        before = column.filter(
            Q(position__lt=task.position) | Q(pk__lt=task.pk), position__lte=task.position
        )
    before = before.exclude(pk=task.pk)
    above = before.reverse().values_list("number", flat=True).first()
    number = before.order_by()[:COUNTED].count() + 1
    whole = permissions.VIEW_ALL in permissions.capabilities(user, project)
    if whole:
        of = Status.objects.values_list("task_count", flat=True).get(pk=status.pk)
    else:
        of = column.order_by()[: COUNTED + 1].count()
    return Place(
        number if number <= COUNTED else None,
        of if whole or of <= COUNTED else None,
        f"{project.key}-{above}" if above else "",
    )

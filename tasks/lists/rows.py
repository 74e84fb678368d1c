"""Lines of a list, ready to print.

A page prints dozens of them, and few have changed since the page before. So a line is read as
plain values, and its HTML is kept by all of them: a change of anything makes another line. What
has to be made is put together from cells that are kept too, as most stand in other lines: a
status, an owner's picture, a day. Templates say how it looks.
"""

import json
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import router
from django.db.models import OuterRef, Subquery, TextField
from django.db.models.functions import Cast, JSONObject
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from portal.json_list import JSONList
from portal.mould import Mould, kept, slot
from portal.written import Alike, Statement
from tasks import permissions
from tasks.models import Project, Request, Task, TaskLabel
from tasks.models.task_queries import TaskQuerySet


def _who(person: AbstractBaseUser | None) -> tuple[Any, ...] | None:
    return person and (person.pk, person.display_name, person.email, person.avatar.name)


def _due(task: Task) -> tuple[Any, ...]:
    return task.due_on, task.due_at, task.due_at and _minute(), task.status.is_ended


def _minute() -> datetime:
    """Return the time to the minute: what is due at an hour is overdue from one to the next."""
    return timezone.now().replace(second=0, microsecond=0)


# What a cell is rendered from. Two tasks that are alike in this have the same cell.
CELLS: dict[str, Callable[[Task], Any]] = {
    "status": attrgetter("status.name", "status.icon", "status.hue"),
    "priority": attrgetter("priority"),
    "owner": lambda task: _who(task.owner),
    "reviewer": lambda task: _who(task.reviewer),
    "requester": attrgetter("asked_by"),
    "start": attrgetter("start_on"),
    "due": _due,
}
MOMENTS = {"created": "created_at", "changed": "updated_at"}
CELLS |= {column: attrgetter(name) for column, name in MOMENTS.items()}
COUNTERS = attrgetter(
    *("is_blocked", "checklist_done", "checklist_count", "subtask_done", "subtask_count"),
    "attachment_count",
)
LINE, HEADING = "components/task_table_row.html", "components/task_table_heading.html"
CELL, META = "components/task_cell.html", "components/task_meta.html"
SLOTS = ("pk", "key", "url", "title", "meta", "cells")  # what differs in each line
# What is read of each task; and of the people and the request that some columns show.
OWN = (
    *("id", "number", "title", "status_id", "priority", "owner_id", "start_on", "due_on"),
    *("due_at", "checklist_count", "checklist_done", "subtask_count", "subtask_done"),
    *("blocker_count", "comment_count", "team_comment_count", "attachment_count"),
    *("created_at", "updated_at"),
)
STATUS, DUE_AT = OWN.index("status_id"), OWN.index("due_at")
PERSON = ("display_name", "email", "avatar")  # what a person's cell shows
LINKED = {
    "owner": [f"owner__{name}" for name in PERSON],  # always: lists are grouped by it too
    "reviewer": ["reviewer_id", *(f"reviewer__{name}" for name in PERSON)],
    "requester": [
        *("requester_id", "request_id", "request__name"),
        *(f"requester__{name}" for name in PERSON),
    ],
}

PEOPLE = {f"{who}_id" for who in LINKED}
_alike = Alike()


@dataclass(frozen=True)
class Like:
    """What a list's query depends on: ids, and all else as ``kind``. See `portal.written`."""

    kind: Hashable
    ids: list[UUID]


@dataclass(frozen=True, eq=False)
class Row:
    """A line: the values that were read of a task, and the heading it stands under, if it is
    the first below it."""

    printer: "Printer"
    values: tuple[Any, ...]
    heading: str = ""
    below: int | None = None  # how many tasks stand under the heading, on all pages

    @cached_property
    def task(self) -> Task:
        """Return the task with what was read of it. Most lines are printed without."""
        return self.printer.task_of(self.values)

    @property
    def comments(self) -> int:
        """Return how many comments the reader may read."""
        team = self.task.team_comment_count if self.printer.internal else 0
        return self.task.comment_count + team


class Printer:
    """Reads and prints tasks of one project for one reader."""

    def __init__(
        self,
        project: Project,
        user: AbstractBaseUser,
        columns: Iterable[str],
        sorted_by: Iterable[str] = (),
    ) -> None:
        """``sorted_by`` are the names that the query gives to what it sorts by."""
        self.project, self.user, self.columns = project, user, tuple(columns)
        self.statuses = {status.pk: status for status in project.statuses.all()}
        self.internal = permissions.may(user, permissions.INTERNAL, project)
        self.selectable = permissions.may(user, permissions.BULK, project)
        self.address = reverse("tasks:detail", args=[f"{project.key}-1"]).removesuffix("1/")
        # How names and days are written: part of what each piece is made of.
        self.reading = (get_language(), timezone.get_current_timezone_name(), timezone.localdate())
        self.now, self.minute = timezone.now(), _minute()
        linked = [LINKED[who] for who in LINKED if who == "owner" or who in self.columns]
        self.sorted_by = tuple(sorted_by)
        self.names = (*OWN, *chain.from_iterable(linked), *self.sorted_by, "label_list")
        # What a line shows beside the values of its task: the same for all, and see `_known`.
        self.around = (*self.reading, project.key, self.columns, self.internal, self.selectable)
        self.looks = {
            status.pk: (status.name, status.icon, status.hue, status.category)
            for status in self.statuses.values()
        }
        self.moments = [OWN.index(MOMENTS[name]) for name in self.columns if name in MOMENTS]
        self._moulds: dict[tuple[bool, bool], Mould] = {}

    def read(self, build: Callable[[], TaskQuerySet], limit: int, like: Like | None) -> list[Row]:
        """Return the first of the tasks that ``build`` asks for. One query.

        ``like`` names what the query depends on, where that is little: see `portal.written`.
        """

        def write() -> Statement | None:
            tasks = build().annotate(label_list=_labels())
            return Statement.of(tasks.values_list(*self.names)[:limit])

        if like is not None:
            rows = _alike.rows((like.kind, self.columns, limit), like.ids, write)
        else:
            statement = write()
            rows = statement.rows() if statement else []
        return [Row(self, values) for values in rows]

    def html(self, row: Row, *, focus: bool = False) -> SafeString:
        """Return the line; ``focus``: with the focus, as one just loaded."""
        known = ("line", self.around, self._known(row.values), focus, row.values)
        return kept(known, lambda: self._line(row.task, row.comments, focus=focus))

    def _known(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return what a line shows of its status, and what the clock changes in it."""
        ages = [self._age(values[place]) for place in self.moments]
        return self.looks[values[STATUS]], *ages, values[DUE_AT] and self.minute

    def _line(self, task: Task, comments: int, *, focus: bool) -> str:
        return self._mould(task.status.is_done, focus).filled(
            pk=str(task.pk),
            key=f"{self.project.key}-{task.number}",
            url=f"{self.address}{task.number}/",
            title=escape(task.title),
            meta=self._meta_of(task, comments),
            cells="".join(self._cell_of(column, task) for column in self.columns),
        )

    def _mould(self, ended: bool, focus: bool) -> Mould:
        if (ended, focus) not in self._moulds:
            row = {**{name: slot(name) for name in SLOTS}, "ended": ended}
            context = {"row": row, "may_bulk": self.selectable, "focus": focus}
            self._moulds[ended, focus] = Mould(LINE, context)
        return self._moulds[ended, focus]

    def task_of(self, values: tuple[Any, ...]) -> Task:
        """Return the task that these values were read of."""
        named = dict(zip(self.names, values, strict=True))
        fields = [f.attname for f in Task._meta.concrete_fields if f.attname in named]
        task = Task.from_db(router.db_for_read(Task), fields, [named[name] for name in fields])
        task.project, task.status = self.project, self.statuses[task.status_id]
        for who in PEOPLE & named.keys():
            setattr(task, who.removesuffix("_id"), self._person(named, who.removesuffix("_id")))
        if "request_id" in named:
            name = named["request__name"]
            task.request = Request(pk=task.request_id, name=name) if task.request_id else None
        for name in (*self.sorted_by, "label_list"):
            setattr(task, name, named[name])
        return task

    @staticmethod
    def _person(named: dict[str, Any], who: str) -> AbstractBaseUser | None:
        pk = named[f"{who}_id"]
        shown = {name: named[f"{who}__{name}"] for name in PERSON}
        return get_user_model()(pk=pk, **shown) if pk else None

    def _meta_of(self, task: Task, comments: int) -> SafeString:
        labels = sorted((one["name"], one["hue"]) for one in json.loads(task.label_list or "[]"))
        shows_priority = "priority" not in self.columns and task.stands_out
        known = (*labels, shows_priority and task.priority, comments, COUNTERS(task))
        context = {"labels": labels, "comments": comments, "shows_priority": shows_priority}
        return self._kept("meta", known, META, task=task, **context)

    def _cell_of(self, column: str, task: Task) -> SafeString:
        known = CELLS[column](task)
        if column in MOMENTS:
            known = known, self._age(known)
        return self._kept(column, known, CELL, column=column, task=task, user=self.user)

    def _age(self, moment: datetime) -> int:
        """Return how long ago that is in the words of `when`: minutes, then hours."""
        seconds = int((self.now - moment).total_seconds())
        return seconds // 60 if seconds < 3600 else 60 + seconds // 3600

    def _kept(self, what: str, known: Any, template: str, **context: Any) -> SafeString:
        return kept((*self.reading, what, known), lambda: render_to_string(template, context))


def printed(rows: list[Row], context: dict[str, Any], *, focus: bool) -> SafeString:
    """Return all lines as HTML; ``focus``: the first of them gets the focus."""
    lines = []
    for number, row in enumerate(rows):
        if row.heading:
            lines.append(
                render_to_string(HEADING, {**context, "heading": row.heading, "below": row.below})
            )
        lines.append(row.printer.html(row, focus=focus and number == 0))
    return SafeString("".join(lines))


def _labels() -> Cast:
    """Ask for names and hues of a task's labels, as the text of their JSON."""
    links = TaskLabel.objects.filter(task=OuterRef("pk")).order_by().values("task")
    every = JSONList(JSONObject(name="label__name", hue="label__hue"))
    return Cast(Subquery(links.annotate(all=every).values("all")), TextField())

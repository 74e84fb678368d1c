"""Lines of a list, ready to print.

A page prints dozens of them, and most of what stands in a line stands in others too: a
status, an owner's picture, a day. Each of those is rendered once; templates say how.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from portal.json_list import JSONList
from portal.mould import Mould, kept, slot
from tasks import permissions
from tasks.models import Project, Task, TaskLabel
from tasks.models.task_queries import TaskQuerySet


def _who(person: AbstractBaseUser | None) -> tuple[Any, ...] | None:
    return person and (person.pk, person.display_name, person.email, person.avatar.name)


def _due(task: Task) -> tuple[Any, ...]:
    # With an hour it is overdue from one minute to the next.
    minute = task.due_at and timezone.now().replace(second=0, microsecond=0)
    return task.due_on, task.due_at, minute, task.status.is_ended


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
MOMENTS = {"created": attrgetter("created_at"), "changed": attrgetter("updated_at")}
CELLS |= MOMENTS
COUNTERS = attrgetter(
    *("is_blocked", "checklist_done", "checklist_count", "subtask_done", "subtask_count"),
    "attachment_count",
)
PEOPLE = ("reviewer", "requester")  # columns of people beside the owner
NAMED = ("display_name", "email", "avatar")  # what a person's cell shows
LINE = "components/task_table_row.html"
SLOTS = ("pk", "key", "url", "title", "meta", "cells")  # what differs in each line
OWN = (
    *("number", "title", "status", "priority", "project", "owner", "reviewer", "requester"),
    *("request", "start_on", "start_at", "due_on", "due_at", "version", "checklist_count"),
    *("checklist_done", "subtask_count", "subtask_done", "blocker_count", "comment_count"),
    *("team_comment_count", "attachment_count", "closed_at", "created_at", "updated_at"),
)


@dataclass(frozen=True)
class Row:
    """A line, and the heading it stands under if it is the first below it.

    ``meta``, what stands under the title, and ``cells`` are HTML.
    """

    task: Task
    heading: str = ""
    key: str = ""
    url: str = ""
    comments: int = 0  # that the reader may read
    meta: str = ""
    cells: str = ""

    @property
    def ended(self) -> bool:
        return self.task.status.is_done

    @property
    def filling(self) -> dict[str, str]:
        """Return what differs in each line, by the names of SLOTS, as HTML."""
        return {
            "pk": str(self.task.pk),
            "key": self.key,
            "url": self.url,
            "title": escape(self.task.title),
            "meta": self.meta,
            "cells": self.cells,
        }


class Printer:
    """Reads and prints tasks of one project for one reader."""

    def __init__(self, project: Project, user: AbstractBaseUser, columns: Iterable[str]) -> None:
        self.project, self.user, self.columns = project, user, tuple(columns)
        self.statuses = {status.pk: status for status in project.statuses.all()}
        self.internal = permissions.may(user, permissions.INTERNAL, project)
        self.address = reverse("tasks:detail", args=[f"{project.key}-1"]).removesuffix("1/")
        # How names and days are written: part of what each piece is made of.
        self.reading = (get_language(), timezone.get_current_timezone_name(), timezone.localdate())
        self.now = timezone.now()
        self._cell = get_template("components/task_cell.html")
        self._meta = get_template("components/task_meta.html")

    def read(self, tasks: TaskQuerySet, limit: int) -> list[Task]:
        """Return the first of ``tasks`` with all that their lines show. One query."""
        people = {"owner", *(column for column in self.columns if column in PEOPLE)}
        joined = [f"{who}__{name}" for who in people for name in NAMED]
        if "requester" in people:
            joined.append("request__name")
        rows = tasks.select_related(*{name.partition("__")[0] for name in joined})
        rows = list(rows.only(*OWN, *joined).annotate(label_list=_labels())[:limit])
        for task in rows:
            # Known already: to join them would make two more objects of each line.
            task.project, task.status = self.project, self.statuses[task.status_id]
        return rows

    def row(self, task: Task, heading: str = "") -> Row:
        comments = task.comment_count + (task.team_comment_count if self.internal else 0)
        return Row(
            task,
            heading,
            key=f"{self.project.key}-{task.number}",
            url=f"{self.address}{task.number}/",
            comments=comments,
            meta=self._meta_of(task, comments),
            cells=SafeString("".join(self._cell_of(column, task) for column in self.columns)),
        )

    def _meta_of(self, task: Task, comments: int) -> SafeString:
        labels = sorted((label["name"], label["hue"]) for label in task.label_list or [])
        shows_priority = "priority" not in self.columns and task.stands_out
        known = (*labels, shows_priority and task.priority, comments, COUNTERS(task))
        context = {"labels": labels, "comments": comments, "shows_priority": shows_priority}
        return self._kept("meta", known, self._meta, task=task, **context)

    def _cell_of(self, column: str, task: Task) -> SafeString:
        known = CELLS[column](task)
        if column in MOMENTS:
            known = known, self._age(known)
        return self._kept(column, known, self._cell, column=column, task=task, user=self.user)

    def _age(self, moment: datetime) -> int:
        """Return how long ago that is in the words of `when`: minutes, then hours."""
        seconds = int((self.now - moment).total_seconds())
        return seconds // 60 if seconds < 3600 else 60 + seconds // 3600

    def _kept(self, what: str, known: Any, template: Any, **context: Any) -> SafeString:
        return kept((*self.reading, what, known), lambda: template.render(context))


def printed(rows: list[Row], context: dict[str, Any], *, focus: bool) -> SafeString:
    """Return all lines as HTML; ``focus``: the first of them gets the focus."""
    moulds: dict[bool, Mould] = {}
    lines = []
    for number, row in enumerate(rows):
        focused, ended = focus and number == 0, row.ended
        if row.heading or focused:
            line = {**row.filling, "heading": row.heading, "ended": ended}
            lines.append(render_to_string(LINE, {**context, "row": line, "focus": focused}))
            continue
        if ended not in moulds:
            slots = {name: slot(name) for name in SLOTS}
            moulds[ended] = Mould(LINE, {**context, "row": {**slots, "ended": ended}})
        lines.append(moulds[ended].filled(**row.filling))
    return SafeString("".join(lines))


def _labels() -> Subquery:
    links = TaskLabel.objects.filter(task=OuterRef("pk")).order_by().values("task")
    every = JSONList(JSONObject(name="label__name", hue="label__hue"))
    return Subquery(links.annotate(all=every).values("all"))

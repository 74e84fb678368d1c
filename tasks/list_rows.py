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
from django.template.loader import get_template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.json_list import JSONList
from portal.templatetags.portal_tags import full_time, iso, when
from tasks import permissions
from tasks.models import Project, Task, TaskLabel
from tasks.models.task_queries import TaskQuerySet

# What a cell is rendered from. Two tasks that are alike in this have the same cell.
CELLS: dict[str, Callable[[Task], Any]] = {
    "status": attrgetter("status_id"),
    "priority": attrgetter("priority"),
    "owner": attrgetter("owner_id"),
    "reviewer": attrgetter("reviewer_id"),
    "requester": attrgetter("requester_id", "request_id"),
    "start": attrgetter("start_on"),
    "due": attrgetter("due_on", "due_at", "status_id"),
}
MOMENTS = {"created": attrgetter("created_at"), "changed": attrgetter("updated_at")}
COUNTERS = attrgetter(
    *("is_blocked", "checklist_done", "checklist_count", "subtask_done", "subtask_count"),
    "attachment_count",
)
PEOPLE = ("reviewer", "requester")  # columns of people beside the owner
NAMED = ("display_name", "email", "avatar")  # what a person's cell shows
OWN = [field.name for field in Task._meta.concrete_fields if field.name != "body"]


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


class Printer:
    """Reads and prints tasks of one project for one reader."""

    def __init__(self, project: Project, user: AbstractBaseUser, columns: Iterable[str]) -> None:
        self.project, self.user, self.columns = project, user, tuple(columns)
        self.statuses = {status.pk: status for status in project.statuses.all()}
        self.internal = permissions.may(user, permissions.INTERNAL, project)
        self.address = reverse("tasks:detail", args=[f"{project.key}-1"]).removesuffix("1/")
        self._made: dict[tuple[Any, ...], SafeString] = {}
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
        known = ("meta", *labels, shows_priority and task.priority, comments, COUNTERS(task))
        if known not in self._made:
            context = {"task": task, "labels": labels, "comments": comments}
            self._made[known] = self._meta.render({**context, "shows_priority": shows_priority})
        return self._made[known]

    def _cell_of(self, column: str, task: Task) -> SafeString:
        if column in MOMENTS:
            return _moment(MOMENTS[column](task))
        known = (column, CELLS[column](task))
        if known not in self._made:
            context = {"column": column, "task": task, "user": self.user}
            self._made[known] = self._cell.render(context)
        return self._made[known]


def _moment(moment: datetime) -> SafeString:
    # No two lines have it in common, and five calls cost less than a template.
    return format_html(
        '<td class="text-end d-none d-xl-table-cell">'
        '<time class="ui-due" datetime="{}" title="{}">{}</time></td>',
        iso(moment),
        full_time(moment),
        when(moment),
    )


def _labels() -> Subquery:
    links = TaskLabel.objects.filter(task=OuterRef("pk")).order_by().values("task")
    every = JSONList(JSONObject(name="label__name", hue="label__hue"))
    return Subquery(links.annotate(all=every).values("all"))

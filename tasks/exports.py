"""Tasks as a spreadsheet, CSV or XLSX: one for the portal's lists and the Task desk alike.

The list is read once for its ids, sixteen bytes each; the rest follows in blocks while the
person downloads. So memory stays the same for a hundred tasks and a million, and no cursor or
transaction stays open behind a transaction pooler.
"""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import tzinfo
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Prefetch
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook

from portal.spreadsheets import safe_cell
from tasks import permissions
from tasks.models import Collaborator, Project, Task, TaskLabel
from tasks.models.task_queries import TaskQuerySet

BLOCK = 500  # tasks read at a time
FORMATS = ("xlsx", "csv")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _comments(task: Task, user: AbstractBaseUser) -> int:
    internal = permissions.may(user, permissions.INTERNAL, task)
    return task.comment_count + (task.team_comment_count if internal else 0)


def _names(rows: Iterable[Any], of: str) -> str:
    return ", ".join(str(getattr(row, of)) for row in rows)


# Two numbers for the checklist: "2/5" would become the second of May.
COLUMNS: tuple[tuple[Promise, Callable[[Task, AbstractBaseUser], Any]], ...] = (
    (_("Key"), lambda task, user: task.key),
    (_("Title"), lambda task, user: task.title),
    (_("Project"), lambda task, user: task.project.name),
    (_("Status"), lambda task, user: task.status.name),
    (_("Priority"), lambda task, user: task.get_priority_display()),
    (_("Owner"), lambda task, user: task.owner),
    (_("Helping"), lambda task, user: _names(task.collaborations.all(), "user")),
    (_("Reviewer"), lambda task, user: task.reviewer),
    (_("Asked for by"), lambda task, user: task.asked_by),
    (_("Labels"), lambda task, user: _names(task.label_links.all(), "label")),
    (_("Start"), lambda task, user: task.start_at or task.start_on),
    (_("Due"), lambda task, user: task.due_at or task.due_on),
    (_("Checklist"), lambda task, user: task.checklist_count),
    (_("Ticked off"), lambda task, user: task.checklist_done),
    (_("Comments"), _comments),
    (_("Created"), lambda task, user: task.created_at),
    (_("Changed"), lambda task, user: task.updated_at),
    (_("Done"), lambda task, user: task.completed_at),
    (_("Archived"), lambda task, user: task.archived_at),
)


def answer(
    tasks: TaskQuerySet, *, user: AbstractBaseUser, file_format: str, name: str
) -> HttpResponseBase:
    """Return ``tasks``, in their order, as a download called ``name`` and the day.

    ``tasks`` holds only what ``user`` may see; ``file_format`` is one of FORMATS.
    """
    blocks = _blocks(tasks, user)
    filename = f"{name}-{timezone.localdate().isoformat()}.{file_format}"
    if file_format == "xlsx":
        file = _workbook(blocks)
        return FileResponse(file, as_attachment=True, filename=filename, content_type=XLSX)
    return StreamingHttpResponse(
        _csv(blocks),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )


def _blocks(tasks: TaskQuerySet, user: AbstractBaseUser) -> Iterator[list[list[Any]]]:
    """Return an iterator over blocks of cells, the headings first.

    It runs when the middleware has gone, so it takes time zone and language along.
    """
    found = tasks.prefetch_related(None).values_list("pk", flat=True)
    ids = b"".join(pk.bytes for pk in found.iterator())
    projects = tasks.order_by().values("project")
    permissions.load(user, list(Project.objects.filter(pk__in=projects)))
    return _read(ids, user, timezone.get_current_timezone(), translation.get_language())


def _read(
    ids: bytes, user: AbstractBaseUser, zone: tzinfo, language: str | None
) -> Iterator[list[list[Any]]]:
    with translation.override(language):
        heads = [str(head) for head, _cell in COLUMNS]
    yield [heads]
    for start in range(0, len(ids), 16 * BLOCK):
        # Not around the yield: who reads this has a time zone of their own.
        with timezone.override(zone), translation.override(language):
            block = _block(ids[start : start + 16 * BLOCK], user)
        yield block


def _block(ids: bytes, user: AbstractBaseUser) -> list[list[Any]]:
    order = [UUID(bytes=ids[start : start + 16]) for start in range(0, len(ids), 16)]
    labels = TaskLabel.objects.select_related("label").order_by("label__name")
    helping = Collaborator.objects.select_related("user")
    rows = (
        Task.everything.filter(pk__in=order)
        .defer("body")
        .select_related("project", "status", "owner", "reviewer", "requester", "request")
        .prefetch_related(Prefetch("label_links", labels), Prefetch("collaborations", helping))
        .in_bulk()
    )
    there = (rows[pk] for pk in order if pk in rows)  # one may have been purged meanwhile
    return [[safe_cell(value(task, user)) for _head, value in COLUMNS] for task in there]


def _csv(blocks: Iterator[list[list[Any]]]) -> Iterator[str]:
    yield "\ufeff"  # else Excel takes UTF-8 for something older
    for block in blocks:
        lines = io.StringIO()
        csv.writer(lines).writerows(block)
        yield lines.getvalue()


def _workbook(blocks: Iterator[list[list[Any]]]) -> Any:
    """Return the finished file, open at its start. It lives on the disk until it is closed."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(str(_("Tasks")))
    for block in blocks:
        for row in block:
            sheet.append(row)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    workbook.save(file)
    file.seek(0)
    return file

"""A list of tasks as a spreadsheet: streamed page by page, safe to open, as its reader sees it."""

import csv
from collections.abc import Callable, Iterator
from datetime import tzinfo
from tempfile import TemporaryFile
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook

from portal.spreadsheets import safe_cell
from tasks.listing import Listing
from tasks.models import Task

PAGE = 500  # tasks fetched at once: a transaction pooler allows no cursor that stays open
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS: list[tuple[Promise, Callable[[Task], Any]]] = [
    (_("Key"), lambda task: task.key),
    (_("Title"), lambda task: task.title),
    (_("Project"), lambda task: task.project),
    (_("Status"), lambda task: task.status),
    (_("Priority"), lambda task: task.get_priority_display()),
    (_("Owner"), lambda task: task.owner),
    (_("Reviewer"), lambda task: task.reviewer),
    (_("Asked for by"), lambda task: task.asked_by),
    (_("Labels"), lambda task: ", ".join(label.name for label in task.labels)),
    (_("Start"), lambda task: task.start_at or task.start_on),
    (_("Due"), lambda task: task.due_at or task.due_on),
    (_("Created"), lambda task: task.created_at),
    (_("Changed"), lambda task: task.updated_at),
    (_("Done"), lambda task: task.completed_at),
]


def answer(listing: Listing, user: AbstractBaseUser, kind: str) -> HttpResponseBase:
    """Return all tasks of ``listing`` that ``user`` sees as a file of ``kind``: see FORMATS."""
    name = f"{listing.filters.project.key}-{timezone.localdate().isoformat()}.{kind}"
    return FORMATS[kind](listing, user, name)


def _csv(listing: Listing, user: AbstractBaseUser, name: str) -> HttpResponseBase:
    response = StreamingHttpResponse(
        _lines(_pages(listing, user)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _xlsx(listing: Listing, user: AbstractBaseUser, name: str) -> HttpResponseBase:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(_("Tasks")))
    for rows in _pages(listing, user):
        for row in rows:
            sheet.append(row)
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


FORMATS = {"csv": _csv, "xlsx": _xlsx}


class _Echo:
    """A file that hands back what is written, for the csv module."""

    def write(self, text: str) -> str:
        return text


def _lines(pages: Iterator[list[list[Any]]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"  # else Excel takes UTF-8 for something older
    for rows in pages:
        yield "".join(writer.writerow(row) for row in rows)


def _pages(listing: Listing, user: AbstractBaseUser) -> Iterator[list[list[Any]]]:
    """Return an iterator over the cells of each page, the heads first.

    A stream is read after the middleware has gone: each page is made in the time zone and the
    language that hold now.
    """
    return _read(listing, user, timezone.get_current_timezone(), translation.get_language())


def _read(
    listing: Listing, user: AbstractBaseUser, zone: tzinfo, language: str | None
) -> Iterator[list[list[Any]]]:
    with translation.override(language):
        heads = [safe_cell(str(head)) for head, _cell in COLUMNS]
    yield [heads]
    place, more = "", True
    while more:
        with timezone.override(zone), translation.override(language):
            page = listing.page(user, place, PAGE)
            rows = [[safe_cell(cell(task)) for _head, cell in COLUMNS] for task in page.tasks]
        place, more = page.next, bool(page.next)
        yield rows

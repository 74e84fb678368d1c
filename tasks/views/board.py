"""The board of a project: look at it, move its cards, add some."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from tasks import board, permissions, quick_add
from tasks.board.moving import Moved, MoveForm, column_of, move_between, move_to, stay
from tasks.frame import open_project, side_project
from tasks.lists import listing
from tasks.lists.listing import Listing
from tasks.lists.panels import PANELS, panel
from tasks.lists.tabs import tabs
from tasks.models import Conflict, Project, SavedView, Status, Task, one_change
from tasks.models.task_queries import TaskQuerySet
from tasks.views.answers import posted, tell
from tasks.views.detail import visible_task


class CardForm(forms.Form):
    """One line, read like quick add. Valid, ``title`` is a Draft."""

    title = quick_add.LineField(
        label=_lazy("Title"), help_text=_lazy("#label @person !high ^friday are read.")
    )

    def __init__(
        self, *args: Any, status: Status, user: AbstractBaseUser | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, auto_id=f"{status.pk}_%s", **kwargs)
        self.project, self.user = status.project, user

    def clean_title(self) -> quick_add.Draft:
        text = self.cleaned_data["title"]
        return quick_add.read_line(text, user=self.user, project=self.project)


@require_safe
@login_required
def board_page(request: HttpRequest, key: str) -> HttpResponse:
    project = open_project(request, key)
    wanted = _wanted(request.GET, request, project)
    opened = request.GET.get("panel", "")
    context = {
        **_context(request, project),
        "listing": wanted,
        "panel": panel(opened, wanted, request.user) if opened in PANELS else None,
        "mine": wanted.filters.values.get("owner") == ["me"],
        "counted": _counted(request, wanted),
    }
    if request.htmx and context["panel"]:
        return render(request, "tasks/_list_panel.html", context)

    def tasks() -> TaskQuerySet:
        return wanted.tasks(request.user, by_status=True)

    if "column" in request.GET:
        return _one_column(request, project, tasks(), context)
    columns = board.columns(project, request.user, tasks, counted=context["counted"])
    narrow = wanted.filters.is_narrow
    empty = not any(one.cards or one.next for one in columns)
    context["nothing"], context["empty"] = empty and narrow, empty and not narrow
    cards = any(one.cards for one in columns)
    context["hint"] = cards and permissions.may(request.user, permissions.MOVE_OWN, project)
    context["tabs"] = tabs(request.user, wanted, SavedView.Layout.BOARD)
    return render(request, "tasks/board.html", {**context, "columns": columns})


def _wanted(query: QueryDict, request: HttpRequest, project: Project) -> Listing:
    """Return the filters of an address, read as those of a list: a board shows all columns."""
    return listing.parse(query, project=project, user=request.user).of_board()


def _counted(request: HttpRequest, wanted: Listing) -> bool:
    """Return whether the kept counters tell how many tasks this reader sees in a column."""
    filters = wanted.filters
    sees_all = permissions.may(request.user, permissions.VIEW_ALL, filters.project)
    return sees_all and not filters.is_narrow


def _counted_on_page(request: HttpRequest, project: Project) -> bool:
    """Return the same for the board that a fragment goes to."""
    query = QueryDict(urlsplit(request.htmx.current_url or "").query)
    return _counted(request, _wanted(query, request, project))


def _context(request: HttpRequest, project: Project) -> dict[str, Any]:
    return {
        "section": "tasks",
        "current_project": project,
        "line": side_project(request.user, project),
        "tab": "board",
        "may_add": permissions.may(request.user, permissions.CREATE, project),
    }


def _one_column(
    request: HttpRequest, project: Project, tasks: TaskQuerySet, context: dict[str, Any]
) -> HttpResponse:
    """Answer with more cards of one column; without htmx, with a page of them."""
    status = column_of(project, request.GET["column"])
    column = board.Column(status, total=status.task_count if context["counted"] else None)
    shown = request.GET.get("shown", "")
    shown = int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 9 else 0
    place = request.GET.get("after", board.FIRST)
    board.column_after(column, request.user, tasks, place, shown)
    if request.htmx:
        return render(request, "tasks/_more_cards.html", {**context, "column": column})
    return render(request, "tasks/board.html", {**context, "columns": [column], "alone": True})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def move(request: HttpRequest, key: str) -> HttpResponse:
    """Move a card: between the neighbours a drag names, or to a column and place of the form."""
    task = visible_task(request, key)
    permissions.require(request.user, permissions.MOVE, task)
    if "after" in request.POST:
        return _dragged(request, task)
    form = MoveForm(posted(request), task=task, user=request.user)
    if form.is_valid():
        if form.stays:
            return _moved(request, stay(task, request.user))
        status = column_of(task.project, form.cleaned_data["status"])
        try:
            moved = move_to(task, request.user, status, form.cleaned_data["place"])
        except (PermissionDenied, ValidationError, Conflict) as error:
            form.add_error("status", reason(error))
        else:
            return _moved(request, moved)
    template = "tasks/_move_form.html" if request.htmx else "tasks/move.html"
    context = {"section": "tasks", "current_project": task.project, "task": task, "form": form}
    return render(request, template, context, status=422 if form.errors else 200)


REFUSED = {PermissionDenied: 403, ValidationError: 422, Conflict: 409}


def reason(error: PermissionDenied | ValidationError | Conflict) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)


def _dragged(request: HttpRequest, task: Task) -> HttpResponse:
    status = column_of(task.project, request.POST.get("status", ""))
    names = request.POST["after"], request.POST.get("before", "")
    try:
        return _moved(request, move_between(task, request.user, status, *names))
    except Task.DoesNotExist as error:
        raise Http404 from error
    except (PermissionDenied, ValidationError, Conflict) as error:
        if not request.htmx and isinstance(error, PermissionDenied):
            raise
        if not request.htmx:
            messages.error(request, reason(error))
            return redirect("tasks:board", task.project.key)
        code = REFUSED[type(error)]
        context = {"task": task, "reason": reason(error)}
        return render(request, "tasks/_move_refused.html", context, status=code)


def _moved(request: HttpRequest, moved: Moved) -> HttpResponse:
    project = moved.task.project
    if not request.htmx:
        tell(request, moved.said, change_id=moved.change_id)
        return redirect("tasks:board", project.key)
    context = {
        "card": replace(board.card_of(moved.task, request.user), above=moved.place.above),
        "columns": [board.Column(status, total=status.task_count) for status in moved.columns],
        "counted": _counted_on_page(request, project),
        "said": moved.said,
        "change_id": moved.change_id,
        "current_project": project,
    }
    return render(request, "tasks/_moved.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def add_card(request: HttpRequest, key: str) -> HttpResponse:
    """Add a task on top of a column by its title: in place with htmx, on a page without."""
    project = open_project(request, key)
    permissions.require(request.user, permissions.CREATE, project)
    status = column_of(project, request.POST.get("status") or request.GET.get("status", ""))
    if "cancel" in request.GET:
        return HttpResponse()
    form = CardForm(posted(request), status=status, user=request.user)
    if form.is_valid():
        try:
            return _added(request, status, form.cleaned_data["title"])
        except ValidationError as error:  # such as an owner who has just left the project
            form.add_error("title", error.messages)
    template = "tasks/_add_card.html" if request.htmx else "tasks/add_card.html"
    context = {**_context(request, project), "form": form, "status": status}
    return render(request, template, context, status=422 if form.errors else 200)


def _added(request: HttpRequest, status: Status, draft: quick_add.Draft) -> HttpResponse:
    with one_change() as change_id:
        task = quick_add.create(draft, request.user, status=status)
    said = _("%(key)s is added to %(column)s.") % {"key": task.key, "column": status.name}
    read = quick_add.understood(draft, task)
    # A toast is for what was read beside the title: who adds many plain ones needs no pile.
    said, change_id = (f"{said} {read}", change_id) if read else (said, None)
    if not request.htmx:
        tell(request, said, change_id=change_id)
        return redirect("tasks:board", task.project.key)
    status.refresh_from_db()
    context = {
        "form": CardForm(status=status),
        "status": status,
        "card": board.card_of(task, request.user),
        "columns": [board.Column(status, total=status.task_count)],
        "counted": _counted_on_page(request, task.project),
        "current_project": task.project,
        "said": said,
        "change_id": change_id,
    }
    return render(request, "tasks/_card_added.html", context)

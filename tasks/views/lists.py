"""The tasks of one project."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tasks import exports, permissions
from tasks.frame import open_project, side_project
from tasks.lists import listing
from tasks.lists.bulk import MOST, offered
from tasks.lists.listing import Listing, Page
from tasks.lists.panels import PANELS, panel
from tasks.lists.sorting import BadPlace
from tasks.lists.tabs import tabs
from tasks.models import Status


@require_safe
@login_required
def task_list(request: HttpRequest, key: str) -> HttpResponseBase:
    project = open_project(request, key)
    wanted = listing.parse(request.GET, project=project, user=request.user)
    kind = request.GET.get("export", "")
    if kind in exports.FORMATS:
        tasks = wanted.in_full(request.user)
        return exports.answer(tasks, user=request.user, file_format=kind, name=project.key)
    opened = request.GET.get("panel", "")
    context = {
        "section": "tasks",
        "current_project": project,
        "tab": "list",
        "listing": wanted,
        "panel": panel(opened, wanted, request.user) if opened in PANELS else None,
    }
    if request.htmx and context["panel"]:
        return render(request, "tasks/_list_panel.html", context)
    context |= _page(request, wanted)
    if request.htmx:
        return render(request, "tasks/_more_rows.html", context)
    context["line"] = side_project(request.user, project)
    context["tabs"] = tabs(request.user, wanted)
    return render(request, "tasks/task_list.html", context)


def _page(request: HttpRequest, wanted: Listing) -> dict[str, Any]:
    after = request.GET.get("after", "")
    try:
        page = wanted.page(request.user, after)
    except BadPlace as error:
        raise Http404 from error
    before = request.GET.get("shown", "0")
    before = int(before) if before.isascii() and before.isdigit() and len(before) < 7 else 0
    shown = before + len(page.rows)
    rest = _rest(request, wanted, page, shown) if before or not after else None
    in_archive = "archived" in wanted.filters.values
    return {
        "page": page,
        "after": after,
        "next": page.next,
        "shown": shown if (before or not after) and not wanted.repeats else None,
        "rest": rest,
        "most": MOST if rest and shown + rest > MOST else None,
        "may_bulk": permissions.may(request.user, permissions.BULK, wanted.filters.project),
        "bulk_actions": offered(archived=in_archive),
        "in_archive": in_archive,
    }


def _rest(request: HttpRequest, wanted: Listing, page: Page, shown: int) -> int | None:
    """Return how many more there are where that is known without counting."""
    project, filters = wanted.filters.project, wanted.filters
    if not page.next or filters.is_narrow or wanted.repeats:
        return None
    if not permissions.may(request.user, permissions.VIEW_ALL, project):
        return None
    categories = {
        "open": Status.OPEN,
        "done": [Status.Category.DONE],
        "all": [c for c in Status.Category if c != Status.Category.TRIAGE],
    }
    return max(project.count(categories[filters.show]) - shown, 1)

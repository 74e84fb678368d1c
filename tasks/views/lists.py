"""The tasks of one project."""

from datetime import UTC, datetime
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tasks.models import Project, Status, Task
from tasks.models.task_queries import TaskQuerySet
from tasks.templatetags.task_tags import side_project

PAGE = 25


@require_safe
@login_required
def task_list(request: HttpRequest, key: str) -> HttpResponse:
    projects = Project.objects.visible_to(request.user).prefetch_related("statuses")
    project = get_object_or_404(projects, key=key)
    show = request.GET.get("show", "open")
    if show not in VIEWS:
        raise Http404
    tasks = Task.objects.visible_to(request.user).filter(VIEWS[show], project=project)
    rows = list(_after(tasks, request.GET.get("after", "")).with_row()[: PAGE + 1])
    context = {
        "section": "tasks",
        "current_project": project,
        "line": side_project(request.user, project),
        "tab": "list",
        "show": show,
        "views": [("open", _("Open")), ("done", _("Done")), ("all", _("All"))],
        "tasks": rows[:PAGE],
        "after": request.GET.get("after", ""),
        "next": cursor(rows[PAGE - 1]) if len(rows) > PAGE else "",
    }
    template = "tasks/_more_rows.html" if request.htmx else "tasks/task_list.html"
    return render(request, template, context)


VIEWS = {
    "open": Q(status__category__in=Status.OPEN),
    "done": Q(status__category=Status.Category.DONE),
    "all": ~Q(status__category=Status.Category.TRIAGE),
}


def cursor(task: Task) -> str:
    """Return the place of ``task`` in a list ordered by last change, for `?after=`."""
    return f"{task.updated_at.isoformat()}_{task.pk}"


def _after(tasks: TaskQuerySet, place: str) -> TaskQuerySet:
    """Return ``tasks``, last changed first, from behind ``place`` on.

    `a <= x AND (a < x OR id < y)` lets the index start at the place: the first page and
    the hundredth cost the same.
    """
    tasks = tasks.order_by("-updated_at", "-pk")
    if not place:
        return tasks
    moment, _sep, pk = place.partition("_")
    try:
        at, last = datetime.fromisoformat(moment), UUID(pk)
        if at.tzinfo is None:
            raise Http404
        at = at.astimezone(UTC)
    except (ValueError, OverflowError) as error:  # such as before the year 1
        raise Http404 from error
    return tasks.filter(Q(updated_at__lt=at) | Q(pk__lt=last), updated_at__lte=at)

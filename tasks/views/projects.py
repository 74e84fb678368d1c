"""The projects, and how one of them is doing."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tasks import permissions
from tasks.frame import asleep_count, open_project, side_project
from tasks.models import Project
from tasks.projects import figures, members, overview

PROJECTS_SHOWN = 200
MEMBERS_SHOWN = 6


def visible_project(request: HttpRequest, key: str) -> Project:
    """Return the project ``key`` with its statuses, or answer 404."""
    return open_project(request, key)


def in_project(request: HttpRequest, project: Project, tab: str, **more: Any) -> dict[str, Any]:
    """Return the context that the pages of a project share, for `components/project_head.html`."""
    return {
        "section": "tasks",
        "current_project": project,
        "line": side_project(request.user, project),
        "tab": tab,
        **more,
    }


@require_safe
@login_required
def project_list(request: HttpRequest) -> HttpResponse:
    show = request.GET.get("show", "open")
    if show not in ("open", "archived"):
        raise Http404
    visible = Project.objects.visible_to(request.user).annotate(asleep=asleep_count())
    visible = visible.prefetch_related("statuses")
    archived = visible.exclude(archived_at=None)
    rows = archived if show == "archived" else visible.open()
    projects = list(rows[:PROJECTS_SHOWN])
    permissions.load(request.user, projects)
    context = {
        "section": "tasks",
        "lines": [side_project(request.user, project) for project in projects],
        "show": show,
        "may_begin": permissions.may_begin_projects(request.user),
        "has_archived": show == "archived" or archived.exists(),
    }
    return render(request, "tasks/project_list.html", context)


@require_safe
@login_required
def project_overview(request: HttpRequest, key: str) -> HttpResponse:
    """Show how the project is doing; guests see what they have a part in, without totals."""
    project = visible_project(request, key)
    user = request.user
    context = in_project(request, project, "overview")
    context |= {
        "next": overview.due_next(project, user),
        "recent": overview.recent(project, user),
        "people": members.of_project(project, user).people,
        "members_shown": MEMBERS_SHOWN,
    }
    if permissions.may(user, permissions.VIEW_ALL, project):
        context |= _figures(request, project)
    return render(request, "tasks/project_overview.html", context)


def _figures(request: HttpRequest, project: Project) -> dict[str, Any]:
    weeks = overview.weeks(project)
    shown = weeks[-overview.WEEKS :]
    shares = overview.shares(project)
    going_on = [(status.hue, n) for status, n in shares if status.category in ("review", "doing")]
    lines = [(week.start, week.scope, week.done_by_then) for week in weeks]
    return {
        "figures": True,
        "shares": shares,
        "donut": figures.donut(project.done_count, project.total_count, going_on),
        "due": overview.due(project, request.user),
        "lead": overview.lead_time(project),
        "weeks": shown,
        "created": sum(week.created for week in shown),
        "done": sum(week.done for week in shown),
        "bars": figures.bars([(week.start, week.created, week.done) for week in shown]),
        "all_weeks": weeks,
        "burn_up": figures.burn_up(lines),
        "outlook": overview.outlook(weeks, project.open_count),
    }

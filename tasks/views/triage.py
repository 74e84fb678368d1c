"""New requests of a project: accept them with an owner and a date, or decline with a reason."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tasks import permissions, services
from tasks.forms import AcceptForm, DeclineForm
from tasks.models import Project, Task
from tasks.templatetags.task_tags import side_project
from tasks.views.answers import changed
from tasks.views.detail import visible_task

PAGE = 25


@require_safe
@login_required
def triage(request: HttpRequest, key: str) -> HttpResponse:
    projects = Project.objects.visible_to(request.user).prefetch_related("statuses")
    project = get_object_or_404(projects, key=key)
    permissions.require(request.user, permissions.TRIAGE, project)
    return triage_page(request, project)


@require_POST
@login_required
def accept(request: HttpRequest, key: str) -> HttpResponse:
    task = visible_task(request, key)
    permissions.require(request.user, permissions.TRIAGE, task)
    people = list(permissions.people(task.project))
    form = AcceptForm(request.POST, task=task, people=people)
    if not form.is_valid():
        return _again(request, task, people, accept=form)
    if not services.accept_request(task=task, user=request.user, **form.cleaned_data):
        return _answered(request, task, _("%(key)s had an answer already.") % {"key": task.key})
    return _answered(request, task, _("%(key)s is accepted.") % {"key": task.key})


@require_POST
@login_required
def decline(request: HttpRequest, key: str) -> HttpResponse:
    task = visible_task(request, key)
    permissions.require(request.user, permissions.TRIAGE, task)
    form = DeclineForm(request.POST, task=task)
    if not form.is_valid():
        return _again(request, task, list(permissions.people(task.project)), decline=form)
    reason = form.cleaned_data["reason"]
    if not services.decline_request(task=task, user=request.user, reason=reason):
        return _answered(request, task, _("%(key)s had an answer already.") % {"key": task.key})
    return _answered(request, task, _("%(key)s is declined.") % {"key": task.key})


def triage_page(
    request: HttpRequest, project: Project, faulty: dict[str, Any] | None = None
) -> HttpResponse:
    """Return the page of the oldest requests; ``faulty`` replaces the one sent with errors."""
    rows = Task.objects.visible_to(request.user).in_triage().filter(project=project).with_row()
    rows = rows.select_related("request").prefetch_related("attachments").order_by("created_at")
    tasks = list(rows[: PAGE + 1])
    people = list(permissions.people(project))
    waiting = [_waiting(task, people) for task in tasks[:PAGE]]
    if faulty:
        waiting = [faulty if one["task"].pk == faulty["task"].pk else one for one in waiting]
    context = {
        "section": "tasks",
        "current_project": project,
        "line": side_project(request.user, project),
        "tab": "triage",
        "waiting": waiting,
        "more": len(tasks) > PAGE,
        "faulty": faulty,
    }
    return render(request, "tasks/triage.html", context, status=422 if faulty else 200)


def _waiting(
    task: Task,
    people: list[AbstractBaseUser],
    accept: Form | None = None,
    decline: Form | None = None,
) -> dict[str, Any]:
    return {
        "task": task,
        "accept_form": accept or AcceptForm(task=task, people=people),
        "decline_form": decline or DeclineForm(task=task),
        "form": accept or decline,
    }


def _again(
    request: HttpRequest, task: Task, people: list[AbstractBaseUser], **forms: Form
) -> HttpResponse:
    faulty = _waiting(task, people, **forms)
    if request.htmx:
        return render(request, "tasks/_request.html", {"one": faulty}, status=422)
    return triage_page(request, task.project, faulty)


def _answered(request: HttpRequest, task: Task, said: str) -> HttpResponse:
    # The counters were read before the answer; the badges need them fresh.
    project = Project.objects.prefetch_related("statuses").get(pk=task.project_id)
    context = {
        "task": Task.objects.with_row().get(pk=task.pk),
        "line": side_project(request.user, project),
    }
    url = reverse("tasks:triage", args=[project.key])
    return changed(request, said, "tasks/_request_answered.html", context, url)

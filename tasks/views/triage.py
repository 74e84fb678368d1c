"""New requests of a project: accept, decline, merge, put off, or ask back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tasks import permissions, services
from tasks.forms.triage import AcceptForm, AnswerForm, DeclineForm, MergeForm, SnoozeForm
from tasks.frame import asleep_count, open_project, side_project
from tasks.models import Project, Task, one_change
from tasks.models.task_queries import TaskQuerySet
from tasks.projects import triage as requests
from tasks.views.answers import changed
from tasks.views.detail import visible_task

PAGE = 25
FORMS: dict[str, type[Form]] = {
    "accept": AcceptForm,
    "decline": DeclineForm,
    "merge": MergeForm,
    "snooze": SnoozeForm,
    "answer": AnswerForm,
}


@require_safe
@login_required
def triage(request: HttpRequest, key: str) -> HttpResponse:
    project = open_project(request, key)
    permissions.require(request.user, permissions.TRIAGE, project)
    return triage_page(request, project)


@require_POST
@login_required
def accept(request: HttpRequest, key: str) -> HttpResponse:
    def act(task: Task, data: dict[str, Any]) -> str:
        done = services.accept_request(task=task, user=request.user, **data)
        return _("%(key)s is accepted.") if done else ""

    return _act(request, key, "accept", act)


@require_POST
@login_required
def decline(request: HttpRequest, key: str) -> HttpResponse:
    def act(task: Task, data: dict[str, Any]) -> str:
        done = services.decline_request(task=task, user=request.user, **data)
        return _("%(key)s is declined.") if done else ""

    return _act(request, key, "decline", act)


@require_POST
@login_required
def merge(request: HttpRequest, key: str) -> HttpResponse:
    def act(task: Task, data: dict[str, Any]) -> str:
        other = data["other"]
        if not services.merge_request(task=task, user=request.user, into=other):
            return ""
        return _("%(key)s is closed: it is the same as %(other)s.") % {
            "key": task.key,
            "other": other.key,
        }

    return _act(request, key, "merge", act)


@require_POST
@login_required
def snooze(request: HttpRequest, key: str) -> HttpResponse:
    def act(task: Task, data: dict[str, Any]) -> str:
        if not services.snooze_request(task=task, user=request.user, **data):
            return ""
        until = date_format(data["until"], "l j F")
        return _("%(key)s is put off until %(day)s.") % {"key": task.key, "day": until}

    return _act(request, key, "snooze", act)


@require_POST
@login_required
def wake(request: HttpRequest, key: str) -> HttpResponse:
    task = visible_task(request, key)
    services.wake_request(task=task, user=request.user)
    messages.success(request, _("%(key)s waits for an answer again.") % {"key": task.key})
    return redirect("tasks:triage", task.project.key)


@require_POST
@login_required
def answer(request: HttpRequest, key: str) -> HttpResponse:
    """Ask back: the request stays where it is, the person who sent it reads the message."""
    task = visible_task(request, key)
    permissions.require(request.user, permissions.TRIAGE, task)
    people = list(permissions.people(task.project))
    form = AnswerForm(request.POST, task=task)
    if not form.is_valid():
        return _again(request, task, people, answer=form)
    services.add_comment(task=task, user=request.user, body=form.cleaned_data["body"])
    said = _("%(name)s can read your message.") % {"name": task.asked_by or _("Whoever asked")}
    fresh = Task.objects.with_row().select_related("request", "requester").get(pk=task.pk)
    context = {"one": _waiting(fresh, people), "line": None}
    url = reverse("tasks:triage", args=[task.project.key])
    return changed(request, said, "tasks/_request_asked.html", context, url)


def _act(
    request: HttpRequest, key: str, name: str, act: Callable[[Task, dict[str, Any]], str]
) -> HttpResponse:
    """Check one form and do ``act``, which says what it did, or "" when it came too late."""
    task = visible_task(request, key)
    permissions.require(request.user, permissions.TRIAGE, task)
    people = list(permissions.people(task.project))
    form = FORMS[name](request.POST, task=task, people=people)
    if not form.is_valid():
        return _again(request, task, people, **{name: form})
    with one_change() as change_id:
        said = act(task, form.cleaned_data)
    if not said:
        said, change_id = _("%(key)s had an answer already."), None
    said = said % {"key": task.key} if "%(key)s" in said else said
    return _answered(request, task, said, change_id)


def triage_page(
    request: HttpRequest, project: Project, faulty: dict[str, Any] | None = None
) -> HttpResponse:
    """Return the page of the oldest requests; ``faulty`` replaces the one sent with errors."""
    tasks = _with_files(requests.awake(project, request.user))
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
        "asleep": list(requests.asleep(project, request.user)[:PAGE]),
        "faulty": faulty,
    }
    return render(request, "tasks/triage.html", context, status=422 if faulty else 200)


def _with_files(rows: TaskQuerySet) -> list[Task]:
    return list(rows.prefetch_related("attachments")[: PAGE + 1])


def _waiting(task: Task, people: list[AbstractBaseUser], **faulty: Form) -> dict[str, Any]:
    forms = {name: form(task=task, people=people) for name, form in FORMS.items()}
    talk = requests.talk_of(task)
    return {
        "task": task,
        "talk": talk,
        **forms,
        **faulty,
        "form": next(iter(faulty.values()), None),
    }


def _again(
    request: HttpRequest, task: Task, people: list[AbstractBaseUser], **forms: Form
) -> HttpResponse:
    faulty = _waiting(task, people, **forms)
    if request.htmx:
        return render(request, "tasks/_request.html", {"one": faulty}, status=422)
    return triage_page(request, task.project, faulty)


def _answered(request: HttpRequest, task: Task, said: str, change_id: UUID | None) -> HttpResponse:
    # The counters were read before the answer; the badges need them fresh.
    rows = Project.objects.annotate(asleep=asleep_count()).prefetch_related("statuses")
    project = rows.get(pk=task.project_id)
    context = {
        "task": Task.objects.with_row().get(pk=task.pk),
        "line": side_project(request.user, project),
    }
    url = reverse("tasks:triage", args=[project.key])
    part = "tasks/_request_answered.html"
    return changed(request, said, part, context, url, change_id=change_id)

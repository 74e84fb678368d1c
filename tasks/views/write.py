"""Write a new task, or rewrite one."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tasks import permissions, services
from tasks.forms.tasks import EditTaskForm, NewTaskForm
from tasks.models import Activity, Conflict, Project, Task, one_change
from tasks.people import readers
from tasks.views.answers import back, posted, tell
from tasks.views.detail import told, visible_task


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: HttpRequest) -> HttpResponse:
    """A task for a project still to be chosen; My work's one-line form arrives here too."""
    projects = list(permissions.projects_where(request.user, permissions.CREATE)[:2])
    if not projects:
        raise PermissionDenied(
            _("You cannot add tasks yet. Ask the manager of a project to add you to it.")
        )
    if request.method != "POST" and len(projects) == 1:
        return redirect("tasks:create", projects[0].key)
    return _create(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def create(request: HttpRequest, key: str) -> HttpResponse:
    project = get_object_or_404(Project.objects.open().visible_to(request.user), key=key)
    permissions.require(request.user, permissions.CREATE, project)
    return _create(request, project)


def _create(request: HttpRequest, project: Project | None) -> HttpResponse:
    form = NewTaskForm(posted(request), user=request.user, project=project)
    if form.is_valid():
        fields = {"project": project, **form.cleaned_data}
        task = services.create_task(user=request.user, **fields)
        messages.success(request, _("%(key)s is added.") % {"key": task.key})
        return back(request, task)
    return _form_page(request, "tasks/task_new.html", form, current_project=project)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Rewrite title and description: in place with htmx, on a page of its own without."""
    task = visible_task(request, key)
    permissions.require(request.user, permissions.EDIT, task)
    here = {"auto_id": "words-%s"} if request.htmx else {}  # other forms stand beside it
    if request.htmx and "cancel" in request.GET:
        context = {"task": task, "panel": _in_panel(request, task), "focus": True}
        return render(request, "tasks/_words.html", context)
    words = {"title": task.title, "body": task.body, "version": task.version}
    form = EditTaskForm(posted(request), initial=words, **here)
    before = task.body
    if form.is_valid():
        try:
            with one_change() as change_id:
                services.change_task(task=task, user=request.user, **form.cleaned_data)
        except Conflict as conflict:
            return _conflict(request, conflict.row, form, **here)
        return _saved(request, task, before, change_id)
    template = "tasks/_words_form.html" if request.htmx else "tasks/task_edit.html"
    return _form_page(request, template, form, task=task, current_project=task.project)


def _in_panel(request: HttpRequest, task: Task) -> bool:
    """Return whether the task stands beside a list, not on its own page."""
    return urlsplit(request.htmx.current_url or "").path != task.get_absolute_url()


def _saved(request: HttpRequest, task: Task, before: str, change_id: UUID) -> HttpResponse:
    said = [_("%(key)s is saved.") % {"key": task.key}]
    if warning := readers.unreached(task, task.body, author=request.user, before=before):
        said.append(warning)
    undo = change_id if Activity.objects.filter(task=task, change_id=change_id).exists() else None
    if not request.htmx:
        tell(request, said[0], change_id=undo)
        for warning in said[1:]:
            messages.warning(request, warning)
        return redirect(task)
    context = {**told(request, task), "panel": _in_panel(request, task)}
    context |= {"said": " ".join(said), "change_id": undo}
    return render(request, "tasks/_words_saved.html", context)


def _conflict(request: HttpRequest, task: Task, form: EditTaskForm, **options: Any) -> HttpResponse:
    """Show both versions side by side; what was typed can still be changed, and saved over."""
    later = Activity.objects.filter(task=task, version__gt=form.cleaned_data["version"])
    data = form.data.copy()
    data["version"] = task.version
    context = {
        "section": "tasks",
        "current_project": task.project,
        "task": task,
        "form": EditTaskForm(data, **options),
        "who": later.filter(field__in=["title", "body"]).order_by("-created_at").first(),
    }
    template = "tasks/_words_conflict.html" if request.htmx else "tasks/conflict.html"
    return render(request, template, context, status=409)


def _form_page(request: HttpRequest, template: str, form: Form, **context: object) -> HttpResponse:
    context = {"section": "tasks", "form": form, **context}
    return render(request, template, context, status=422 if form.errors else 200)

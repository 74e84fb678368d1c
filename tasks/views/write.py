"""Write a new task, or rewrite one."""

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
from tasks.models import Activity, Conflict, Project, Task
from tasks.people import readers
from tasks.views.answers import back, posted
from tasks.views.detail import visible_task


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
    task = visible_task(request, key)
    permissions.require(request.user, permissions.EDIT, task)
    words = {"title": task.title, "body": task.body, "version": task.version}
    form = EditTaskForm(posted(request), initial=words)
    if form.is_valid():
        try:
            saved = services.change_task(task=task, user=request.user, **form.cleaned_data)
        except Conflict as conflict:
            return _conflict_page(request, conflict.row, form)
        messages.success(request, _("%(key)s is saved.") % {"key": task.key})
        if warning := readers.unreached(saved, saved.body, author=request.user):
            messages.warning(request, warning)
        return redirect(task)
    return _form_page(
        request, "tasks/task_edit.html", form, task=task, current_project=task.project
    )


def _conflict_page(request: HttpRequest, task: Task, form: EditTaskForm) -> HttpResponse:
    """Show both versions side by side; what was typed can still be changed, and saved over."""
    later = Activity.objects.filter(task=task, version__gt=form.cleaned_data["version"])
    data = form.data.copy()
    data["version"] = task.version
    context = {
        "section": "tasks",
        "current_project": task.project,
        "task": task,
        "form": EditTaskForm(data),
        "who": later.filter(field__in=["title", "body"]).order_by("-created_at").first(),
    }
    return render(request, "tasks/conflict.html", context, status=409)


def _form_page(request: HttpRequest, template: str, form: Form, **context: object) -> HttpResponse:
    context = {"section": "tasks", "form": form, **context}
    return render(request, template, context, status=422 if form.errors else 200)

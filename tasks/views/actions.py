"""What can be done with a task as a whole: archive it, delete it, move it elsewhere."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tasks import permissions, services
from tasks.forms.structure import ProjectForm
from tasks.models import Task, one_change
from tasks.views.answers import back, posted, tell
from tasks.views.detail import visible_task


@require_POST
@login_required
def archive(request: HttpRequest, key: str) -> HttpResponse:
    task = visible_task(request, key)
    archived = request.POST.get("archived") == "1"
    with one_change() as change_id:
        services.archive_task(task=task, user=request.user, archived=archived)
    said = _("%(key)s is archived.") if archived else _("%(key)s is back from the archive.")
    tell(request, said % {"key": task.key}, change_id=change_id)
    return back(request, task)


@require_POST
@login_required
def delete(request: HttpRequest, key: str) -> HttpResponse:
    """Put the task in the bin and lead to its project's list, where the way back is offered."""
    task = visible_task(request, key)
    with one_change() as change_id:
        services.delete_task(task=task, user=request.user)
    tell(request, _("%(key)s is deleted.") % {"key": task.key}, change_id=change_id)
    return back(request, reverse("tasks:list", args=[task.project.key]))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def move_project(request: HttpRequest, key: str) -> HttpResponse:
    task = visible_task(request, key)
    permissions.require(request.user, permissions.EDIT, task)
    form = ProjectForm(posted(request), task=task, user=request.user)
    if form.is_valid():
        project, was = form.cleaned_data["project"], task.key
        try:
            task = services.move_to_project(task=task, user=request.user, project=project)
        except Task.DoesNotExist as error:
            raise Http404 from error
        except ValidationError as error:
            form.add_error("project", error.messages)
        else:
            said = _("%(was)s is %(key)s now. Its old key leads to it.")
            tell(request, said % {"was": was, "key": task.key})
            return redirect(task)
    context = {"section": "tasks", "current_project": task.project, "task": task, "form": form}
    return render(request, "tasks/move_project.html", context, status=422 if form.errors else 200)

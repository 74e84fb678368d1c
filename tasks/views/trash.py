"""The bin of a project: what was deleted, and the way back."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tasks import permissions, services
from tasks.models import Attachment, Comment, Task
from tasks.projects import bin as trash_bin
from tasks.views.answers import back, tell
from tasks.views.projects import in_project, visible_project


@require_safe
@login_required
def trash(request: HttpRequest, key: str) -> HttpResponse:
    project = visible_project(request, key)
    permissions.require(request.user, permissions.DELETE, project)
    context = in_project(request, project, "trash")
    context |= {"gone": trash_bin.of_project(project), "days": trash_bin.KEEP.days}
    return render(request, "tasks/trash.html", context)


@require_POST
@login_required
def restore(request: HttpRequest, key: str, kind: str, pk: UUID) -> HttpResponse:
    """Take one thing of the project's bin back; harmless when somebody has done it already."""
    project = visible_project(request, key)
    permissions.require(request.user, permissions.DELETE, project)
    if kind == "task":
        task = get_object_or_404(Task.everything.with_row(), project=project, pk=pk)
        said = trash_bin.words_back(task)
        services.restore_task(task=task, user=request.user)
    else:
        model = Comment if kind == "comment" else Attachment
        rows = model.everything.select_related("task__project", "task__status")
        row = get_object_or_404(rows, task__project=project, task__deleted_at=None, pk=pk)
        services.restore_row(row=row, user=request.user)
        what = _("The comment") if kind == "comment" else row.name
        said = _("%(what)s is back on %(key)s.") % {"what": what, "key": row.task.key}
    tell(request, said)
    return back(request, reverse("tasks:trash", args=[project.key]))

"""Finish a task, take it up again, add files to it."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tasks import my_work, permissions, services
from tasks.detail import closing
from tasks.forms.tasks import AttachForm
from tasks.models import Task, one_change
from tasks.views.answers import changed, refusing
from tasks.views.detail import detail_page, told, visible_task
from tasks.views.work import counted


@require_POST
@login_required
def complete(request: HttpRequest, key: str) -> HttpResponse:
    task = visible_task(request, key)
    with refusing(), one_change() as change_id:
        services.complete_task(task=task, user=request.user)
    said = closing.words(task, request.user)
    if not task.is_done:
        said = _("%(key)s waits for the review of %(reviewer)s.")
        said %= {"key": task.key, "reviewer": task.reviewer}
    return _moved(request, task, said, change_id)


@require_POST
@login_required
def reopen(request: HttpRequest, key: str) -> HttpResponse:
    task = visible_task(request, key)
    with refusing(), one_change() as change_id:
        services.reopen_task(task=task, user=request.user)
    return _moved(request, task, _("%(key)s is open again.") % {"key": task.key}, change_id)


def _moved(request: HttpRequest, task: Task, said: str, change_id: UUID) -> HttpResponse:
    """Answer with the row on My work, or with what changed on the task's own page."""
    if request.POST.get("part") == "row":
        context = {"task": task, "moved_in": my_work.group_of(task)}
        if request.htmx:
            context |= counted(request.user)
        part, default = "tasks/_row_moved.html", "tasks:my-work"
        return changed(request, said, part, context, default, change_id=change_id)
    context = told(request, task)
    return changed(request, said, "tasks/_task_moved.html", context, task, change_id=change_id)


@require_POST
@login_required
def attach(request: HttpRequest, key: str) -> HttpResponse:
    task = visible_task(request, key)
    permissions.require(request.user, permissions.COMMENT, task)
    form = AttachForm(request.POST, request.FILES)
    if form.is_valid():
        files = form.cleaned_data["files"]
        for file in files:
            services.add_attachment(task=task, user=request.user, file=file)
        said = ngettext("%(n)d file added.", "%(n)d files added.", len(files)) % {"n": len(files)}
        return changed(request, said, "tasks/_attached.html", _with_files(request, task), task)
    if request.htmx:
        context = {**_with_files(request, task), "attach_form": form}
        return render(request, "components/attachments.html", context, status=422)
    return detail_page(request, task, attach_form=form)


def _with_files(request: HttpRequest, task: Task) -> dict[str, Any]:
    files = task.attachments.all()
    return {
        **told(request, task),
        "task": task,
        "attachments": files,
        "attach_form": AttachForm(),
    }

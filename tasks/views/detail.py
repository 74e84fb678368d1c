"""One task: what it is, where it stands, what was said and done."""

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from tasks import history
from tasks.forms import AttachForm, CommentForm
from tasks.models import Task


@require_safe
@login_required
def task_detail(request: HttpRequest, key: str) -> HttpResponse:
    return detail_page(request, visible_task(request, key))


def visible_task(request: HttpRequest, key: str) -> Task:
    """Return the task ``key`` with all its page shows joined, or answer 404."""
    tasks = Task.objects.visible_to(request.user).with_row()
    return get_object_or_404(tasks.select_related("request", "requester").with_key(key))


def detail_page(
    request: HttpRequest,
    task: Task,
    *,
    comment_form: Form | None = None,
    attach_form: Form | None = None,
) -> HttpResponse:
    """Return the task's page; 422 when one of its forms comes back with errors."""
    everything = request.GET.get("history") == "all"
    entries, earlier = history.of_task(task, request.user, everything=everything)
    faulty = comment_form or attach_form
    context = {
        "section": "tasks",
        "current_project": task.project,
        "task": task,
        "entries": entries,
        "earlier": earlier,
        "attachments": task.attachments.all(),
        "comment_form": comment_form or CommentForm(),
        "attach_form": attach_form or AttachForm(),
        "faulty": faulty,
    }
    return render(request, "tasks/task_detail.html", context, status=422 if faulty else 200)

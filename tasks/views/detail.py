"""One task: what it is, where it stands, what was said and done."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tasks import frame
from tasks.detail import history, neighbours, parts
from tasks.forms.comments import CommentForm
from tasks.forms.structure import ItemsForm, RelateForm, SubtaskForm
from tasks.forms.tasks import AttachForm
from tasks.models import Task


@require_safe
@login_required
def task_detail(request: HttpRequest, key: str) -> HttpResponse:
    return detail_page(request, visible_task(request, key))


def visible_task(request: HttpRequest, key: str) -> Task:
    """Return the task ``key`` with all its page shows joined, or answer 404.

    What is sent to a key it had before reaches it too; pages are led on by `former_keys`.
    """
    tasks = Task.objects.visible_to(request.user).with_row()
    tasks = tasks.select_related("request", "requester", "reviewer", "parent__project")
    task = tasks.with_key(key).first()
    if task is None and request.method == "POST":
        task = tasks.with_former_key(key.upper()).first()
    if task is None:
        raise Http404
    task.hides_parent = parts.hides_parent(task, request.user)
    return task


def detail_page(
    request: HttpRequest,
    task: Task,
    *,
    comment_form: Form | None = None,
    attach_form: Form | None = None,
    **more: Any,
) -> HttpResponse:
    """Return the task's page; 422 when one of its forms comes back with errors.

    ``more`` takes the place of what the page shows otherwise, such as a form with errors.
    """
    # What the page asks about the project is known with the side bar, in one query.
    task.project = frame.open_project(request, task.project.key)
    everything = request.GET.get("history") == "all"
    feed = request.GET.get("feed", "all")
    if feed not in history.FEEDS:
        raise Http404
    entries, earlier = history.of_task(task, request.user, feed=feed, everything=everything)
    faulty = comment_form or attach_form or more.get("faulty")
    context = {
        "section": "tasks",
        "current_project": task.project,
        "task": task,
        "entries": entries,
        "earlier": earlier,
        "feed": feed,
        "feeds": history.FEEDS,
        "attachments": task.attachments.all() if task.attachment_count else [],
        "comment_form": comment_form or CommentForm(task=task, user=request.user),
        "attach_form": attach_form or AttachForm(),
        **structure(request, task),
        **more,
        "faulty": faulty,
    }
    context["around"] = neighbours.around(request, task)
    panel = request.htmx and request.htmx.target == "panel"
    template = "tasks/_panel.html" if panel else "tasks/task_detail.html"
    return render(request, template, {**context, "panel": panel}, status=422 if faulty else 200)


def structure(request: HttpRequest, task: Task) -> dict[str, Any]:
    """Return what hangs on ``task``: for the page, and for the parts of it that change."""
    related, hidden = parts.related(task, request.user)
    return {
        "people": parts.people(task, request.user),
        "items": parts.items(task),
        "subtasks": parts.subtasks(task, request.user),
        "related": related,
        "hidden_related": hidden,
        "item_form": ItemsForm(auto_id="item-%s"),
        "subtask_form": SubtaskForm(auto_id="new-%s", task=task, user=request.user),
        "relate_form": RelateForm(auto_id="relate-%s", task=task, user=request.user),
    }


def told(request: HttpRequest, task: Task) -> dict[str, Any]:
    """Return what a fragment shows of the task's history; nothing where a page follows."""
    if not request.htmx:
        return {"task": task}
    entries, earlier = history.of_task(task, request.user)
    return {"task": task, "entries": entries, "earlier": earlier}

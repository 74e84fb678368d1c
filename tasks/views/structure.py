"""Subtasks, relations and watchers of a task."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from tasks import permissions, quick_add, services
from tasks.detail import closing
from tasks.forms.properties import possible_parents
from tasks.forms.structure import RelateForm, SubtaskForm
from tasks.models import Relation, Status, Task, one_change
from tasks.search import picker
from tasks.views.answers import changed, refusing
from tasks.views.detail import detail_page, structure, told, visible_task

RELATED = {
    "blocks": _lazy("%(other)s has to wait for %(key)s."),
    "blocked_by": _lazy("%(key)s has to wait for %(other)s."),
    "duplicates": _lazy("%(key)s is the same as %(other)s."),
    "duplicated_by": _lazy("%(other)s is the same as %(key)s."),
    "relates": _lazy("%(key)s has to do with %(other)s."),
}


@require_safe
@login_required
def suggest(request: HttpRequest, key: str) -> HttpResponse:
    """Options of the list under a field: the tasks that what is typed may mean."""
    task = visible_task(request, key)
    purpose = request.GET.get("for")
    if purpose == "parent":
        rows = possible_parents(task, request.user)
        found = picker.suggest(request.GET.get("parent", ""), rows, task.project)
    else:
        words = request.GET.get("other", "")
        rows = Task.objects.visible_to(request.user).exclude(pk=task.pk)
        if purpose == "same":  # only what goes on can go on for both
            rows = rows.filter(project=task.project).exclude(
                status__category=Status.Category.CANCELLED
            )
        found = picker.suggest(words, rows, task.project)
        if purpose != "same":
            found += picker.elsewhere(words, request.user, task.project)
    return render(request, "tasks/_suggested.html", {"tasks": found[: picker.SUGGESTED]})


@require_POST
@login_required
def add_subtask(request: HttpRequest, key: str) -> HttpResponse:
    task = visible_task(request, key)
    permissions.require(request.user, permissions.CREATE, task.project)
    form = SubtaskForm(request.POST, auto_id="new-%s", task=task, user=request.user)
    if form.is_valid():
        draft = form.cleaned_data["subtask"]
        try:
            with one_change() as change_id:
                subtask = quick_add.create(draft, request.user, parent=task)
        except ValidationError as error:
            form.add_error("subtask", error.messages)
    if form.errors:
        return _refused(request, task, "components/subtasks.html", subtask_form=form)
    said = _("%(key)s is added.") % {"key": subtask.key}
    read = quick_add.understood(draft, subtask)
    # A toast is for what was read beside the title: who adds many plain ones needs no pile.
    said, change_id = (f"{said} {read}", change_id) if read else (said, None)
    return _answer(request, task, said, "tasks/_subtasks_changed.html", change_id=change_id)


@require_POST
@login_required
def tick_subtask(request: HttpRequest, key: str) -> HttpResponse:
    task = visible_task(request, key)
    done = "done" in request.POST
    subtask = _seen(request, task, request.POST.get("done" if done else "reopen", ""))
    act = services.complete_task if done else services.reopen_task
    with refusing(), one_change() as change_id:
        act(task=subtask, user=request.user)
    if done and subtask.is_done:
        said = closing.words(subtask, request.user)
    else:
        said = _("%(key)s waits for its review.") if done else _("%(key)s is open again.")
        said %= {"key": subtask.key}
    return _answer(request, task, said, "tasks/_subtasks_changed.html", change_id=change_id)


def _seen(request: HttpRequest, task: Task, pk: str) -> Task:
    seen = Task.objects.visible_to(request.user).with_row().select_related("reviewer")
    try:
        return get_object_or_404(seen, pk=UUID(pk), parent=task)
    except ValueError as error:
        raise Http404 from error


@require_POST
@login_required
def relate(request: HttpRequest, key: str) -> HttpResponse:
    task = visible_task(request, key)
    permissions.require(request.user, permissions.EDIT, task)
    form = RelateForm(request.POST, auto_id="relate-%s", task=task, user=request.user)
    if form.is_valid():
        other, kind = form.cleaned_data["other"], form.cleaned_data["kind"]
        try:
            services.relate(task=task, user=request.user, kind=kind, other=other)
        except ValidationError as error:
            form.add_error("other", error.messages)
    if form.errors:
        return _refused(request, task, "components/relations.html", relate_form=form)
    said = RELATED[kind] % {"key": task.key, "other": other.key}
    return _answer(request, task, said, "tasks/_relations_changed.html")


@require_POST
@login_required
def unrelate(request: HttpRequest, key: str, pk: str) -> HttpResponse:
    task = visible_task(request, key)
    seen = Task.objects.visible_to(request.user)
    rows = Relation.objects.filter(source=task, target__in=seen) | Relation.objects.filter(
        target=task, source__in=seen
    )
    relation = get_object_or_404(rows, pk=pk)
    with one_change() as change_id:
        services.unrelate(relation=relation, task=task, user=request.user)
    keys = {"key": relation.source.key, "other": relation.target.key}
    said = _("%(key)s and %(other)s are no longer linked.") % keys
    return _answer(request, task, said, "tasks/_relations_changed.html", change_id=change_id)


@require_POST
@login_required
def watch(request: HttpRequest, key: str) -> HttpResponse:
    task = visible_task(request, key)
    watching = request.POST.get("watching") == "1"
    services.watch_task(task=task, user=request.user, watching=watching)
    if not Task.objects.visible_to(request.user).filter(pk=task.pk).exists():
        messages.success(request, _("You no longer watch %(key)s.") % {"key": task.key})
        if request.htmx:
            return HttpResponseClientRedirect("/work/")
        return redirect("tasks:my-work")
    said = _("You watch %(key)s.") if watching else _("You no longer watch %(key)s.")
    return _answer(request, task, said % {"key": task.key}, "tasks/_watched.html")


def _answer(
    request: HttpRequest, task: Task, said: str, template: str, *, change_id: UUID | None = None
) -> HttpResponse:
    context: dict[str, Any] = {}
    if request.htmx:
        task = visible_task(request, task.key)  # its counters have moved
        context = {**told(request, task), **structure(request, task)}
    return changed(request, said, template, context, task, change_id=change_id)


def _refused(request: HttpRequest, task: Task, template: str, **forms: Any) -> HttpResponse:
    """Return the part of the page, or the page, with what is wrong in the form."""
    if request.htmx:
        context = {"task": task, **structure(request, task), **forms}
        return render(request, template, context, status=422)
    return detail_page(request, task, **forms, faulty=next(iter(forms.values())))

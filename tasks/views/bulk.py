"""Change many tasks of a list at once: choose what, then do it, as far as it goes."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from tasks import permissions
from tasks.frame import open_project
from tasks.lists import bulk, said
from tasks.lists.bulk import ACTIONS, Action, Progress, Selection
from tasks.views.answers import back, tell


@require_POST
@login_required
def change(request: HttpRequest, key: str, action: str) -> HttpResponse:
    """Ask what an action has to know, or do it to the next tasks of the selection."""
    project = open_project(request, key)
    permissions.require(request.user, permissions.BULK, project)
    what = ACTIONS[action]
    selection = bulk.selected(request.POST, project=project, user=request.user)
    asked = "step" in request.POST
    form = what.form(None if asked else request.POST, project=project, user=request.user)
    trouble = _trouble(selection)
    if asked or trouble or not form.is_valid():
        return _ask(request, what, selection, form, trouble=trouble)
    token = request.POST.get("progress")
    progress = Progress.read(token) if token else bulk.begin(selection)
    progress = bulk.go_on(progress, selection, what, form.cleaned_data)
    if not progress.is_over:
        return _continue(request, what, selection, progress)
    _tell(request, what, progress)
    answer = back(request, reverse("tasks:list", args=[project.key]))
    return HttpResponseClientRedirect(answer.url) if request.htmx else answer


def _trouble(selection: Selection) -> str:
    """Return why nothing can be done with what was selected, or ""."""
    if not selection.everything and not selection.ids:
        return _("Tick the tasks that you want to change first.")
    return ""


def _ask(
    request: HttpRequest, what: Action, selection: Selection, form: Form, *, trouble: str
) -> HttpResponse:
    part = "tasks/_bulk_form.html" if request.htmx else "tasks/bulk_form.html"
    wrong = form.errors or (trouble and "step" not in request.POST)
    context = _context(request, what, selection) | {"form": form, "trouble": trouble}
    return render(request, part, context, status=422 if wrong else 200)


def _continue(
    request: HttpRequest, what: Action, selection: Selection, progress: Progress
) -> HttpResponse:
    part = "tasks/_bulk_progress.html" if request.htmx else "tasks/bulk_progress.html"
    context = _context(request, what, selection) | {"progress": progress}
    sent = {"csrfmiddlewaretoken", "progress", "task", "query", "all", "next", "step"}
    context["fields"] = selection.fields + [
        (name, value)
        for name, values in request.POST.lists()
        if name not in sent
        for value in values
    ]
    return render(request, part, context)


def _context(request: HttpRequest, what: Action, selection: Selection) -> dict[str, Any]:
    return {
        "section": "tasks",
        "current_project": selection.project,
        "action": what,
        "selection": selection,
        "fields": selection.fields,
        "next": request.POST.get("next", ""),
    }


def _tell(request: HttpRequest, what: Action, progress: Progress) -> None:
    """Say on the next page what was done to how many, and why some were refused."""
    counts = {name: getattr(progress, name) for name in ("changed", "along", "same")}
    if progress.changed:
        undo = progress.change_id if what.undoable else None
        tell(request, said.done(what.said, **counts), change_id=undo)
    elif not progress.refused:
        messages.info(request, said.done(what.said, **counts))
    if not progress.refused:
        return
    refused = ngettext("%(n)d task was refused.", "%(n)d tasks were refused.", progress.refused)
    words = [refused % {"n": progress.refused}]
    words += [f"{key}: {reason}" for key, reason in progress.reasons]
    if progress.refused > len(progress.reasons):
        words.append(
            _("What is not named here is no longer in this project, or was refused alike.")
        )
    messages.warning(request, " ".join(words))

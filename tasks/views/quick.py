"""Quick add: one line, or many, typed anywhere in the member area."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from tasks.models import Project, Task
from tasks.quick_add import QuickAddForm, save
from tasks.views.answers import back, posted, tell

LAST = "quick_add_project"  # in the session: the key of the project of the last task


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def quick_add(request: HttpRequest) -> HttpResponse:
    """Create what was typed: all of it, or, with an error, nothing."""
    form = _form(request)
    if not form.is_valid():
        return _box(request, form, status=422 if form.is_bound else 200)
    try:
        tasks, change = save(form.drafts, user=request.user)
    except ValidationError as error:  # such as an owner who has just left the project
        form.add_error("text", error.messages)
        return _box(request, form, status=422)
    request.session[LAST] = form.cleaned_data["project"].key
    context = {"added": tasks, "said": _said(tasks)}
    if not request.htmx:
        links = render_to_string("tasks/_quick_added.html", context)
        tell(request, links, change_id=change)
        return back(request, "tasks:my-work")
    fresh = empty(request, mine=form.cleaned_data["mine"])
    context |= {"quick": fresh, "added_by": change}
    answer = render(request, "tasks/_quick_answer.html", context)
    return trigger_client_event(answer, "task-added")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preview(request: HttpRequest) -> HttpResponse:
    """Show what the text is understood as; creates nothing."""
    form = _form(request)
    form.is_valid()
    if request.htmx:
        # Still being typed: an empty box is no mistake yet.
        typed = form.data.get("text", "").strip()
        return render(request, "tasks/_quick_seen.html", {"quick": form if typed else None})
    return _box(request, form, status=422 if form.errors else 200)


def empty(
    request: HttpRequest, *, mine: bool, project: Project | None = None
) -> QuickAddForm | None:
    """Return the box for a page, with ``project`` or the last one chosen.

    None where there is no project that the person may add tasks to.
    """
    key = project.key if project else request.session.get(LAST, "")
    form = QuickAddForm(user=request.user, initial={"project": key, "mine": mine})
    return form if form.projects else None


def _form(request: HttpRequest) -> QuickAddForm:
    initial = {"project": request.session.get(LAST, ""), "mine": True}
    form = QuickAddForm(posted(request), user=request.user, initial=initial)
    if not form.projects:
        raise PermissionDenied(
            _("You cannot add tasks yet. Ask the manager of a project to add you to it.")
        )
    return form


def _box(request: HttpRequest, form: QuickAddForm, **answer: Any) -> HttpResponse:
    """Answer with the box alone, or, without JavaScript, on a page that can save it."""
    if request.htmx:
        return render(request, "components/quick_add.html", {"quick": form}, **answer)
    context = {"section": "my-work", "quick": form, "next": request.POST.get("next", "")}
    return render(request, "tasks/quick_add.html", context, **answer)


def _said(tasks: list[Task]) -> str:
    if len(tasks) == 1:
        return _("%(key)s is added.") % {"key": tasks[0].key}
    return ngettext("%(n)d task is added.", "%(n)d tasks are added.", len(tasks)) % {
        "n": len(tasks)
    }

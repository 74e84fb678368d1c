"""Change one property of a task: in place with htmx, on a page of its own without."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tasks import history, permissions, services
from tasks.forms import DueForm, OwnerForm, PriorityForm, StatusForm
from tasks.models import Task
from tasks.views.answers import changed, posted
from tasks.views.detail import visible_task


@dataclass(frozen=True)
class Property:
    """How one property is edited: its name in addresses, the form and its only field."""

    name: str
    label: Promise
    form: type[Form]
    field: str
    capability: str = permissions.EDIT


STATUS = Property("status", gettext_lazy("Status"), StatusForm, "status", permissions.MOVE)
OWNER = Property("owner", gettext_lazy("Owner"), OwnerForm, "owner")
PRIORITY = Property("priority", gettext_lazy("Priority"), PriorityForm, "priority")
DUE = Property("due", gettext_lazy("Due"), DueForm, "due_on")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def set_status(request: HttpRequest, key: str) -> HttpResponse:
    return _edit(request, key, STATUS)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def set_owner(request: HttpRequest, key: str) -> HttpResponse:
    return _edit(request, key, OWNER)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def set_priority(request: HttpRequest, key: str) -> HttpResponse:
    return _edit(request, key, PRIORITY)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def set_due(request: HttpRequest, key: str) -> HttpResponse:
    return _edit(request, key, DUE)


def _edit(request: HttpRequest, key: str, what: Property) -> HttpResponse:
    task = visible_task(request, key)
    permissions.require(request.user, what.capability, task)
    if "cancel" in request.GET:
        return render(request, "tasks/_property_shown.html", {"task": task, "name": what.name})
    form = what.form(posted(request), task=task)
    if form.is_valid() and _saved(request, task, what, form):
        return _answer(request, task, what)
    template = "tasks/_property_form.html" if request.htmx else "tasks/property_form.html"
    context = {
        "section": "tasks",
        "current_project": task.project,
        "task": task,
        "what": what,
        "form": form,
        "bound": form[what.field],
    }
    return render(request, template, context, status=422 if form.errors else 200)


def _saved(request: HttpRequest, task: Task, what: Property, form: Form) -> bool:
    value = form.cleaned_data[what.field]
    try:
        if what is STATUS:
            services.move_task(task=task, user=request.user, status=value)
        else:
            services.change_task(task=task, user=request.user, **{what.field: value})
    except ValidationError as error:
        form.add_error(what.field, error.messages)
        return False
    return True


def _answer(request: HttpRequest, task: Task, what: Property) -> HttpResponse:
    said = _("%(key)s: %(property)s saved.") % {"key": task.key, "property": what.label}
    context = {"task": task, "name": what.name}
    if request.htmx:
        context["entries"], context["earlier"] = history.of_task(task, request.user)
    return changed(request, said, "tasks/_property_saved.html", context, task)

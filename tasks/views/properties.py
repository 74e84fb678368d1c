"""Change one property of a task: in place with htmx, on a page of its own without."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tasks import permissions
from tasks.detail.properties import PROPERTIES, Property
from tasks.forms.properties import PropertyForm
from tasks.models import Conflict, Task
from tasks.views.answers import changed, posted
from tasks.views.detail import told, visible_task


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: HttpRequest, key: str, name: str) -> HttpResponse:
    task, what = visible_task(request, key), PROPERTIES[name]
    permissions.require(request.user, what.capability, task)
    if "cancel" in request.GET:
        return render(request, "tasks/_property_shown.html", {"task": task, "name": name})
    form = what.form(posted(request), task=task, user=request.user)
    if form.is_valid() and _saved(request, task, what, form):
        return _answer(request, task, what)
    template = "tasks/_property_form.html" if request.htmx else "tasks/property_form.html"
    context = {
        "section": "tasks",
        "current_project": task.project,
        "task": task,
        "what": what,
        "form": form,
    }
    status = 409 if form.was_late else 422 if form.errors else 200
    return render(request, template, context, status=status)


def _saved(request: HttpRequest, task: Task, what: Property, form: PropertyForm) -> bool:
    try:
        with transaction.atomic():
            form.meet(Task.everything.all().locked(task.pk))
            what.save(task, request.user, form.cleaned_data)
    except Conflict:
        form.was_late = True
        return False
    except ValidationError as error:
        form.add_error(next(iter(form.fields)), error.messages)
        return False
    return True


def _answer(request: HttpRequest, task: Task, what: Property) -> HttpResponse:
    said = _("%(key)s: %(property)s saved.") % {"key": task.key, "property": what.label}
    context = {"name": what.name, **told(request, task)}
    return changed(request, said, "tasks/_property_saved.html", context, task)

"""Change one property of a task: in place with htmx, on a page of its own without."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tasks import permissions
from tasks.detail import closing
from tasks.detail.properties import PROPERTIES, Property
from tasks.forms.properties import PropertyForm
from tasks.models import Activity, Conflict, Task, one_change
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
    if form.is_valid():
        with one_change() as change_id:
            saved = _saved(request, task, what, form)
        if saved:
            return _answer(request, task, what, change_id)
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
            chosen = [one.pk for one in form.cleaned_data.values() if isinstance(one, Task)]
            form.meet(Task.everything.all().locked(task.pk, *chosen))
            what.save(task, request.user, form.cleaned_data)
    except Conflict:
        form.was_late = True
        return False
    except ValidationError as error:
        form.add_error(next(iter(form.fields)), error.messages)
        return False
    return True


def _answer(request: HttpRequest, task: Task, what: Property, change: UUID) -> HttpResponse:
    """Say what was saved, with "Undo" when that has changed anything."""
    said = _("%(key)s: %(property)s saved.") % {"key": task.key, "property": what.label}
    if task.is_done and what.name == "status":
        said = closing.words(task, request.user)
    context = {"name": what.name, **told(request, task)}
    undo = change if Activity.objects.filter(task=task, change_id=change).exists() else None
    return changed(request, said, "tasks/_property_saved.html", context, task, change_id=undo)

"""The checklist of a task. Each view answers with the list as it is now."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget

from tasks import permissions, services
from tasks.detail import parts
from tasks.forms.structure import ItemForm, ItemsForm
from tasks.models import ChecklistItem, Conflict, Task, one_change
from tasks.views.answers import back, changed, posted
from tasks.views.detail import detail_page, structure, told, visible_task


@require_POST
@login_required
def add(request: HttpRequest, key: str) -> HttpResponse:
    task = visible_task(request, key)
    permissions.require(request.user, permissions.EDIT, task)
    form = ItemsForm(request.POST, auto_id="item-%s")
    if not form.is_valid():
        if request.htmx:
            context = {"task": task, "items": parts.items(task), "item_form": form}
            return render(request, "tasks/_items_refused.html", context, status=422)
        return detail_page(request, task, item_form=form, faulty=form)
    items = services.add_items(task=task, user=request.user, texts=form.cleaned_data["items"])
    said = ngettext("%(n)d item added.", "%(n)d items added.", len(items)) % {"n": len(items)}
    return _answer(request, task, said, added=True)


@require_POST
@login_required
def tick(request: HttpRequest, key: str, pk: str) -> HttpResponse:
    task = visible_task(request, key)
    item, done = _item(task, pk), request.POST.get("done") == "1"
    services.tick_item(item=item, user=request.user, done=done)
    said = _("“%(item)s” is done.") if done else _("“%(item)s” is open again.")
    return _answer(request, task, said % {"item": item})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def rename(request: HttpRequest, key: str, pk: str) -> HttpResponse:
    task = visible_task(request, key)
    permissions.require(request.user, permissions.EDIT, task)
    item = _item(task, pk)
    if "cancel" in request.GET:
        context = {"task": task, "items": parts.items(task), "focus": item.pk}
        return render(request, "components/checklist_items.html", context)
    form = ItemForm(posted(request), initial={"text": item.text})
    if form.is_valid() and _renamed(request, item, form):
        return _answer(request, task, _("The item is saved."))
    context = {
        "section": "tasks",
        "current_project": task.project,
        "task": task,
        "item": item,
        "form": form,
    }
    status = 409 if form.was_late else 422 if form.errors else 200
    if request.htmx:
        return _in_place(request, context, status)
    return render(request, "tasks/item_form.html", context, status=status)


def _renamed(request: HttpRequest, item: ChecklistItem, form: ItemForm) -> bool:
    """Return whether it was saved; else ``form`` shows what somebody else has written."""
    text = form.cleaned_data["text"]
    try:
        services.rename_item(item=item, user=request.user, text=text, began=form.began)
    except Conflict as conflict:
        form.meet(conflict.row.text)
    return not form.was_late


def _in_place(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    """Return the editor of an item; with errors it takes its own place, not the list's."""
    response = render(request, "tasks/_item_form.html", context, status=status)
    if not context["form"].errors:
        return response
    return reswap(retarget(response, f"#item-{context['item'].pk}"), "outerHTML")


@require_POST
@login_required
def move(request: HttpRequest, key: str, pk: str) -> HttpResponse:
    task = visible_task(request, key)
    up = request.POST.get("to") == "up"
    services.move_item(item=_item(task, pk), user=request.user, up=up)
    order = [str(item.pk) for item in task.checklist.all()]
    place = {"n": order.index(str(pk)) + 1, "of": len(order)}
    return _answer(request, task, _("Moved to %(n)d of %(of)d.") % place)


@require_POST
@login_required
def delete(request: HttpRequest, key: str, pk: str) -> HttpResponse:
    task = visible_task(request, key)
    item = _item(task, pk)
    with one_change() as change_id:
        services.delete_item(item=item, user=request.user)
    said = _("“%(item)s” is deleted.") % {"item": item}
    return _answer(request, task, said, change_id=change_id)


@require_POST
@login_required
def promote(request: HttpRequest, key: str, pk: str) -> HttpResponse:
    """Make a subtask of the item."""
    task = visible_task(request, key)
    item = _item(task, pk)
    try:
        with one_change() as change_id:
            subtask = services.promote_item(item=item, user=request.user)
    except ValidationError as error:  # the page offers it where it works: this one was old
        messages.error(request, " ".join(error.messages))
        return (
            HttpResponseClientRedirect(task.get_absolute_url())
            if request.htmx
            else back(request, task)
        )
    said = _("It is %(key)s now, a part of this task.") % {"key": subtask.key}
    return _answer(request, task, said, change_id=change_id)


def _item(task: Task, pk: str) -> ChecklistItem:
    item = get_object_or_404(ChecklistItem, pk=pk, task=task)
    item.task = task
    return item


def _answer(
    request: HttpRequest, task: Task, said: str, *, added: bool = False, change_id: Any = None
) -> HttpResponse:
    context: dict[str, Any] = {}
    if request.htmx:
        task = visible_task(request, task.key)
        context = {**told(request, task), **structure(request, task), "added": added}
    return changed(
        request, said, "tasks/_checklist_changed.html", context, task, change_id=change_id
    )

"""Take back what one has just done: the button of toasts and messages."""

from dataclasses import asdict, dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import reswap, retarget, trigger_client_event

from accounts.models import AuditEntry
from tasks import services
from tasks.lists import undoing
from tasks.lists.undoing import Undoing
from tasks.models import Activity
from tasks.views.answers import back


@dataclass(frozen=True)
class Place:
    """Where to look after an undo: at a task, or at what has come back, which has an address."""

    key: str = ""
    anchor: str = ""  # of a comment on the task's page
    url: str = ""  # of what was deleted and is back; "" for a change


@require_POST
@login_required
def undo(request: HttpRequest) -> HttpResponse:
    """Take a change back. In place with htmx; else lead to what is back, or to the page."""
    try:
        change_id = UUID(request.POST.get("change_id", ""))
    except ValueError as error:
        raise Http404 from error
    token, place = request.POST.get("progress"), Place()
    step = Undoing.read(token) if token else undoing.begin(change_id, request.user)
    try:
        step, outcome = undoing.go_on(step, request.user)
    except Activity.DoesNotExist:
        said = [_undo_removal(request, change_id)]
    else:
        if step.after:
            return _continue(request, step)
        said = _words(step, outcome)
        place = Place() if token else _place(outcome, change_id)
    if request.htmx:
        # What asked stays where it is, until the script that hears of it takes it away.
        answer = reswap(render(request, "tasks/_undone.html", {"said": said}), "none")
        return trigger_client_event(answer, "undone", asdict(place), after="swap")
    for level, words in said:
        messages.add_message(request, level, words)
    return HttpResponseRedirect(place.url) if place.url else back(request, "tasks:my-work")


def _continue(request: HttpRequest, step: Undoing) -> HttpResponse:
    """Answer with how far it is; goes on by itself, without a script by its button."""
    context = {"section": "tasks", "step": step, "next": request.POST.get("next", "")}
    if not request.htmx:
        return render(request, "tasks/undo_progress.html", context)
    answer = render(request, "tasks/_undo_progress.html", context)
    return reswap(retarget(answer, "this"), "outerHTML")


def _place(outcome: services.Outcome, change_id: UUID) -> Place:
    """Return where what was taken back is seen. A task comes back with its subtasks."""
    rows = Activity.objects.filter(change_id=change_id)
    back_ids = set(rows.filter(field="deleted_at", old_value="").values_list("task", flat=True))
    found = [task for task in outcome.changed if task.pk in back_ids] or outcome.changed
    found = [task for task in found if task.parent_id not in back_ids]
    if len(found) != 1:
        return Place()
    task = found[0]
    comment = rows.filter(field="comment_deleted").exclude(new_value="").first()
    if comment and comment.comment_id:
        anchor = f"c-{comment.comment_id.hex}"
        return Place(task.key, anchor, f"{task.get_absolute_url()}#{anchor}")
    return Place(task.key, url=task.get_absolute_url() if back_ids else "")


def _undo_removal(request: HttpRequest, entry_id: UUID) -> tuple[int, str]:
    """Take back in whom they took out of a project: its mark is an entry of the audit log."""
    try:
        row = services.undo_removal(entry_id=entry_id, user=request.user)
    except AuditEntry.DoesNotExist:
        # The same words for a change of somebody else and for one that is too long ago.
        return messages.WARNING, _("This can no longer be undone.")
    except (ValidationError, PermissionDenied) as error:
        return messages.WARNING, " ".join(getattr(error, "messages", [str(error)]))
    said = _("Undone: %(name)s belongs to %(project)s as before.")
    return messages.SUCCESS, said % {"name": row.user or row.group, "project": row.project}


def _words(step: Undoing, outcome: services.Outcome) -> list[tuple[int, str]]:
    said, many = [], step.changed
    if many == 1 and outcome.changed:
        words = _("Undone: %(key)s is as it was.") % {"key": outcome.changed[0].key}
        said.append((messages.SUCCESS, words))
    elif many:
        words = ngettext(
            "Undone: %(n)d task is as it was.", "Undone: %(n)d tasks are as they were.", many
        )
        said.append((messages.SUCCESS, words % {"n": many}))
    for key, reason in step.refused:
        words = _("%(key)s stays: %(reason)s") % {"key": key, "reason": reason}
        said.append((messages.WARNING, words))
    return said

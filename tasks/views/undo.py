"""Take back what one has just done: the button of toasts and messages."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.models import AuditEntry
from tasks import services
from tasks.models import Activity
from tasks.views.answers import back

REASONS_SHOWN = 5


@require_POST
@login_required
def undo(request: HttpRequest) -> HttpResponse:
    try:
        change_id = UUID(request.POST.get("change_id", ""))
    except ValueError as error:
        raise Http404 from error
    try:
        outcome = services.undo(change_id=change_id, user=request.user)
    except Activity.DoesNotExist:
        _undo_removal(request, change_id)
    else:
        _tell(request, outcome)
    return back(request, "tasks:my-work")


def _undo_removal(request: HttpRequest, entry_id: UUID) -> None:
    """Take back in whom they took out of a project: its mark is an entry of the audit log."""
    try:
        row = services.undo_removal(entry_id=entry_id, user=request.user)
    except AuditEntry.DoesNotExist:
        # The same words for a change of somebody else and for one that is too long ago.
        messages.warning(request, _("This can no longer be undone."))
    except (ValidationError, PermissionDenied) as error:
        messages.warning(request, " ".join(getattr(error, "messages", [str(error)])))
    else:
        said = _("Undone: %(name)s belongs to %(project)s as before.")
        messages.success(request, said % {"name": row.user or row.group, "project": row.project})


def _tell(request: HttpRequest, outcome: services.Outcome) -> None:
    many = len(outcome.changed)
    if many == 1:
        said = _("Undone: %(key)s is as it was.") % {"key": outcome.changed[0].key}
        messages.success(request, said)
    elif many:
        said = ngettext(
            "Undone: %(n)d task is as it was.", "Undone: %(n)d tasks are as they were.", many
        )
        messages.success(request, said % {"n": many})
    for key, reason in list(outcome.refused.items())[:REASONS_SHOWN]:
        messages.warning(request, _("%(key)s stays: %(reason)s") % {"key": key, "reason": reason})

"""What can be done with a task as a whole: archive it, delete it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tasks import services
from tasks.models import one_change
from tasks.views.answers import back, tell
from tasks.views.detail import visible_task


@require_POST
@login_required
def archive(request: HttpRequest, key: str) -> HttpResponse:
    task = visible_task(request, key)
    archived = request.POST.get("archived") == "1"
    with one_change() as change_id:
        services.archive_task(task=task, user=request.user, archived=archived)
    said = _("%(key)s is archived.") if archived else _("%(key)s is back from the archive.")
    tell(request, said % {"key": task.key}, change_id=change_id)
    return back(request, task)


@require_POST
@login_required
def delete(request: HttpRequest, key: str) -> HttpResponse:
    """Put the task in the bin and lead to its project's list, where the way back is offered."""
    task = visible_task(request, key)
    with one_change() as change_id:
        services.delete_task(task=task, user=request.user)
    tell(request, _("%(key)s is deleted.") % {"key": task.key}, change_id=change_id)
    return back(request, reverse("tasks:list", args=[task.project.key]))

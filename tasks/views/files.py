"""Files of tasks: only for who may see the task."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tasks import services
from tasks.files import thumbnail
from tasks.forms.tasks import AttachForm
from tasks.models import Attachment, Task, one_change
from tasks.views.answers import changed
from tasks.views.detail import told

# Nothing in a file may run or load anything, whatever a browser takes it for.
POLICY = "default-src 'none'; sandbox"
# Safari's and Chrome's own viewers are made of parts that POLICY would keep out: the page stays
# empty. They run what is in a document apart from the site. No page but ours frames it.
PDF_POLICY = "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
# What browsers show without running anything of it. All else is downloaded.
SHOWN = {"application/pdf", "text/plain", "image/jpeg", "image/png", "image/webp"}


@require_safe
@login_required
def attachment(request: HttpRequest, pk: str) -> HttpResponseBase:
    visible = Task.objects.visible_to(request.user)
    row = get_object_or_404(Attachment.objects.filter(task__in=visible), pk=pk)
    try:
        response = _picture(row) if row.is_image and "thumb" in request.GET else _file(row)
    except OSError as error:
        raise Http404 from error
    is_pdf = response.headers["Content-Type"] == "application/pdf"
    response.headers["Content-Security-Policy"] = PDF_POLICY if is_pdf else POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, max_age=3600)
    return response


@require_POST
@login_required
def delete(request: HttpRequest, pk: str) -> HttpResponse:
    visible = Task.objects.visible_to(request.user)
    rows = Attachment.objects.filter(task__in=visible)
    row = get_object_or_404(rows.select_related("task__project", "task__status"), pk=pk)
    task = row.task
    with one_change() as change_id:
        services.delete_row(row=row, user=request.user)
    context = {
        **told(request, task),
        "attachments": task.attachments.all(),
        "attach_form": AttachForm(),
    }
    said = _("%(name)s is deleted.") % {"name": row.name}
    return changed(request, said, "tasks/_attached.html", context, task, change_id=change_id)


def _file(row: Attachment) -> FileResponse:
    return FileResponse(
        row.file.open("rb"),
        # A text without this would be taken for one of the last century.
        content_type=row.content_type + "; charset=utf-8" * (row.content_type == "text/plain"),
        as_attachment=row.content_type not in SHOWN,
        filename=row.name,
    )


def _picture(row: Attachment) -> FileResponse:
    storage = row.file.storage
    return FileResponse(storage.open(thumbnail(storage, row.file.name)), content_type="image/jpeg")

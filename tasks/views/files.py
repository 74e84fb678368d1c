"""Files of tasks: only for who may see the task."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from tasks.files import thumbnail
from tasks.models import Attachment, Task

# Nothing in a file may run or load anything, whatever a browser takes it for.
POLICY = "default-src 'none'; sandbox"


@require_safe
@login_required
def attachment(request: HttpRequest, pk: str) -> HttpResponseBase:
    visible = Task.objects.visible_to(request.user)
    row = get_object_or_404(Attachment.objects.filter(task__in=visible), pk=pk)
    try:
        response = _picture(row) if row.is_image and "thumb" in request.GET else _file(row)
    except OSError as error:
        raise Http404 from error
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, max_age=3600)
    return response


def _file(row: Attachment) -> FileResponse:
    return FileResponse(
        row.file.open("rb"),
        content_type=row.content_type,
        as_attachment=not row.is_image,
        filename=row.name,
    )


def _picture(row: Attachment) -> FileResponse:
    storage = row.file.storage
    return FileResponse(storage.open(thumbnail(storage, row.file.name)), content_type="image/jpeg")

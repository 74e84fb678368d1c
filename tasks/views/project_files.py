"""The files of a project: of all the tasks one sees, the latest first."""

from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tasks import permissions
from tasks.models import Attachment
from tasks.views.projects import in_project, visible_project

PAGE = 24
NAME_MAX = 100  # characters of a search
PICTURES = Q(content_type__startswith="image/")
KINDS = {
    "all": (_("All"), Q()),
    "pictures": (_("Pictures"), PICTURES),
    "documents": (_("Documents"), ~PICTURES),
}


@require_safe
@login_required
def project_files(request: HttpRequest, key: str) -> HttpResponse:
    project = visible_project(request, key)
    kind = request.GET.get("kind", "all")
    if kind not in KINDS:
        raise Http404
    name = request.GET.get("name", "").replace("\0", "").strip()[:NAME_MAX]
    rows = permissions.files_in(project, request.user).filter(KINDS[kind][1])
    if name:
        rows = rows.filter(name__icontains=name)
    place = request.GET.get("after", "")
    found = list(_behind(rows, place).select_related("task__project")[: PAGE + 1])
    context = in_project(request, project, "files")
    context |= {
        "files": found[:PAGE],
        "next": _place(found[PAGE - 1]) if len(found) > PAGE else "",
        "query": urlencode({"kind": kind, "name": name}),
        "kind": kind,
        "kinds": [(id, words) for id, (words, _filter) in KINDS.items()],
        "name": name,
        "filtered": bool(name or kind != "all"),
        "after": place,
    }
    template = "tasks/_more_files.html" if request.htmx else "tasks/project_files.html"
    return render(request, template, context)


def _place(file: Attachment) -> str:
    return f"{file.created_at.isoformat()}_{file.pk}"


def _behind(rows: QuerySet[Attachment], place: str) -> QuerySet[Attachment]:
    """Return ``rows``, the latest first, from behind ``place`` on; 404 for no place of ours."""
    rows = rows.order_by("-created_at", "-pk")
    if not place:
        return rows
    moment, _sep, pk = place.partition("_")
    try:
        at, last = datetime.fromisoformat(moment), UUID(pk)
        if at.tzinfo is None:
            raise Http404
        at = at.astimezone(UTC)
    except (ValueError, OverflowError) as error:  # such as before the year 1
        raise Http404 from error
    return rows.filter(Q(created_at__lt=at) | Q(pk__lt=last), created_at__lte=at)

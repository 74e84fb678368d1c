"""Addresses with a key that a project or task had before, or in small letters, still lead there.

And who may take a task back from the bin is told that it is there.
"""

from collections.abc import Callable

from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from tasks import permissions
from tasks.models import Project, Task


class FormerKeys:
    """When a page of ours is not found, look whether its key has become another.

    Costs nothing where a page is found, and tells nobody of what they may not see.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        match = request.resolver_match
        if not isinstance(exception, Http404) or request.method not in ("GET", "HEAD"):
            return None
        if match is None or match.namespace != "tasks" or "key" not in match.kwargs:
            return None
        key = match.kwargs["key"]
        row = _now_called(request, key)
        if row is None and (gone := _in_bin(request, key)):
            return render(
                request, "tasks/in_bin.html", {"section": "tasks", "task": gone}, status=404
            )
        if row is None or row.key == key:
            return None
        url = reverse(match.view_name, kwargs={**match.kwargs, "key": row.key})
        query = request.META.get("QUERY_STRING", "")
        return HttpResponseRedirect(f"{url}?{query}" if query else url)


def _now_called(request: HttpRequest, key: str) -> Model | None:
    key = key.upper()
    if "-" not in key:
        return Project.objects.visible_to(request.user).filter(keys__key=key).first()
    tasks = Task.objects.visible_to(request.user).select_related("project")
    return tasks.with_former_key(key).first()


def _in_bin(request: HttpRequest, key: str) -> Task | None:
    if "-" not in key:
        return None
    rows = Task.everything.visible_to(request.user).with_key(key.upper()).with_row()
    task = rows.exclude(deleted_at=None).first()
    return task if task and permissions.may(request.user, permissions.DELETE, task) else None

"""Addresses with a key that a project or task had before, or in small letters, still lead there."""

from collections.abc import Callable

from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from tasks.models import Project, Task


class FormerKeys:
    """When a page of ours is not found, look whether its key has become another.

    Costs nothing where a page is found, and tells nobody of what they may not see.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseRedirect | None:
        match = request.resolver_match
        if not isinstance(exception, Http404) or request.method not in ("GET", "HEAD"):
            return None
        if match is None or match.namespace != "tasks" or "key" not in match.kwargs:
            return None
        key = match.kwargs["key"]
        row = _now_called(request, key)
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

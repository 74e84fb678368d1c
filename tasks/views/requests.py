"""The status page of a request: no account, only its secret address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tasks.models import Status, Task

WORDS = {
    Status.Category.TRIAGE: _("Received"),
    Status.Category.BACKLOG: _("Accepted"),
    Status.Category.TODO: _("Accepted"),
    Status.Category.DOING: _("In progress"),
    Status.Category.REVIEW: _("In progress"),
    Status.Category.DONE: _("Done"),
    Status.Category.CANCELLED: _("Declined"),
}


@require_safe
def request_status(request: HttpRequest, token: str) -> HttpResponse:
    tasks = Task.objects.select_related("project", "status", "request")
    task = tasks.filter(request__token=token.replace("\x00", "")).first()  # PostgreSQL refuses NUL
    if task is None:
        return _private(render(request, "tasks/request_unknown.html", status=404))
    context = {
        "task": task,
        "asked": task.request,
        "words": WORDS[task.status.category],
        "is_new": "sent" in request.GET and task.status.is_triage,
    }
    return _private(render(request, "tasks/request_status.html", context))


def _private(response: HttpResponse) -> HttpResponse:
    """Keep the address, which is the key to the page, out of caches, indexes and referrers."""
    add_never_cache_headers(response)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response

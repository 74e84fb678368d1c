"""Health, and what is answered when something fails."""

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.defaults import bad_request as plain_bad_request

from portal.limits.middleware import too_large

MEMBER_AREA = ("work", "projects", "tasks", "comments")  # how its addresses begin
TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the process can serve; asks nothing else."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers, else 503.

    Supabase and the mail server are left out on purpose: an outage there must not take
    our servers out of rotation, because pages and tasks work without them.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503, headers={"Retry-After": "5"})
    return JsonResponse({"status": "ok", "version": settings.VERSION})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say what to do when a form's protection has expired; nothing typed is lost on Back."""
    return render(request, "403_csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 413 when the parts of a form are too many or too large, else 400."""
    return (
        too_large(request)
        if isinstance(exception, TOO_LARGE)
        else plain_bad_request(request, exception)
    )


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403 with the reason: to members inside their area, with the way they came.

    A part of a page (htmx) gets the reason alone, which is said where it was asked for.
    """
    context = {"exception": str(exception), "came_from": _came_from(request)}
    user = getattr(request, "user", None)  # missing when an outer layer refused
    if request.headers.get("HX-Request") == "true":
        template = "components/refused.html"
    else:
        template = "403_app.html" if user and user.is_authenticated else "403.html"
    return render(request, template, context, status=403)


def _came_from(request: HttpRequest) -> str:
    """Return the page of ours from which this was asked, or "". Not this one: that would loop."""
    url = request.headers.get("referer", "")
    ours = url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure())
    return url if ours and url != request.build_absolute_uri() else ""


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404: to members inside their area with its ways on, else with those of the website."""
    area, _slash, asked = request.path_info.strip("/").partition("/")
    user = getattr(request, "user", None)  # missing when an outer layer answered
    if area not in MEMBER_AREA or not (user and user.is_authenticated):
        return render(request, "404.html", status=404)
    context = {"asked": asked.partition("/")[0] if area != "work" else ""}
    return render(request, "404_app.html", context, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 when our database does not answer, and 500 for what we did wrong.

    Both pages stand alone: nothing in them asks the database or the request.
    """
    if isinstance(sys.exc_info()[1], OperationalError):
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "60"})
    return HttpResponse(render_to_string("500.html"), status=500)

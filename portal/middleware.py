"""Response headers that every answer carries."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.module_loading import import_string

SITE_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'"
)
# Wagtail's explorer and editors still use inline scripts and styles; the public site does not.
ADMIN_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; script-src 'self' 'unsafe-inline'; "
    "style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'"
)


class MachineViewMiddleware:
    """Answer `settings.MACHINE_VIEWS` at once: machines need no session, language or redirect.

    Stands before everything that is made ready for people. Such a view uses nothing of that.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.views = {path: import_string(view) for path, view in settings.MACHINE_VIEWS.items()}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.views.get(request.path_info, self.get_response)(request)


class ContentSecurityPolicyMiddleware:
    """Send a strict policy on the site and a relaxed one under the admin path."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        relaxed = request.path.startswith((settings.ADMIN_PATH, "/__debug__/"))
        response.headers.setdefault(
            "Content-Security-Policy", ADMIN_POLICY if relaxed else SITE_POLICY
        )
        return response


class CookielessApiMiddleware:
    """Take a browser's cookies away from requests to the API, whatever looks for them later.

    What does not read cookies cannot be made to act by another site's page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(settings.API_PATH):
            request.COOKIES = {}
        return self.get_response(request)


class NotAllowedMiddleware:
    """Say in a page what browsers show as a blank one: the address only takes what a form sends."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        bare = isinstance(response, HttpResponseNotAllowed) and not response.content
        if not bare or request.method != "GET" or not request.accepts("text/html"):
            return response
        base = "base_app.html" if request.user.is_authenticated else "base_site.html"
        page = render(request, "405.html", {"base": base}, status=405)
        page.headers["Allow"] = response.headers["Allow"]
        return page


class PrivateResponseMiddleware:
    """Forbid caches to keep an answer that was made for one person.

    That is one that used the session a browser sent, or that sets a cookie. Who comes
    without a session gets what everybody gets, so a front cache may keep it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = getattr(request, "session", None)  # missing when an outer layer answered
        used = session is not None and session.accessed
        personal = used and settings.SESSION_COOKIE_NAME in request.COOKIES
        if (personal or response.cookies) and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

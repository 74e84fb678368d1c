"""What hangs on every request of a signed-in person: the second factor and the last visit."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import BACKEND_SESSION_KEY
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from accounts.addresses import with_next
from accounts.models import AccessSettings, AuthSession
from accounts.sessions import lifecycle

SEEN_SECONDS = 300


class AccountMiddleware:
    """Lead people to their second factor, and turn a session that is over into a new sign-in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        # Asking for the user of a visitor would make every page depend on the cookie, and
        # editors' pictures are the same for all.
        if request.path.startswith(settings.MEDIA_URL):
            return None
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not _by_supabase(request):
            return None
        _note_visit(request)
        if _is_open(request) or not second_factor_missing(request):
            return None
        return _lead(request, "accounts:second-factor")

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, lifecycle.SecondFactorNeeded):
            return redirect("accounts:second-factor")
        if isinstance(error, lifecycle.SessionEnded):
            request.session.flush()
            messages.warning(request, _("Your session has ended. Sign in again to go on."))
            return _lead(request, "accounts:sign-in")
        return None


def second_factor_missing(request: HttpRequest) -> bool:
    """Tell whether the site asks this signed-in person for a second factor that is missing."""
    rule = request.user.second_factor_rule
    needed = rule == AccessSettings.SecondFactor.MEMBERS or (
        rule == AccessSettings.SecondFactor.EDITORS and request.path.startswith(settings.ADMIN_PATH)
    )
    if not needed:
        return False
    session = lifecycle.current(request)
    return session is None or session.aal != "aal2"


def _is_open(request: HttpRequest) -> bool:
    """Tell whether a page is there for people without their second factor, and its dress."""
    name = request.resolver_match.view_name
    return name in settings.SECOND_FACTOR_EXEMPT or request.path.startswith(settings.MEDIA_URL)


def _by_supabase(request: HttpRequest) -> bool:
    """Tell whether somebody is signed in with a Supabase account; local log-ins are audited."""
    user = request.user
    return (
        user.is_authenticated
        and hasattr(user, "identity")
        and request.session.get(BACKEND_SESSION_KEY) == lifecycle.BACKEND
    )


def _note_visit(request: HttpRequest) -> None:
    # The cache decides, so that most requests write nothing; each process has its own.
    key = request.session.session_key
    if cache.add(f"accounts.seen.{key}", True, SEEN_SECONDS):
        AuthSession.objects.filter(session_key=key).update(last_seen_at=timezone.now())


def _lead(request: HttpRequest, name: str) -> HttpResponse:
    """Redirect, with the way back; htmx would put the page into a part of this one."""
    back = request.get_full_path() if request.method in ("GET", "HEAD") else ""
    if request.htmx:
        back = request.htmx.current_url_abs_path or ""
        return HttpResponseClientRedirect(with_next(name, back))
    return redirect(with_next(name, back))

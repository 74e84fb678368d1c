"""A person's time zone, language and colours take effect on every page and mail for them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

THEME_COOKIE = "theme"
THEME_COOKIE_SECONDS = 365 * 24 * 3600
LANGUAGES = dict(settings.LANGUAGES)


@contextmanager
def of(user: AbstractBaseUser | None) -> Iterator[None]:
    """Show times and dates inside the block as ``user`` likes them; None: as the portal does."""
    language = getattr(user, "language", "")
    language = language if language in LANGUAGES else settings.LANGUAGE_CODE
    zone = time_zone(getattr(user, "time_zone", "")) or timezone.get_default_timezone()
    with timezone.override(zone), translation.override(language):
        yield


@cache
def time_zone(name: str) -> ZoneInfo | None:
    """Return the IANA zone of that name, None when this machine does not know it."""
    try:
        return ZoneInfo(name) if name else None
    except (OSError, ValueError, LookupError):
        return None


class PreferencesMiddleware:
    """Apply what the signed-in person chose to the whole request.

    The user row has it all, and every page loads that; visitors without a session cost
    nothing. The colours travel in a cookie, because script sets them before the first paint.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(settings.MEDIA_URL):
            return self.get_response(request)  # the same for all, and kept by browsers
        known = settings.SESSION_COOKIE_NAME in request.COOKIES
        if known:
            # The person themselves: each look through Django's lazy wrapper costs some
            # microseconds, and a page has hundreds.
            request.user = get_user(request)
        with of(request.user if known and request.user.is_authenticated else None):
            response = self.get_response(request)
        if known or request.session.modified:  # "modified": this request may have signed them in
            _follow(request, response)
        return response


def _follow(request: HttpRequest, response: HttpResponse) -> None:
    """Give this browser the colours of the account, unless the account leaves them to it."""
    theme = getattr(request.user, "theme", "")
    chosen = theme in ("light", "dark") and request.COOKIES.get(THEME_COOKIE) != theme
    if chosen and THEME_COOKIE not in response.cookies:
        set_theme_cookie(response, theme)


def theme_in(request: HttpRequest) -> str:
    """Return the colours this browser shows the signed-in person: "light", "dark" or "auto".

    An account that leaves them open has what was chosen here before signing in.
    """
    here = request.COOKIES.get(THEME_COOKIE)
    return (
        here if request.user.theme == "auto" and here in ("light", "dark") else request.user.theme
    )


def set_theme_cookie(response: HttpResponse, theme: str) -> None:
    """Remember "light" or "dark" in this browser; "auto" forgets both."""
    if theme == "auto":
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    else:
        response.set_cookie(
            THEME_COOKIE,
            theme,
            max_age=THEME_COOKIE_SECONDS,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )

"""Where to go next: addresses that came from outside are checked here."""

import re
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

# Browsers drop some signs and turn others into slashes; addresses of ours have none of them.
PATH = re.compile(r"/[^\x00-\x20\x7f-\xa0\\]{0,2000}")


def wanted_address(request: HttpRequest) -> str:
    """Return the path asked for with ``next``, or "" for none or one that leads elsewhere.

    Mails carry it as a full address of this portal; its bare root means "nowhere special",
    because the Auth server fills that in by itself.
    """
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if wanted in (settings.PUBLIC_URL, f"{settings.PUBLIC_URL}/"):
        return ""
    wanted = wanted.removeprefix(settings.PUBLIC_URL)
    safe = PATH.fullmatch(wanted) and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts=None, require_https=request.is_secure()
    )
    return wanted if safe else ""


def next_address(request: HttpRequest) -> str:
    """Return where a person who has just come in goes."""
    return wanted_address(request) or resolve_url(settings.LOGIN_REDIRECT_URL)


def with_next(name: str, onward: str) -> str:
    """Return the address of a page here that leads on to ``onward``, a path of this portal."""
    return f"{reverse(name)}?{urlencode({'next': onward})}" if onward else reverse(name)


def mail_address(request: HttpRequest) -> str:
    """Return the full address that a mailed link leads on to, "" for the usual place."""
    wanted = wanted_address(request)
    return f"{settings.PUBLIC_URL}{wanted}" if wanted else ""

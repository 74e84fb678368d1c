"""Who is asking, as far as the network tells: client address and request id."""

import ipaddress
import uuid

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """Return the client's IP address, None when the server was not told one that can be read.

    Each of the `settings.TRUSTED_PROXIES` servers in front appends the address it saw to
    X-Forwarded-For. What stands further left was sent by the client and is never believed.
    """
    hops = [request.META.get("REMOTE_ADDR", "")]
    if settings.TRUSTED_PROXIES:
        hops = request.headers.get("X-Forwarded-For", "").split(",") + hops
    place = -1 - settings.TRUSTED_PROXIES
    try:
        return str(ipaddress.ip_address(hops[max(place, -len(hops))].strip()))
    except ValueError:
        return None


def request_id(request: HttpRequest) -> str:
    """Return the same id for the whole of one request."""
    if not hasattr(request, "portal_id"):
        request.portal_id = str(uuid.uuid4())
    return request.portal_id

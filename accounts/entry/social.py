"""Signing in through a social provider: flows that this browser began and has not finished.

The verifier in the browser's own session is the defence against somebody else's code: the
Auth server's `state` never reaches the portal.
"""

import secrets
import time
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts import audit, limits
from accounts.models import User
from accounts.sessions.lifecycle import start_session
from accounts.supabase import social
from accounts.supabase.errors import AuthProblem

PENDING = "social_flows"
MOST_PENDING = 5  # tabs; the oldest gives way
LIFETIME_SECONDS = 1800  # the Auth server's is 5 minutes; a late answer still gets its own words


class Flow(NamedTuple):
    provider: str
    verifier: str
    onward: str  # an address of this portal
    began_at: float  # Unix time in seconds


def begin(request: HttpRequest, provider: str, onward: str) -> str:
    """Remember a new flow in this browser's session and return the address to send it to.

    Raises Limited for a client that begins too many.
    """
    limits.check("social")
    flow_id = secrets.token_urlsafe(16)
    flow = Flow(provider, social.new_verifier(), onward, time.time())
    pending = {**request.session.get(PENDING, {}), flow_id: flow}
    request.session[PENDING] = dict(list(pending.items())[-MOST_PENDING:])
    back = f"{settings.PUBLIC_URL}{reverse('accounts:callback')}?{urlencode({'flow': flow_id})}"
    return social.authorize_url(provider, flow.verifier, back)


def take(request: HttpRequest, flow_id: str) -> Flow | None:
    """Return the flow and forget it: an answer counts once. None when this browser has none."""
    pending = dict(request.session.get(PENDING, {}))
    if flow_id not in pending:
        return None
    flow = Flow(*pending.pop(flow_id))
    request.session[PENDING] = pending
    return flow if time.time() - flow.began_at < LIFETIME_SECONDS else None


def finish(request: HttpRequest, flow: Flow, code: str) -> User:
    """Sign in with the code that the provider's page led to. Raises what `start_session` does.

    Flows of other tabs stay, although the rest of the browser's session is dropped.
    """
    others = request.session.get(PENDING, {})
    try:
        session = social.exchange_code(code, flow.verifier)
        return start_session(request, session, onward=flow.onward)
    except AuthProblem as problem:
        note_failure(flow, getattr(problem, "code", ""))
        raise
    finally:
        if others:
            request.session[PENDING] = others


def note_failure(flow: Flow, code: str) -> None:
    """Write down that a flow of this browser ended without a sign-in."""
    audit.record_sampled("sign-in.failed", way=flow.provider, code=code[:40])

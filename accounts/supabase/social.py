"""Social providers at the Auth server: which are on, where to send a browser, what it brings back.

Source: https://supabase.com/docs/guides/auth/social-login
"""

import base64
import hashlib
import logging
import re
import secrets
import string
import threading
import time
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode

from django.conf import settings

from accounts.supabase.auth import Session, as_session, translated
from accounts.supabase.errors import AuthProblem, Unavailable

logger = logging.getLogger(__name__)
FRESH_SECONDS = 300
STALE_SECONDS = 24 * 3600
PAUSE_SECONDS = 15  # after a failure
PATIENCE_SECONDS = 1  # of a page that finds nothing remembered
VERIFIER_LENGTH = 64
VERIFIER_LETTERS = string.ascii_letters + string.digits + "-._~"
USABLE_NAME = re.compile(r"[a-z0-9_-]+")  # it becomes part of our own addresses
# Ways in that GET /settings lists beside the social ones.
NOT_SOCIAL = {"email", "phone", "anonymous_users", "saml", "web3_solana", "web3_ethereum"}
# Microsoft tells the address only when it is asked for by name; Keycloak wants its own word.
SCOPES = {"azure": "email", "keycloak": "openid"}


@dataclass(frozen=True)
class ServerSettings:
    """What the Auth server lets anybody know about itself."""

    providers: tuple[str, ...] = ()  # social ones that are on
    registration_open: bool = True


class RememberedSettings:
    """The settings of one Auth server, asked for in the background.

    No page waits longer than PATIENCE_SECONDS, and only while nothing is remembered. A
    failure keeps what was known for a day; without that, there are no buttons.
    """

    def __init__(self) -> None:
        self.known = ServerSettings()
        self.known_at = self.tried_at = float("-inf")
        self.lock = threading.Lock()
        self.asking: threading.Thread | None = None

    def get(self) -> ServerSettings:
        """Return the settings; never raises."""
        if time.monotonic() - self.known_at > FRESH_SECONDS:
            asking = self._ask()
            if asking and time.monotonic() - self.known_at > STALE_SECONDS:
                asking.join(PATIENCE_SECONDS)
        old = time.monotonic() - self.known_at > STALE_SECONDS
        return ServerSettings() if old else self.known

    def _ask(self) -> threading.Thread | None:
        """Return the thread that asks, a new one unless one runs or has just failed."""
        with self.lock:
            if self.asking and self.asking.is_alive():
                return self.asking
            if time.monotonic() - self.tried_at < PAUSE_SECONDS:
                return None
            self.tried_at = time.monotonic()
            self.asking = threading.Thread(target=self._refresh, daemon=True, name="settings")
            self.asking.start()
            return self.asking

    def _refresh(self) -> None:
        try:
            self.known = _fetch()
            self.known_at = time.monotonic()
        except AuthProblem as problem:
            logger.warning("The Auth server does not tell its settings: %s", problem)


def server_settings() -> ServerSettings:
    """Return what is known of the Auth server's settings, at most 5 minutes old when it answers."""
    return _remembered(settings.SUPABASE_AUTH_URL).get()


@cache
def _remembered(url: str) -> RememberedSettings:
    return RememberedSettings()


def _fetch() -> ServerSettings:
    with translated() as client:
        answer = client._request("GET", "settings").json()
    external = answer.get("external") if isinstance(answer, dict) else None
    if not isinstance(external, dict):
        raise Unavailable("settings of an unknown shape")
    on = [name for name, is_on in external.items() if is_on is True and name not in NOT_SOCIAL]
    return ServerSettings(
        providers=tuple(sorted(name for name in on if USABLE_NAME.fullmatch(name))),
        registration_open=answer.get("disable_signup") is not True,
    )


def new_verifier() -> str:
    """Return a fresh secret of the length and letters that PKCE allows."""
    return "".join(secrets.choice(VERIFIER_LETTERS) for _ in range(VERIFIER_LENGTH))


def authorize_url(provider: str, verifier: str, redirect_to: str) -> str:
    """Return where to send the browser; the verifier stays here, only its digest travels."""
    digest = hashlib.sha256(verifier.encode()).digest()
    query = {
        "provider": provider,
        "redirect_to": redirect_to,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "s256",
    }
    if provider in SCOPES:
        query["scopes"] = SCOPES[provider]
    return f"{settings.SUPABASE_AUTH_URL}/authorize?{urlencode(query)}"


def exchange_code(code: str, verifier: str) -> Session:
    """Exchange the code that a browser brought back for a session.

    Refused with flow_state_not_found, flow_state_expired or bad_code_verifier.
    """
    with translated() as client:
        # redirect_to only keeps the library's types quiet; this call sends none.
        answer = client.exchange_code_for_session(
            {"auth_code": code, "code_verifier": verifier, "redirect_to": ""}
        )
        if answer.session is None:
            raise Unavailable("a code was answered without a session")
        return as_session(answer.session)

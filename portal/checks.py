"""System checks: settings that would hurt in production, found before the first request.

`manage.py check --deploy` runs all of them, `manage.py check` those that hold everywhere.
"""

import base64
import binascii
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import connection

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SHORTEST_SECRET = 50  # characters; Django's own check asks for the same
SHORTEST_SHARED_SECRET = 32  # characters: the size of what HS256 makes of it
SHORTEST_LEASE = timedelta(seconds=60)

Check = Callable[..., list[CheckMessage]]


def _everywhere(check: Callable[[], Iterator[CheckMessage]]) -> Check:
    return register(lambda app_configs=None, **kwargs: list(check()), "portal")


def _in_production(check: Callable[[], Iterator[CheckMessage]]) -> Check:
    def run(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
        return [] if settings.DEBUG else list(check())

    return register(run, "portal", deploy=True)


@_everywhere
def supabase_keys_differ() -> Iterator[CheckMessage]:
    if settings.SUPABASE_SECRET_KEY == settings.SUPABASE_PUBLISHABLE_KEY:
        yield Error(
            "SUPABASE_SECRET_KEY and SUPABASE_PUBLISHABLE_KEY are the same.",
            hint="Copy both from the project's API settings. The secret key must stay secret.",
            id="portal.E001",
        )


@_everywhere
def supabase_keys_are_in_their_places() -> Iterator[CheckMessage]:
    if settings.SUPABASE_PUBLISHABLE_KEY.startswith("sb_secret_"):
        yield Error(
            "SUPABASE_PUBLISHABLE_KEY holds a secret key.",
            hint="Put the sb_publishable_ key there.",
            id="portal.E008",
        )
    if settings.SUPABASE_SECRET_KEY.startswith("sb_publishable_"):
        yield Error(
            "SUPABASE_SECRET_KEY holds a publishable key: the Admin API will refuse it.",
            hint="Put the sb_secret_ key there.",
            id="portal.E009",
        )


@_everywhere
def visitors_can_be_named() -> Iterator[CheckMessage]:
    if settings.SUPABASE_FORWARD_CLIENT and not settings.SUPABASE_SECRET_KEY.startswith(
        "sb_secret_"
    ):
        yield Error(
            "SUPABASE_FORWARD_CLIENT needs a secret key of the new kind: no address is named.",
            hint="Make an sb_secret_ key in the project, or set SUPABASE_FORWARD_CLIENT=false.",
            id="portal.E010",
        )


@_everywhere
def shared_secrets_are_long() -> Iterator[CheckMessage]:
    if 0 < len(settings.SUPABASE_JWT_SECRET) < SHORTEST_SHARED_SECRET:
        yield Error(
            f"SUPABASE_JWT_SECRET is shorter than {SHORTEST_SHARED_SECRET} characters: whoever "
            "guesses it can be anybody.",
            hint="Migrate the project to signing keys, or give it a long random secret.",
            id="portal.E011",
        )


@_everywhere
def change_log_is_within_reach() -> Iterator[CheckMessage]:
    if settings.SUPABASE_CHANGE_LOG and connection.vendor != "postgresql":
        yield Error(
            "SUPABASE_CHANGE_LOG is true, but the portal's database is not the project's.",
            hint="Set DATABASE_URL to the Supabase project's database, or the flag to false.",
            id="portal.E012",
        )


@_everywhere
def supabase_is_reached_safely() -> Iterator[CheckMessage]:
    address = urlsplit(settings.SUPABASE_URL)
    if address.scheme != "https" and address.hostname not in LOOPBACK:
        yield Error(
            "SUPABASE_URL is not https: passwords and keys would travel readable.",
            hint="Use the project's address, such as https://abcd.supabase.co.",
            id="portal.E002",
        )


@_everywhere
def webhook_secrets_are_readable() -> Iterator[CheckMessage]:
    names = ("SUPABASE_WEBHOOK_SECRETS", "SUPABASE_HOOK_SECRETS")
    secrets = [(name, *each) for name in names for each in enumerate(getattr(settings, name), 1)]
    for name, number, secret in secrets:
        if not _is_webhook_secret(secret):
            yield Error(
                f"Secret {number} in {name} is not v1,whsec_<base64>.",
                hint="Copy it from the hook's page; join several with |.",
                id="portal.E003",
            )


def _is_webhook_secret(secret: str) -> bool:
    version, _, encoded = secret.partition(",whsec_")
    try:
        return version == "v1" and len(base64.b64decode(encoded, validate=True)) >= 16
    except binascii.Error:
        return False


@_in_production
def leases_are_long_enough() -> Iterator[CheckMessage]:
    if settings.QUEUE_LEASE < SHORTEST_LEASE:
        yield Warning(
            "QUEUE_LEASE_SECONDS is under 60: a slow mail server may get an e-mail twice.",
            hint="Leave it out to have 120.",
            id="portal.W001",
        )


@_in_production
def secret_key_is_strong() -> Iterator[CheckMessage]:
    key = settings.SECRET_KEY
    weak = len(key) < SHORTEST_SECRET or len(set(key)) < 5
    if weak or key.startswith(("dev-only", "django-insecure-")):
        yield Error(
            "SECRET_KEY is short or made for development. It signs sessions and encrypts tokens.",
            hint="python -c 'import secrets; print(secrets.token_urlsafe(64))' makes a good one.",
            id="portal.E004",
        )


@_in_production
def people_come_over_https() -> Iterator[CheckMessage]:
    if not settings.PUBLIC_URL.startswith("https://"):
        yield Error(
            "PUBLIC_URL is not https: sessions and links in e-mails would travel readable.",
            hint="Put a TLS server in front and set PUBLIC_URL=https://….",
            id="portal.E005",
        )


@_in_production
def hosts_are_named() -> Iterator[CheckMessage]:
    if "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS contains *: anybody could make links in our pages lead elsewhere.",
            hint="PUBLIC_URL's host is allowed already; name the others.",
            id="portal.E006",
        )


@_in_production
def mails_leave_the_house() -> Iterator[CheckMessage]:
    if settings.EMAIL_BACKEND != "django.core.mail.backends.smtp.EmailBackend":
        yield Error(
            f"EMAIL_BACKEND is {settings.EMAIL_BACKEND}: e-mails would be marked sent and lost.",
            hint="Leave EMAIL_BACKEND alone and set EMAIL_HOST.",
            id="portal.E007",
        )


@_in_production
def visitors_are_told_apart() -> Iterator[CheckMessage]:
    if settings.SECURE_PROXY_SSL_HEADER and not settings.TRUSTED_PROXIES:
        yield Warning(
            "TRUST_PROXY_PROTO is true and TRUSTED_PROXIES is 0: limits and logs take the front "
            "server's address for everybody's.",
            hint="Set TRUSTED_PROXIES to the number of servers in front, mostly 1.",
            id="portal.W004",
        )


@_in_production
def tokens_are_of_one_family() -> Iterator[CheckMessage]:
    if settings.SUPABASE_JWT_SECRET:
        yield Warning(
            "SUPABASE_JWT_SECRET is set: tokens of two families are accepted, HS256 and those of "
            "the signing keys.",
            hint="Migrate the project to signing keys, then leave it out.",
            id="portal.W005",
        )


@_in_production
def database_serves_many() -> Iterator[CheckMessage]:
    if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
        yield Warning(
            "The database is SQLite: one server, one writer at a time, no fuzzy search.",
            hint="Set DATABASE_URL=postgres://…, such as the Supabase project's own database.",
            id="portal.W002",
        )


@_in_production
def webhooks_can_arrive() -> Iterator[CheckMessage]:
    if not settings.SUPABASE_WEBHOOK_SECRETS:
        yield Warning(
            "SUPABASE_WEBHOOK_SECRETS is empty: every webhook is refused, so changed accounts "
            "are noticed late.",
            hint="Copy the secret from the hook's page of the Supabase project.",
            id="portal.W003",
        )

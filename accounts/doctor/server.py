"""What the Auth server says for itself: address, keys, signing keys, settings, clock."""

from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone

from accounts.doctor.findings import Findings, error, ok, warning
from accounts.supabase.connection import http_client, httpx
from accounts.supabase.errors import Unavailable

DRIFT_SECONDS = 5
LARGEST_DRIFT_SECONDS = 30  # tokens are refused beyond it
OLD_KEY = "eyJ"  # the keys called anon and service_role are signed tokens


class Answer(NamedTuple):
    """An answer of the Auth server; ``body`` is {} when it is no JSON object."""

    status: int
    body: dict[str, Any]
    date: str

    @property
    def code(self) -> str:
        return str(self.body.get("code") or self.body.get("error_code") or "no code")


def ask(method: str, path: str, key: str, **options: Any) -> Answer:
    """Ask the Auth server with an API key; raise Unavailable when no usable answer comes."""
    headers = {
        "apikey": key,
        "Authorization": f"Bearer {key}",
        "X-Supabase-Api-Version": "2024-01-01",
    }
    try:
        answer = http_client().request(
            method, f"{settings.SUPABASE_AUTH_URL}/{path}", headers=headers, **options
        )
        body = answer.json() if answer.content else {}
    except (httpx.HTTPError, ValueError, RecursionError) as problem:
        raise Unavailable(type(problem).__name__) from problem
    body = body if isinstance(body, dict) else {}
    return Answer(answer.status_code, body, answer.headers.get("Date", ""))


def look() -> Findings:
    """Yield what the server shows; ends after the first line when it does not answer."""
    try:
        health = ask("GET", "health", settings.SUPABASE_PUBLISHABLE_KEY)
    except Unavailable as problem:
        yield error(
            f"The Auth server does not answer at {settings.SUPABASE_AUTH_URL} ({problem}). "
            "Nothing else about it could be checked.",
            "Compare SUPABASE_URL with the project's address. A paused project does not answer; "
            "neither does one behind a firewall.",
        )
        return
    checks: tuple[Callable[..., Findings], ...] = (
        _health, _clock, _publishable_key, _secret_key, _signing_keys, _settings,
    )  # fmt: skip
    for check in checks:
        try:
            yield from check(health)
        except Unavailable as problem:
            yield error(
                f"The Auth server stopped answering ({problem}).",
                "Run this again. If it stays, look at the project's health and its logs.",
            )


def _health(health: Answer) -> Findings:
    if health.status == 200 and health.body.get("name") == "GoTrue":
        yield ok(f"The Auth server answers at {settings.SUPABASE_AUTH_URL}.")
    elif health.status not in (401, 403):  # the next check tells about keys
        yield error(
            f"Something answers at {settings.SUPABASE_AUTH_URL}, but not as Supabase Auth does "
            f"(status {health.status}).",
            "SUPABASE_URL is the project's address without a path.",
        )


def _clock(health: Answer) -> Findings:
    try:
        there = parsedate_to_datetime(health.date)
    except ValueError:
        yield warning("The Auth server's time is not known.", "Compare the clocks by hand.")
        return
    drift = abs((timezone.now() - there).total_seconds())
    if drift > LARGEST_DRIFT_SECONDS:
        yield error(
            f"The clocks differ by {drift:.0f} seconds: every sign-in will be refused.",
            "Set this server's clock by NTP.",
        )
    elif drift > DRIFT_SECONDS:
        yield warning(f"The clocks differ by {drift:.0f} seconds.", "Set this server's by NTP.")
    else:
        yield ok("The clocks agree.")


def _publishable_key(health: Answer) -> Findings:
    key = settings.SUPABASE_PUBLISHABLE_KEY
    answer = ask("GET", "settings", key)
    if answer.status != 200:
        yield error(
            f"SUPABASE_PUBLISHABLE_KEY is refused (status {answer.status}).",
            "Copy it from the project's API keys.",
        )
    elif ask("GET", "admin/users?page=1&per_page=1", key).status == 200:
        yield error(
            "SUPABASE_PUBLISHABLE_KEY opens the Admin API: it is a secret key.",
            "Put the publishable key there, and make a new secret key if this one was shown.",
        )
    else:
        yield ok("The publishable key is accepted.")


def _secret_key(health: Answer) -> Findings:
    answer = ask("GET", "admin/users?page=1&per_page=1", settings.SUPABASE_SECRET_KEY)
    if answer.status == 200:
        yield ok("The secret key reads accounts.")
    elif answer.status >= 500:
        yield error(
            f"The Auth server cannot read its own accounts (status {answer.status}).",
            "Often a row that was inserted with SQL has NULL where Auth wants an empty text: "
            "the project's Auth log names the column.",
        )
    else:
        yield error(
            f"SUPABASE_SECRET_KEY is refused (status {answer.status}, {answer.code}).",
            "Copy the secret key from the project's API keys. The publishable one is not enough.",
        )
    if settings.SUPABASE_SECRET_KEY.startswith(OLD_KEY):
        yield warning(
            "SUPABASE_SECRET_KEY is of the old kind (service_role).",
            "Make a secret key in the project: it can be taken back by itself, and only beside "
            "it does the Auth server count limits per visitor.",
        )


def _signing_keys(health: Answer) -> Findings:
    document = ask("GET", ".well-known/jwks.json", settings.SUPABASE_PUBLISHABLE_KEY).body
    keys = document.get("keys")
    if not isinstance(keys, list):
        yield error("The signing keys cannot be read.", "Look at the Auth server's version.")
        return
    names = sorted({str(key.get("alg")) for key in keys if isinstance(key, dict)})
    if names and settings.SUPABASE_JWT_SECRET:
        yield warning(
            f"Tokens are accepted from two families: {', '.join(names)} and HS256.",
            "When everybody's tokens are of the new kind, an hour or so after the migration, "
            "remove SUPABASE_JWT_SECRET.",
        )
    elif names:
        yield ok(f"The project signs with {', '.join(names)}.")
    elif settings.SUPABASE_JWT_SECRET:
        yield warning(
            "The project signs with a shared secret (HS256).",
            "Migrate it to signing keys: then no secret here can make tokens.",
        )
    else:
        yield error(
            "The project publishes no signing keys: it signs with a shared secret (HS256).",
            "Migrate it to signing keys (ES256), or set SUPABASE_JWT_SECRET.",
        )


def _settings(health: Answer) -> Findings:
    found = ask("GET", "settings", settings.SUPABASE_PUBLISHABLE_KEY).body
    external = found.get("external")
    if not isinstance(external, dict):
        return  # the key was refused, and said so
    if found.get("mailer_autoconfirm"):
        yield warning(
            "Addresses are not confirmed: anybody can register with somebody else's.",
            "Switch “Confirm email” on in the project's sign-in settings.",
        )
    if found.get("disable_signup"):
        yield warning(
            "The project lets nobody register.",
            "Fine when everybody is invited; else allow new users in its sign-in settings.",
        )
    if not external.get("email"):
        yield warning(
            "Signing in with e-mail is off: the sign-in page shows a form that cannot work.",
            "Switch the e-mail provider on.",
        )
    on = sorted(name for name, is_on in external.items() if is_on)
    yield ok(f"Ways in: {', '.join(on) or 'none'}.")

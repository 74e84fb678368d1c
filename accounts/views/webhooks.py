"""Where Supabase's database calls us."""

import hmac
import time
from collections.abc import Iterable

from django.conf import settings
from django.db import Error as DatabaseProblem
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.supabase.bodies import Malformed, TooLarge, parse, read_body
from accounts.supabase.signatures import InvalidSignature, verify
from accounts.sync import inbox
from accounts.views.pages import RETRY_AFTER_SECONDS

WEBHOOK_MAX_BYTES = 256 * 1024


@csrf_exempt
@require_POST
def receive_webhook(request: HttpRequest) -> HttpResponse:
    """Keep a hint: 202 new, 200 known, 400, 401 or 413 refused, 503 could not be kept.

    Whoever sends it has signed it, or knows the secret of the stock trigger, which cannot
    sign. Either way it is a hint: the worker reads the account itself.
    """
    try:
        body = read_body(request, WEBHOOK_MAX_BYTES)
        authenticate(request, body)
        created = inbox.store(parse(body))
    except TooLarge:
        return HttpResponse(status=413)
    except InvalidSignature:
        return HttpResponse("The signature or secret is missing or does not fit.", status=401)
    except (Malformed, UnreadablePostError):
        return HttpResponse("This is not a database webhook.", status=400)
    except DatabaseProblem:
        return HttpResponse(status=503, headers={"Retry-After": RETRY_AFTER_SECONDS})
    return HttpResponse(status=202 if created else 200)


def authenticate(request: HttpRequest, body: bytes) -> None:
    """Raise InvalidSignature unless the body is signed, or comes with a shared secret."""
    given = request.META.get("HTTP_X_PORTAL_SECRET", "")
    if not _knows(given, settings.SUPABASE_WEBHOOK_SHARED_SECRETS):
        verify(request.headers, body, settings.SUPABASE_WEBHOOK_SECRETS, time.time())


def _knows(given: str, secrets: Iterable[str]) -> bool:
    fits = False
    for secret in secrets:  # all of them, so that the time taken tells nothing
        fits |= hmac.compare_digest(secret.encode(), given.encode(errors="replace"))
    return fits

"""Where Supabase calls us."""

import time

from django.conf import settings
from django.db import Error as DatabaseProblem
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.supabase.signatures import InvalidSignature, verify
from accounts.sync import inbox
from accounts.views.pages import RETRY_AFTER_SECONDS

WEBHOOK_MAX_BYTES = 256 * 1024


@csrf_exempt
@require_POST
def receive_webhook(request: HttpRequest) -> HttpResponse:
    """Keep a signed hint: 202 new, 200 known, 400, 401 or 413 refused, 503 could not be kept."""
    try:
        body = request.read(WEBHOOK_MAX_BYTES + 1)
        if len(body) > WEBHOOK_MAX_BYTES:
            return HttpResponse(status=413)
        verify(request.headers, body, settings.SUPABASE_WEBHOOK_SECRETS, time.time())
        created = inbox.store(inbox.parse(body))
    except InvalidSignature:
        return HttpResponse("The signature is missing or does not fit.", status=401)
    except (inbox.Malformed, UnreadablePostError):
        return HttpResponse("This is not a database webhook.", status=400)
    except DatabaseProblem:
        return HttpResponse(status=503, headers={"Retry-After": RETRY_AFTER_SECONDS})
    return HttpResponse(status=202 if created else 200)

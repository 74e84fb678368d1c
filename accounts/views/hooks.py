"""Where the Auth server asks for our consent, or for a mail."""

import time

from django.conf import settings
from django.db import Error as DatabaseProblem
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.supabase.bodies import Malformed, TooLarge, parse, read_body
from accounts.supabase.signatures import InvalidSignature, verify

HOOK_MAX_BYTES = 256 * 1024


@csrf_exempt
@require_POST
def auth_hook(request: HttpRequest, name: str) -> HttpResponse:
    """Answer a signed question of the Auth server: 200 with JSON, be it yes or no.

    The other statuses make it report a failure to the person: 400, 401 or 413 for what it
    would not send, 503 when our database does not answer, which it tries again at once.
    """
    hook = settings.AUTH_HOOKS.get(name)
    if hook is None:
        raise Http404
    try:
        body = read_body(request, HOOK_MAX_BYTES)
        verify(request.headers, body, settings.SUPABASE_HOOK_SECRETS, time.time())
        return JsonResponse(import_string(hook)(parse(body)))
    except TooLarge:
        return HttpResponse(status=413)
    except InvalidSignature:
        return HttpResponse("The signature is missing or does not fit.", status=401)
    except (Malformed, UnreadablePostError):
        return HttpResponse("This is not what the hook is sent.", status=400)
    except DatabaseProblem:
        return HttpResponse(status=503, headers={"Retry-After": "1"})

"""Signing in through a social provider: there and back again."""

import logging

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.addresses import next_address, wanted_address, with_next
from accounts.entry import social as flows
from accounts.entry import wording
from accounts.entry.providers import provider as known_provider
from accounts.forms.entering import ResendForm
from accounts.supabase.errors import AuthProblem, Limited, Refused
from accounts.supabase.social import server_settings
from accounts.views.pages import RETRY_AFTER_SECONDS

logger = logging.getLogger(__name__)


@never_cache
@require_POST
def social(request: HttpRequest, provider: str) -> HttpResponse:
    """Begin a sign-in and send the browser to the provider.

    A page does it and not a redirect: the security policy lets our forms lead to this site
    only, and browsers hold every redirect after a form to that.
    """
    if provider not in server_settings().providers:
        raise Http404
    onward = next_address(request)
    try:
        address = flows.begin(request, provider, onward)
    except Limited as problem:
        return _failed(request, flows.Flow(provider, "", onward, 0), problem)
    context = {"address": address, "provider": known_provider(provider)}
    return render(request, "accounts/social_leaving.html", context)


@never_cache
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Where the Auth server leads back to, with a code or an error.

    Only a flow that this browser began and has not finished signs anybody in.
    """
    flow = flows.take(request, request.GET.get("flow", ""))
    if flow is None:
        return _not_asked_for(request)
    code = request.GET.get("code", "")
    if not code:
        return _refused(request, flow)
    try:
        flows.finish(request, flow, code)
    except AuthProblem as problem:
        return _failed(request, flow, problem)
    return redirect(flow.onward)


def _refused(request: HttpRequest, flow: flows.Flow) -> HttpResponse:
    """Explain an error from the provider or the Auth server, or take a "no" for an answer."""
    code = request.GET.get("error_code", "")
    flows.note_failure(flow, code or request.GET.get("error", ""))
    if request.GET.get("error") == "access_denied" and not code:
        label = known_provider(flow.provider).label
        text = _("You did not go on at %(provider)s. Nothing has changed.") % {"provider": label}
        messages.info(request, text)
        # A fragment of our own replaces the error that browsers carry over in theirs.
        return redirect(with_next("accounts:sign-in", flow.onward) + "#main")
    # Words for people come from our own hook, and only along with a flow of this browser.
    said = request.GET.get("error_description", "")[:300] if code == "unknown" else ""
    return _failed(request, flow, Refused(code or "provider_failed", message=said))


def _failed(request: HttpRequest, flow: flows.Flow, problem: AuthProblem) -> HttpResponse:
    status = 410 if _is_old(problem) else wording.status_of(problem)
    context = {
        "provider": known_provider(flow.provider),
        "text": wording.explain(problem)[1],
        "next": flow.onward,
    }
    response = render(request, "accounts/social_failed.html", context, status=status)
    if status in (429, 503):
        response.headers["Retry-After"] = getattr(problem, "retry_after", RETRY_AFTER_SECONDS)
    return response


def _is_old(problem: AuthProblem) -> bool:
    return getattr(problem, "code", "") in wording.OLD_FLOWS


def _not_asked_for(request: HttpRequest) -> HttpResponse:
    """Answer somebody who brings a code or an error that this browser did not ask for."""
    if request.GET.get("error_code") == "otp_expired":  # a stock mail template's link
        form = ResendForm(initial={"purpose": "magiclink"})
        return render(request, "accounts/link_expired.html", {"form": form}, status=410)
    if request.user.is_authenticated and not request.GET.get("error"):
        return redirect(next_address(request))
    context = {"next": wanted_address(request), "text": wording.NOT_ASKED_FOR}
    return render(request, "accounts/social_failed.html", context, status=400)

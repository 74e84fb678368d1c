"""Authenticator apps: setting one up, being asked for its code, removing it."""

import base64
import json
from contextlib import suppress

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.addresses import next_address, wanted_address, with_next
from accounts.entry import wording
from accounts.forms.security import (
    FactorCodeForm,
    FactorNameForm,
    RemoveFactorForm,
    SecondFactorForm,
)
from accounts.models import AccessSettings
from accounts.sessions import lifecycle, token_vault
from accounts.sessions import security as services
from accounts.supabase.errors import AuthProblem, Refused
from accounts.views.pages import bind, page, page_with_form
from accounts.views.security import recently_confirmed

BEGUN = "begun_factor"  # in the session, sealed: what the app needs until its first code


@sensitive_post_parameters("code")
@never_cache
@page_with_form
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for a code: at sign-in, or of somebody signed in where the site now wants one."""
    identity = services.waiting_identity(request)
    if identity is None:
        return redirect("accounts:sign-in")
    if not identity.verified_factors:
        return redirect(with_next("accounts:two-factor", wanted_address(request)))
    if "cancel" in request.POST:
        lifecycle.drop_held(request)
        return redirect("accounts:sign-in")
    form = bind(SecondFactorForm, request, identity=identity)
    status, waiting = 0, lifecycle.held(request)
    if form.is_valid():
        try:
            services.pass_second_factor(
                request, form.cleaned_data["factor"], form.cleaned_data["code"]
            )
            return redirect(waiting["onward"] if waiting else next_address(request))
        except AuthProblem as problem:
            status = form.explain(problem)
    return page(request, "second_factor", form, status, email=identity.email_seen, held=waiting)


@sensitive_post_parameters("code")
@never_cache
@recently_confirmed
@page_with_form
def two_factor(request: HttpRequest) -> HttpResponse:
    """Set up an app: first its name, then what it scans and its first code."""
    begun = _begun(request)
    if begun is None:
        return _begin(request)
    if "cancel" in request.POST:
        return _give_up(request, begun)
    form, status = bind(FactorCodeForm, request), 0
    if form.is_valid():
        try:
            services.finish_factor(
                request, factor_id=begun["id"], name=begun["name"], code=form.cleaned_data["code"]
            )
            del request.session[BEGUN]
            messages.success(request, _("Two-factor sign-in is on. Other devices are signed out."))
            return redirect(wanted_address(request) or "accounts:security")
        except AuthProblem as problem:
            if isinstance(problem, Refused) and problem.code == "mfa_factor_not_found":
                del request.session[BEGUN]
                messages.warning(request, wording.explain(problem)[1])
                return redirect(with_next("accounts:two-factor", wanted_address(request)))
            status = form.explain(problem)
    return page(request, "two_factor", form, status, section="account", **_shown(begun))


def _begin(request: HttpRequest) -> HttpResponse:
    identity, status = lifecycle.require_current(request).identity, 0
    form = bind(FactorNameForm, request, identity=identity)
    if form.is_valid():
        try:
            begun = services.begin_factor(request, form.cleaned_data["name"])
            request.session[BEGUN] = token_vault.seal(json.dumps(begun))
            return redirect(with_next("accounts:two-factor", wanted_address(request)))
        except AuthProblem as problem:
            status = form.explain(problem)
    rule = AccessSettings.objects.values_list("second_factor", flat=True).first()
    asked = not identity.verified_factors and rule in ("editors", "members")
    context = {"section": "account", "identity": identity, "rule": rule if asked else ""}
    return page(request, "two_factor_begin", form, status, **context)


def _give_up(request: HttpRequest, begun: dict[str, str]) -> HttpResponse:
    del request.session[BEGUN]
    with suppress(AuthProblem):  # the Auth server forgets it by itself
        services.give_up_factor(request, begun["id"])
    return redirect("accounts:security")


@never_cache
@recently_confirmed
@page_with_form
def remove(request: HttpRequest, factor_id: str) -> HttpResponse:
    """Ask once, then remove an app. One that is gone, or somebody else's, is not here."""
    identity = lifecycle.require_current(request).identity
    factor = next((each for each in identity.factors if each["id"] == factor_id), None)
    if factor is None:
        raise Http404
    form, status = bind(RemoveFactorForm, request), 0
    if form.is_valid():
        try:
            services.remove_factor(request, factor_id)
            messages.success(request, _("The app is removed. Its codes do not work any more."))
            return redirect("accounts:security")
        except AuthProblem as problem:
            status = form.explain(problem)
    return page(request, "two_factor_remove", form, status, factor=factor, section="account")


def _begun(request: HttpRequest) -> dict[str, str] | None:
    """Return the app that this browser is setting up, as `services.begin_factor` made it."""
    try:
        return json.loads(token_vault.unseal(request.session[BEGUN]))
    except (KeyError, token_vault.Unreadable):
        return None


def _shown(begun: dict[str, str]) -> dict[str, str]:
    picture = base64.b64encode(begun["qr_code"].encode()).decode()
    secret = begun["secret"]
    return {
        "qr": f"data:image/svg+xml;base64,{picture}",
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "uri": begun["uri"],
    }

"""Getting in and out by password. These pages ask Supabase while the visitor waits."""

import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import domains
from accounts.addresses import mail_address, next_address
from accounts.entry import services
from accounts.entry.providers import providers
from accounts.forms.entering import SignInForm, SignUpForm
from accounts.models import AccessSettings
from accounts.sessions import lifecycle
from accounts.supabase.errors import AuthProblem
from accounts.supabase.social import server_settings
from accounts.views.mails import remember_mail
from accounts.views.pages import bind, page, page_with_form

BOUNCE_SECONDS = 10


@sensitive_post_parameters("password")
@never_cache
@page_with_form
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST" and request.user.is_authenticated:
        return _send_on(request)
    form, status, unconfirmed = bind(SignInForm, request), 0, False
    if form.is_valid():
        try:
            services.sign_in(request, **form.cleaned_data)
            return redirect(next_address(request))
        except AuthProblem as problem:
            status = form.explain(problem)
            unconfirmed = getattr(problem, "code", "") == "email_not_confirmed"
        if unconfirmed:
            remember_mail(request, "signup", form.cleaned_data["email"])
    return page(request, "sign_in", form, status, unconfirmed=unconfirmed, **_other_ways())


def _other_ways() -> dict[str, Any]:
    """Return what the pages offer beside their form: {"providers": […], "registration": "open"}.

    ``registration`` as in `AccessSettings`, and "closed" when the Auth server takes nobody.
    """
    server = server_settings()
    registration = AccessSettings.load().registration if server.registration_open else "closed"
    return {"providers": providers(server.providers), "registration": registration}


def _send_on(request: HttpRequest) -> HttpResponse:
    """Lead somebody who is signed in to where they wanted, but not round in circles.

    Wagtail sends people here whom it does not let in, signed in or not: to the admin, or
    to a page for another group. They come back at once, and then read why.
    """
    wanted = next_address(request)
    if wanted.startswith(settings.ADMIN_PATH) and not request.user.has_perm(
        "wagtailadmin.access_admin"
    ):
        said = messages.get_messages(request)
        list(said)  # Wagtail said so too: once is enough
        said._loaded_messages.clear()  # for the page that this becomes; there is no public way
        raise PermissionDenied(_("Only editors may open the editing area. Ask an administrator."))
    last, sent_at = request.session.get("sent_on", ("", 0))
    if last == wanted and time.time() - sent_at < BOUNCE_SECONDS:
        raise PermissionDenied(_("This page is for other people than this account."))
    request.session["sent_on"] = (wanted, time.time())
    return redirect(wanted)


@require_POST
@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    lifecycle.end_session(request)
    messages.success(request, _("You are signed out."))
    return redirect("accounts:sign-in")


@sensitive_post_parameters("password")
@never_cache
@page_with_form
def sign_up(request: HttpRequest) -> HttpResponse:
    form, status, ways = bind(SignUpForm, request), 0, _other_ways()
    if ways["registration"] in ("invited", "closed"):
        return page(request, "sign_up_closed", None, 403 if form.is_bound else 200, **ways)
    if form.is_valid():
        try:
            if services.register(request, redirect_to=mail_address(request), **form.cleaned_data):
                return redirect(next_address(request))
            remember_mail(request, "signup", form.cleaned_data["email"])
            return redirect("accounts:check-mail")
        except AuthProblem as problem:
            status = form.explain(problem)
    allowed = domains.lines(AccessSettings.load().allowed_domains)[0]
    return page(request, "sign_up", form, status, domains=allowed, **ways)

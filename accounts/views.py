"""Getting in and out. These pages ask Supabase while the visitor waits; no others do."""

import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import Error as DatabaseProblem
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services, sync, wording
from accounts.addresses import mail_address, next_address, wanted_address
from accounts.forms import (
    AuthForm,
    ForgottenPasswordForm,
    LinkForm,
    NewPasswordForm,
    ResendForm,
    SignInForm,
    SignUpForm,
)
from accounts.supabase.errors import AuthProblem, Refused
from accounts.supabase.signatures import InvalidSignature, verify

RETRY_AFTER_SECONDS = "120"
BOUNCE_SECONDS = 10
WEBHOOK_MAX_BYTES = 256 * 1024
page_with_form = require_http_methods(["GET", "HEAD", "POST"])


def _page(request: HttpRequest, name: str, form: Any, status: int = 0, **more: Any) -> HttpResponse:
    """Render a form's page: 200 when blank, 422 with errors, or ``status``."""
    status = status or (422 if form.is_bound else 200)
    context = {"form": form, "next": wanted_address(request), **more}
    response = render(request, f"accounts/{name}.html", context, status=status)
    if status in (429, 503):
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def _bind(form: type[AuthForm], request: HttpRequest) -> AuthForm:
    return form(request.POST) if request.method == "POST" else form()


@sensitive_post_parameters("password")
@never_cache
@page_with_form
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST" and request.user.is_authenticated:
        return _send_on(request)
    form, status, unconfirmed = _bind(SignInForm, request), 0, False
    if form.is_valid():
        try:
            services.sign_in(request, **form.cleaned_data)
            return redirect(next_address(request))
        except AuthProblem as problem:
            status = form.explain(problem)
            unconfirmed = getattr(problem, "code", "") == "email_not_confirmed"
        if unconfirmed:
            _remember_mail(request, "signup", form.cleaned_data["email"])
    return _page(request, "sign_in", form, status, unconfirmed=unconfirmed)


def _send_on(request: HttpRequest) -> HttpResponse:
    """Lead somebody who is signed in to where they wanted, but not round in circles.

    Wagtail sends people here whom it does not let in, signed in or not: to the admin, or
    to a page for another group. They come back at once, and then read why.
    """
    wanted = next_address(request)
    if wanted.startswith(settings.ADMIN_PATH) and not request.user.has_perm(
        "wagtailadmin.access_admin"
    ):
        list(messages.get_messages(request))  # Wagtail said so too: once is enough
        raise PermissionDenied(_("Only editors may open the editing area. Ask an administrator."))
    last, sent_at = request.session.get("sent_on", ("", 0))
    if last == wanted and time.time() - sent_at < BOUNCE_SECONDS:
        raise PermissionDenied(_("This page is for other people than this account."))
    request.session["sent_on"] = (wanted, time.time())
    return redirect(wanted)


@require_POST
@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    services.end_session(request)
    messages.success(request, _("You are signed out."))
    return redirect("accounts:sign-in")


@sensitive_post_parameters("password")
@never_cache
@page_with_form
def sign_up(request: HttpRequest) -> HttpResponse:
    form, status = _bind(SignUpForm, request), 0
    if form.is_valid():
        try:
            if services.register(request, redirect_to=mail_address(request), **form.cleaned_data):
                return redirect(next_address(request))
            _remember_mail(request, "signup", form.cleaned_data["email"])
            return redirect("accounts:check-mail")
        except AuthProblem as problem:
            status = form.explain(problem)
    return _page(request, "sign_up", form, status)


def _remember_mail(request: HttpRequest, purpose: str, email: str) -> None:
    # In the session and not in the address, which ends up in histories and logs.
    request.session["mail"] = {"purpose": purpose, "email": email}


@never_cache
@require_safe
def check_mail(request: HttpRequest) -> HttpResponse:
    mail = request.session.get("mail")
    if not mail:
        return redirect("accounts:sign-in")
    return render(request, "accounts/check_mail.html", {"mail": mail})


@never_cache
@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    """Send a mail again: to the address in the session, or to one typed after a dead link."""
    typed = "email" in request.POST
    form = ResendForm(request.POST if typed else request.session.get("mail", {}))
    if not form.is_valid():
        return _page(request, "link_expired", form) if typed else redirect("accounts:sign-in")
    purpose, email = form.cleaned_data["purpose"], form.cleaned_data["email"]
    _remember_mail(request, purpose, email)
    try:
        services.mail_link(purpose, email, mail_address(request))
    except AuthProblem as problem:
        messages.error(request, wording.explain(problem)[1])
    else:
        messages.success(request, _("We have sent it again. It can take a few minutes."))
    return redirect("accounts:check-mail")


@never_cache
@page_with_form
def forgotten_password(request: HttpRequest) -> HttpResponse:
    form, status = _bind(ForgottenPasswordForm, request), 0
    if form.is_valid():
        try:
            services.mail_link("recovery", form.cleaned_data["email"], mail_address(request))
            _remember_mail(request, "recovery", form.cleaned_data["email"])
            return redirect("accounts:check-mail")
        except AuthProblem as problem:
            status = form.explain(problem)
    return _page(request, "forgotten_password", form, status)


@sensitive_post_parameters("password")
@never_cache
@login_required
@page_with_form
def new_password(request: HttpRequest) -> HttpResponse:
    form, status = _bind(NewPasswordForm, request), 0
    if form.is_valid():
        try:
            services.change_password(request, form.cleaned_data["password"])
            messages.success(request, _("Your new password is set. Other devices are signed out."))
            return redirect(next_address(request))
        except AuthProblem as problem:
            status = form.explain(problem)
    return _page(request, "new_password", form, status)


@sensitive_post_parameters("token_hash")
@never_cache
@page_with_form
def confirm(request: HttpRequest) -> HttpResponse:
    """Where mailed links lead. Mail scanners open them, so only the button's POST does anything."""
    form = LinkForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        return _expired(request)
    link_type, status = form.cleaned_data["type"], 200
    if request.method == "POST":
        try:
            return _open_link(request, form.cleaned_data["token_hash"], link_type)
        except AuthProblem as problem:
            if isinstance(problem, Refused) and problem.code != "user_banned":
                return _expired(request)
            status = form.explain(problem)
    response = _page(request, "confirm", form, status, link_type=link_type)
    # The address holds a one-time token. "no-referrer" would make browsers post without an
    # origin, which the CSRF check refuses; this sends the origin and no path.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


def _open_link(request: HttpRequest, token_hash: str, link_type: str) -> HttpResponse:
    onward = next_address(request)
    if not services.open_link(request, token_hash=token_hash, link_type=link_type):
        return render(request, "accounts/confirm_other.html")
    if link_type in ("recovery", "invite"):
        return redirect("accounts:new-password")
    messages.success(request, _("Your address is confirmed. Welcome."))
    return redirect(onward)


def _expired(request: HttpRequest) -> HttpResponse:
    """Say that a link does nothing any more and offer a new one where we can send one."""
    data = request.POST if request.method == "POST" else request.GET
    purpose = {"recovery": "recovery", "signup": "signup", "email": "signup"}.get(data.get("type"))
    form = ResendForm(initial={"purpose": purpose}) if purpose else None
    return render(request, "accounts/link_expired.html", {"form": form}, status=410)


@csrf_exempt
@require_POST
def receive_webhook(request: HttpRequest) -> HttpResponse:
    """Keep a signed hint: 202 new, 200 known, 400, 401 or 413 refused, 503 could not be kept."""
    try:
        body = request.read(WEBHOOK_MAX_BYTES + 1)
        if len(body) > WEBHOOK_MAX_BYTES:
            return HttpResponse(status=413)
        verify(request.headers, body, settings.SUPABASE_WEBHOOK_SECRETS, time.time())
        created = sync.store(sync.parse(body))
    except InvalidSignature:
        return HttpResponse("The signature is missing or does not fit.", status=401)
    except (sync.Malformed, UnreadablePostError):
        return HttpResponse("This is not a database webhook.", status=400)
    except DatabaseProblem:
        return HttpResponse(status=503, headers={"Retry-After": RETRY_AFTER_SECONDS})
    return HttpResponse(status=202 if created else 200)

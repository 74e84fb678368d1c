"""A person's safety: sessions, password, address, and the proof that it is them."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts.addresses import next_address, wanted_address, with_next
from accounts.entry import wording
from accounts.entry.providers import Provider, providers
from accounts.forms.entering import CodeForm
from accounts.forms.security import (
    ChangeEmailForm,
    NewPasswordForm,
    PasswordProofForm,
)
from accounts.models import Identity
from accounts.sessions import lifecycle
from accounts.sessions import security as services
from accounts.supabase.errors import AuthProblem
from accounts.views.pages import bind, page, page_with_form

SHOWN_SESSIONS = 30
View = Callable[..., HttpResponse]


def account_required(view: View) -> View:
    """Let in people who are signed in with a Supabase account; say so to local log-ins."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not hasattr(request.user, "identity"):
            raise PermissionDenied(_("A local account has no password or address at Supabase."))
        return view(request, *args, **kwargs)

    return login_required(guarded)


def recently_confirmed(view: View) -> View:
    """Ask people first to prove that it is them, unless they have done so minutes ago."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if lifecycle.is_recent(lifecycle.require_current(request)):
            return view(request, *args, **kwargs)
        return redirect(with_next("accounts:confirm-identity", request.get_full_path()))

    return account_required(guarded)


def lately_confirmed(view: View) -> View:
    """Ask for another proof first; local log-ins, which nobody could ask, are an hour long."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        here = lifecycle.current(request)
        if here is None or lifecycle.is_recent(here):
            return view(request, *args, **kwargs)
        return redirect(with_next("accounts:confirm-identity", request.get_full_path()))

    return login_required(guarded)


@never_cache
@login_required
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    here = lifecycle.current(request)
    shown = list(lifecycle.alive(here.identity)[: SHOWN_SESSIONS + 1]) if here else []
    shown.sort(key=lambda session: session != here)  # this device first
    context = {
        "section": "account",
        "here": here,
        "identity": here.identity if here else None,
        "others": _others(here.identity) if here else [],
        "sessions": shown[:SHOWN_SESSIONS],
        "more": len(shown) > SHOWN_SESSIONS,
    }
    return render(request, "accounts/security.html", context)


def _others(identity: Identity) -> list[Provider]:
    """Return the accounts elsewhere with which this person has signed in."""
    return providers(name for name in identity.providers if name not in ("email", "phone"))


@sensitive_post_parameters("password", "digits")
@never_cache
@account_required
@page_with_form
def confirm_identity(request: HttpRequest) -> HttpResponse:
    """Ask for the password, or for digits that were mailed, and go on to what was wanted."""
    if "mail" in request.POST:
        return _mail_code(request)
    by_mail = request.GET.get("by") == "mail"
    form, status = bind(CodeForm if by_mail else PasswordProofForm, request), 0
    if form.is_valid():
        prove = services.confirm_with_code if by_mail else services.confirm_with_password
        try:
            prove(request, *form.cleaned_data.values())
            return redirect(next_address(request))
        except AuthProblem as problem:
            status = form.explain(problem)
    return page(
        request,
        "confirm_identity",
        form,
        status,
        by_mail=by_mail,
        led=_led(request),
        section="account",
    )


def _led(request: HttpRequest) -> bool:
    """Tell whether the site wants a second factor before a page; nobody chose to set one up."""
    return (wanted_address(request) or "").startswith(with_next("accounts:two-factor", "/"))


def _mail_code(request: HttpRequest) -> HttpResponse:
    way = with_next("accounts:confirm-identity", wanted_address(request) or "/")
    try:
        services.mail_code(request)
    except AuthProblem as problem:
        messages.error(request, wording.explain(problem)[1])
        return redirect(way)
    return redirect(f"{way}&by=mail")


@sensitive_post_parameters("password", "current_password", "nonce")
@never_cache
@recently_confirmed
@page_with_form
def new_password(request: HttpRequest) -> HttpResponse:
    """Where mailed links lead: the person has just come in with one."""
    return _set_password(request, "new_password", next_address(request))


@sensitive_post_parameters("password", "current_password", "nonce")
@never_cache
@recently_confirmed
@page_with_form
def change_password(request: HttpRequest) -> HttpResponse:
    return _set_password(request, "change_password", reverse("accounts:security"))


def _set_password(request: HttpRequest, template: str, onward: str) -> HttpResponse:
    form, status = bind(NewPasswordForm, request), 0
    if form.is_valid():
        try:
            services.change_password(request, **form.cleaned_data)
            messages.success(request, _("Your new password is set. Other devices are signed out."))
            return redirect(onward)
        except AuthProblem as problem:
            status = form.explain(problem)
    return page(request, template, form, status, section="account")


@never_cache
@recently_confirmed
@page_with_form
def change_email(request: HttpRequest) -> HttpResponse:
    identity, status = lifecycle.require_current(request).identity, 0
    form = bind(ChangeEmailForm, request, identity=identity)
    if form.is_valid():
        try:
            services.change_email(request, form.cleaned_data["email"])
            return redirect("accounts:security")
        except AuthProblem as problem:
            status = form.explain(problem)
    return page(request, "change_email", form, status, section="account")


@never_cache
@require_POST
@account_required
def resend_email_change(request: HttpRequest) -> HttpResponse:
    try:
        services.resend_email_change(request)
    except AuthProblem as problem:
        messages.error(request, wording.explain(problem)[1])
    else:
        messages.success(request, _("We have sent both mails again. It can take a few minutes."))
    return redirect("accounts:security")


@never_cache
@require_POST
@account_required
def forget_email_change(request: HttpRequest) -> HttpResponse:
    services.forget_email_change(request.user.identity)
    return redirect("accounts:security")


@never_cache
@require_POST
@account_required
def end_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Sign out on one device. A device that is gone already, or somebody else's, is no news."""
    here = lifecycle.require_current(request)
    if session_id == here.pk:
        lifecycle.end_session(request)
        messages.success(request, _("You are signed out."))
        return redirect("accounts:sign-in")
    other = here.identity.sessions.filter(pk=session_id).first()
    if other is not None:
        lifecycle.end_other(other)
    messages.success(request, _("That device is signed out."))
    return redirect("accounts:security")


@never_cache
@require_POST
@account_required
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End all sessions, or all others with ``keep`` in the form."""
    keep = "keep" in request.POST
    told = lifecycle.end_others(request) if keep else lifecycle.end_all(request)
    messages.success(
        request,
        _("Your other devices are signed out.") if keep else _("You are signed out everywhere."),
    )
    if not told:
        messages.warning(
            request,
            _(
                "The sign-in service did not answer. Other programs that use this account may "
                "stay signed in: try again later."
            ),
        )
    return redirect("accounts:security" if keep else settings.LOGIN_URL)

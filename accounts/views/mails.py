"""Mailed links: asking for them, and what happens when one is opened."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts.addresses import mail_address, next_address, wanted_address
from accounts.entry import services, wording
from accounts.forms.entering import CodeForm, LinkForm, MailForm, ResendForm
from accounts.supabase.errors import AuthProblem, Refused
from accounts.views.pages import bind, page, page_with_form

# type of a dead link -> mail that helps. A sign-in mail confirms an address as well.
PURPOSE_OF_TYPE = {
    "recovery": "recovery",
    "signup": "signup",
    "email": "magiclink",
    "magiclink": "magiclink",
}


def remember_mail(request: HttpRequest, purpose: str, email: str) -> None:
    """Keep what the next pages need to know of a mail: what for, where to, and what comes after."""
    # In the session and not in the address, which ends up in histories and logs.
    onward = wanted_address(request)
    request.session["mail"] = {"purpose": purpose, "email": email, "next": onward}


def remembered_mail(request: HttpRequest) -> dict[str, str]:
    """Return {"purpose", "email", "next"} of the last mail this browser asked for, or {}."""
    return request.session.get("mail", {})


@never_cache
@require_safe
def check_mail(request: HttpRequest) -> HttpResponse:
    mail = remembered_mail(request)
    if not mail:
        return redirect("accounts:sign-in")
    return page(request, "check_mail", CodeForm(), mail=mail, next=mail.get("next", ""))


@never_cache
@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    """Send a mail again: to the address in the session, or to one typed after a dead link."""
    typed = "email" in request.POST
    form = ResendForm(request.POST if typed else remembered_mail(request))
    if not form.is_valid():
        return page(request, "link_expired", form) if typed else redirect("accounts:sign-in")
    purpose, email = form.cleaned_data["purpose"], form.cleaned_data["email"]
    remember_mail(request, purpose, email)
    try:
        services.mail_link(purpose, email, mail_address(request))
    except AuthProblem as problem:
        status = form.explain(problem)
        return page(request, "check_mail", form, status, mail=remembered_mail(request))
    messages.success(request, _("We have sent it again. It can take a few minutes."))
    return redirect("accounts:check-mail")


@never_cache
@page_with_form
def forgotten_password(request: HttpRequest) -> HttpResponse:
    return _ask_for_mail(request, "recovery", "forgotten_password")


@sensitive_post_parameters("password")  # the button stands in the sign-in form, too
@never_cache
@page_with_form
def magic_link(request: HttpRequest) -> HttpResponse:
    return _ask_for_mail(request, "magiclink", "magic_link")


def _ask_for_mail(request: HttpRequest, purpose: str, template: str) -> HttpResponse:
    """Ask for a mail and lead to the page about it, in the same way whoever has the address."""
    form, status = bind(MailForm, request), 0
    if form.is_valid():
        try:
            services.mail_link(purpose, form.cleaned_data["email"], mail_address(request))
            remember_mail(request, purpose, form.cleaned_data["email"])
            return redirect("accounts:check-mail")
        except AuthProblem as problem:
            status = form.explain(problem)
    return page(request, template, form, status)


@sensitive_post_parameters("digits")
@never_cache
@page_with_form
def code(request: HttpRequest) -> HttpResponse:
    """Take the digits of a mail, for people who read their mail on another device."""
    mail = remembered_mail(request)
    if not mail:
        return redirect("accounts:sign-in")
    form, status = bind(CodeForm, request), 0
    onward = next_address(request)
    if form.is_valid():
        try:
            services.open_code(
                request, purpose=mail["purpose"], email=mail["email"], **form.cleaned_data
            )
            recovery = mail["purpose"] == "recovery"
            return redirect("accounts:new-password" if recovery else onward)
        except AuthProblem as problem:
            status = form.explain(problem)
    return page(request, "code", form, status, mail=mail)


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
    response = page(request, "confirm", form, status, words=_words(request, link_type))
    # The address holds a one-time token. "no-referrer" would make browsers post without an
    # origin, which the CSRF check refuses; this sends the origin and no path.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


def _open_link(request: HttpRequest, token_hash: str, link_type: str) -> HttpResponse:
    # Before the session of a visitor gives way to the person's.
    onward, words = next_address(request), _words(request, link_type)
    if not services.open_link(request, token_hash=token_hash, link_type=link_type):
        return render(request, "accounts/confirm_other.html")
    if link_type in ("recovery", "invite"):
        return redirect("accounts:new-password")
    messages.success(request, words[3])
    return redirect(onward)


def _words(request: HttpRequest, link_type: str) -> tuple[Promise, ...]:
    """Return the words of `wording.CONFIRM` for a link, as exactly as this browser can know.

    The Auth server calls mails for signing in and for confirming an address by one name.
    """
    asked = remembered_mail(request).get("purpose") if link_type == "email" else None
    return wording.CONFIRM[asked if asked in ("signup", "magiclink") else link_type]


def _expired(request: HttpRequest) -> HttpResponse:
    """Say that a link does nothing any more and offer a new one where we can send one."""
    data = request.POST if request.method == "POST" else request.GET
    purpose = PURPOSE_OF_TYPE.get(data.get("type"))
    form = ResendForm(initial={"purpose": purpose}) if purpose else None
    return page(request, "link_expired", form, 410)

"""A person's data: a copy of it, and the end of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.forms.personal_data import DeleteForm
from accounts.personal_data import copies, deletion
from accounts.sessions import lifecycle
from accounts.views.pages import page_with_form
from accounts.views.security import lately_confirmed, recently_confirmed

DAY_SECONDS = "86400"


@never_cache
@login_required
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, status: int = 200) -> HttpResponse:
    copy = copies.latest(request.user)
    context = {
        "section": "account",
        "copy": copy,
        "copy_url": copies.address(copy) if copy and copy.is_ready else "",
        "limit": copies.A_DAY,
        "too_many": status == 429,
    }
    template = "accounts/_export.html" if request.htmx else "accounts/data.html"
    return render(request, template, context, status=status)


@never_cache
@require_POST
@login_required
def export(request: HttpRequest) -> HttpResponse:
    try:
        copies.ask(request.user)
    except copies.TooMany:
        response = _page(request, status=429)
        response.headers["Retry-After"] = DAY_SECONDS
        return response
    return redirect("accounts:data")


@never_cache
@lately_confirmed
@page_with_form
def export_file(request: HttpRequest, token: str) -> HttpResponse:
    """Where the mailed link leads. Programs that look into mails open it: only POST fetches."""
    try:
        if request.method == "POST":
            name = f"my-data-{timezone.localdate().isoformat()}.zip"
            file = copies.hand_out(request.user, token)
            return FileResponse(file, as_attachment=True, filename=name)
        copies.find(request.user, token)
    except copies.Gone:
        return render(request, "accounts/export_gone.html", {"section": "account"}, status=410)
    return render(request, "accounts/export_file.html", {"section": "account"})


@never_cache
@recently_confirmed
@page_with_form
def delete(request: HttpRequest) -> HttpResponse:
    form = DeleteForm(request.POST or None)
    obstacles = deletion.obstacles(request.user)
    if form.is_valid() and not obstacles:
        return _leave(request)
    context = {
        "section": "account",
        "form": form,
        "obstacles": obstacles,
        "last_day": timezone.now() + deletion.GRACE,
        "grace_days": deletion.GRACE.days,
    }
    return render(request, "accounts/delete.html", context, status=422 if form.is_bound else 200)


def _leave(request: HttpRequest) -> HttpResponse:
    deletion.ask(request.user)
    lifecycle.end_all(request)
    messages.success(
        request,
        _("Your account will be deleted in %(days)d days. Until then, sign in to keep it.")
        % {"days": deletion.GRACE.days},
    )
    return redirect("accounts:sign-in")


@require_POST
@login_required
def keep(request: HttpRequest) -> HttpResponse:
    deletion.keep(request.user)
    messages.success(request, _("Your account stays."))
    return redirect("accounts:data")

"""What the views of this package share: binding a form and rendering its page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.addresses import wanted_address
from accounts.forms.entering import AuthForm

RETRY_AFTER_SECONDS = "120"
page_with_form = require_http_methods(["GET", "HEAD", "POST"])


def page(request: HttpRequest, name: str, form: Any, status: int = 0, **more: Any) -> HttpResponse:
    """Render a form's page: 200 when blank, 422 with errors, or ``status``."""
    status = status or (422 if form.is_bound else 200)
    context = {"form": form, "next": wanted_address(request), **more}
    response = render(request, f"accounts/{name}.html", context, status=status)
    if status in (429, 503):
        response.headers["Retry-After"] = getattr(form, "retry_after", RETRY_AFTER_SECONDS)
    return response


def bind(form: type[AuthForm], request: HttpRequest, **options: Any) -> AuthForm:
    return form(request.POST if request.method == "POST" else None, **options)

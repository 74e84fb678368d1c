"""Emergency access for the local administrator. Nothing links here."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.entry import break_glass
from accounts.forms.break_glass import BreakGlassForm
from accounts.views.pages import bind, page, page_with_form


@sensitive_post_parameters("password")
@never_cache
@page_with_form
def enter(request: HttpRequest) -> HttpResponse:
    form, status = bind(BreakGlassForm, request), 0
    if form.is_valid():
        try:
            if break_glass.sign_in(request, **form.cleaned_data):
                return redirect("wagtailadmin_home")
            form.add_error(None, _("Name or password is not right."))
        except break_glass.TooMany as many:
            form.add_error(None, _("There were too many attempts. Wait, then try again."))
            form.retry_after, status = str(many.retry_after), 429
    response = page(request, "break_glass", form, status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response

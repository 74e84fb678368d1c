"""A person's own page: how they appear, and how the portal appears to them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.forms.profile import ProfileForm
from accounts.views.pages import page_with_form


@never_cache
@login_required
@page_with_form
def profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Your profile is saved."))
        return redirect("accounts:profile")
    context = {"form": form, "section": "account"}
    return render(request, "accounts/profile.html", context, status=422 if form.is_bound else 200)

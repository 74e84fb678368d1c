"""A person's own page: how they appear to others, and how the portal appears to them."""

from pathlib import PurePath
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    QueryDict,
)
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.addresses import wanted_address
from accounts.forms.profile import PictureForm, ProfileForm, ThemeForm
from accounts.models import User
from accounts.profile import avatars, preferences
from accounts.views.pages import page_with_form

WEEK_SECONDS = 7 * 24 * 3600


@never_cache
@login_required
@page_with_form
def profile(request: HttpRequest) -> HttpResponse:
    form = _form(request, request.POST or None)
    if form.is_valid():
        user = form.save()
        messages.success(request, _("Your profile is saved."))
        response = redirect("accounts:profile")
        preferences.set_theme_cookie(response, user.theme)
        return response
    return _page(request, form)


def _form(request: HttpRequest, data: QueryDict | None = None) -> ProfileForm:
    # A row of its own: the page's frame shows the name that is saved, not the one being typed.
    user = User.objects.get(pk=request.user.pk)
    return ProfileForm(data, instance=user, initial={"theme": preferences.theme_in(request)})


def _page(
    request: HttpRequest, form: ProfileForm, picture: PictureForm | None = None
) -> HttpResponse:
    wrong = form.is_bound or picture is not None
    context = {"form": form, "picture": picture or PictureForm(), "section": "account"}
    return render(request, "accounts/profile.html", context, status=422 if wrong else 200)


@require_POST
@login_required
def picture(request: HttpRequest) -> HttpResponse:
    if "remove" in request.POST:
        avatars.remove(request.user)
        messages.success(request, _("Your picture is removed."))
        return redirect("accounts:profile")
    form = PictureForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, _form(request), picture=form)
    avatars.put(request.user, form.cleaned_data["picture"])
    messages.success(request, _("Your picture is saved."))
    return redirect("accounts:profile")


@require_POST
@login_required
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the colours chosen in a menu: 204 for the script, back to the page without one."""
    form = ThemeForm(request.POST, instance=User.objects.get(pk=request.user.pk))
    if not form.is_valid():
        return HttpResponse(_("Choose light, dark or auto."), status=422)
    form.instance.save(update_fields=["theme"])
    by_script = request.headers.get("X-Requested-With") == "fetch"
    onward = wanted_address(request) or "accounts:profile"
    response = HttpResponse(status=204) if by_script else redirect(onward)
    preferences.set_theme_cookie(response, form.instance.theme)
    return response


@require_safe
def avatar(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Show somebody's picture to signed-in people; for others there is none."""
    if not request.user.is_authenticated:
        raise Http404
    name = User.objects.filter(pk=user_id).values_list("avatar", flat=True).first()
    if not name:
        raise Http404
    etag = f'"{PurePath(name).stem}"'  # a new picture has a new name
    headers = {"ETag": etag, "Cache-Control": f"private, max-age={WEEK_SECONDS}"}
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers=headers)
    storage = User._meta.get_field("avatar").storage
    try:
        file = storage.open(name)
    except FileNotFoundError as error:
        raise Http404 from error
    headers["X-Content-Type-Options"] = "nosniff"
    return FileResponse(file, content_type="image/webp", headers=headers)

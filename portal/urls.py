"""Every address of the portal. Wagtail's pages come last, because they match everything."""

from django.conf import settings
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from portal import views

handler400 = "portal.views.bad_request"
handler403 = "portal.views.permission_denied"
handler404 = "portal.views.not_found"
handler500 = "portal.views.server_error"
urlpatterns = [
    path("healthz/live", views.live, name="live"),
    path("healthz/ready", views.ready, name="ready"),
    path("", include("accounts.urls")),  # before the admin: it takes over signing out there
    # Wagtail would still serve its own password forms at these two.
    path(
        "admin/login/",
        RedirectView.as_view(pattern_name="accounts:sign-in", query_string=True),
    ),
    path(
        "_util/login/",
        RedirectView.as_view(pattern_name="accounts:sign-in", query_string=True),
    ),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("api/v1/", include("portal.api_urls")),
    path("", include("tasks.urls")),
    path("", include("home.urls")),
    # Editors' pictures. A front server may take this path over; private files are elsewhere.
    # No second slash: "images/../documents/x" would lead to documents, past their own checks.
    re_path(
        r"^media/(?P<path>(images|original_images|avatar_images)/[^/]+)$",
        serve,
        {"document_root": settings.MEDIA_ROOT},
    ),
]
if "debug_toolbar" in settings.INSTALLED_APPS:
    urlpatterns.append(path("__debug__/", include("debug_toolbar.urls")))
urlpatterns.append(path("", include(wagtail_urls)))

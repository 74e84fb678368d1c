"""Listings in the Wagtail admin that are read and never edited."""

from typing import Any

from django.urls import URLPattern, path
from wagtail.admin.viewsets.model import ModelViewSet

ABSENT = ("add", "edit", "delete", "usage", "history", "copy")


class ReadOnlyViewSet(ModelViewSet):
    """List, filter and inspect rows with UUID keys. Subclasses may add addresses of their own."""

    inspect_view_enabled = True
    copy_view_enabled = False
    add_to_reference_index = False
    form_fields: list[str] = []
    list_per_page = 50
    search_backend_name = None

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        absent = dict.fromkeys(f"{name}_url_name" for name in ABSENT)
        return {**super().get_common_view_kwargs(**kwargs), **absent}

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("inspect/<uuid:pk>/", self.inspect_view, name="inspect"),
        ]

    def register_admin_url_finder(self) -> None:
        """Register none: these rows have no page to edit them."""

"""wagtail-modeladmin with its holes closed.

As shipped, version 2.5 shows anybody's history, lets the list be filtered by any ORM path
(a way to read password hashes letter by letter), and narrows only the list to a person's rows.
"""

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.http import urlencode
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail_modeladmin.helpers import ButtonHelper, PermissionHelper
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import (
    DeleteView,
    EditView,
    IndexView,
    InspectView,
    InstanceSpecificView,
)

from tasks import permissions


class RowPermissionHelper(PermissionHelper):
    """The rows' own rules decide, not only the model's permissions."""

    def user_can_list(self, user: AbstractBaseUser) -> bool:
        return permissions.has_admin_rows(user)

    def user_can_create(self, user: AbstractBaseUser) -> bool:
        return False

    def user_can_inspect_obj(self, user: AbstractBaseUser, obj: Model) -> bool:
        return permissions.rows_for_admin(user).filter(pk=obj.pk).exists()

    def user_can_edit_obj(self, user: AbstractBaseUser, obj: Model) -> bool:
        return permissions.editable_in_admin(user).filter(pk=obj.pk).exists()

    def user_can_delete_obj(self, user: AbstractBaseUser, obj: Model) -> bool:
        return permissions.deletable_in_admin(user).filter(pk=obj.pk).exists()


class PageButtons(ButtonHelper):
    """Asks what may be done to the rows of a page once, not for each row.

    A view of a list says so in `rights`; on the page of one row the helper is asked. What the
    buttons lead to leads back to the list as it is now: filtered, sorted, on its page.
    """

    def inspect_button(self, *args: Any) -> dict[str, Any]:
        return self._returning(super().inspect_button(*args))

    def edit_button(self, *args: Any) -> dict[str, Any]:
        return self._returning(super().edit_button(*args))

    def delete_button(self, *args: Any) -> dict[str, Any]:
        return self._returning(super().delete_button(*args))

    def _returning(self, button: dict[str, Any]) -> dict[str, Any]:
        return button | {"url": returning(button["url"], self.view.way_back)}

    def get_buttons_for_obj(self, obj: Model, **kwargs: Any) -> list[dict[str, Any]]:
        rights = getattr(self.view, "rights", None)
        if rights is None:
            return super().get_buttons_for_obj(obj, **kwargs)
        # Its title leads to where it is edited or looked at.
        if obj.pk in rights["delete"] and obj.pk not in rights["bin"]:
            return [self.delete_button(obj.pk, kwargs.get("classnames_add"))]
        return []

    def get_primary_button(self, obj: Model) -> dict[str, Any] | None:
        if obj.pk in self.view.rights["bin"]:
            return None
        edits = obj.pk in self.view.rights["edit"]
        return self.edit_button(obj.pk) if edits else self.inspect_button(obj.pk)


def returning(url: str, way_back: str) -> str:
    return f"{url}?{urlencode({'next': way_back})}" if way_back else url


class StrictIndexView(IndexView):
    """``rights``: by "edit", "delete" and "bin" the ids of the page's rows it holds for."""

    rights: dict[str, set]

    @property
    def way_back(self) -> str:
        return self.request.get_full_path() if self.request.GET else ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().dispatch(request, *args, **kwargs)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(self.index_url)

    def get_filters(self, request: HttpRequest) -> tuple:
        specs, has_filters, _unclaimed, distinct = super().get_filters(request)
        return specs, has_filters, {}, distinct  # lookups that no filter declared are dropped

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, term: str) -> QuerySet:
        # PostgreSQL refuses a NUL in text, and nobody searches for more than a line.
        return super().get_search_results(request, queryset, term.replace("\x00", "")[:200])


class KnownRow:
    """An address whose key is no UUID leads to no row: 404, where modeladmin would crash."""

    def __init__(self, model_admin: ModelAdmin, instance_pk: str) -> None:
        try:
            super().__init__(model_admin, instance_pk)
        except ValidationError as error:
            raise Http404 from error

    @cached_property
    def way_back(self) -> str:
        """Return the address of the list that led here, or ""."""
        return get_valid_next_url_from_request(self.request)

    @cached_property
    def index_url(self) -> str:
        return self.way_back or self.url_helper.index_url

    @cached_property
    def edit_url(self) -> str:
        return self._url("edit")

    @cached_property
    def delete_url(self) -> str:
        return self._url("delete")

    @cached_property
    def inspect_url(self) -> str:
        return self._url("inspect")

    @cached_property
    def history_url(self) -> str:
        return self._url("history")

    def _url(self, action: str) -> str:
        return returning(self.url_helper.get_action_url(action, self.pk_quoted), self.way_back)


class RowInspectView(KnownRow, InspectView):
    pass


class RowDeleteView(KnownRow, DeleteView):
    pass


class RowHistoryView(KnownRow, InstanceSpecificView):
    def get_template_names(self) -> list[str]:
        return self.model_admin.get_history_template()

    def check_action_permitted(self, user: AbstractBaseUser) -> bool:
        return self.permission_helper.user_can_inspect_obj(user, self.instance)


class AtomicEditView(KnownRow, EditView):
    """The change, what it owes and the admin's own log entry commit together.

    Around the whole request: the form locks the row to compare it with what was sent.
    """

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            return super().post(request, *args, **kwargs)


class PortalModelAdmin(ModelAdmin):
    permission_helper_class = RowPermissionHelper
    button_helper_class = PageButtons
    index_view_class = StrictIndexView
    inspect_view_class = RowInspectView
    edit_view_class = AtomicEditView
    delete_view_class = RowDeleteView
    history_view_class = RowHistoryView

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request) & permissions.rows_for_admin(request.user)

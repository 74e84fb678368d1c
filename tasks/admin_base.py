"""wagtail-modeladmin with its holes closed.

As shipped, version 2.5 shows anybody's history, lets the list be filtered by any ORM path
(a way to read password hashes letter by letter), and narrows only the list to a person's rows.
"""

from collections import OrderedDict
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from wagtail_modeladmin.helpers import PermissionHelper
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import DeleteView, EditView, HistoryView, IndexView, InspectView

from portal.spreadsheets import safe_cell
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
        return super().user_can_delete_obj(user, obj) and self.user_can_inspect_obj(user, obj)


class StrictIndexView(IndexView):
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

    def to_row_dict(self, item: Model) -> OrderedDict:
        row = super().to_row_dict(item)
        return OrderedDict((name, safe_cell(value)) for name, value in row.items())


class KnownRow:
    """An address whose key is no UUID leads to no row: 404, where modeladmin would crash."""

    def __init__(self, model_admin: ModelAdmin, instance_pk: str) -> None:
        try:
            super().__init__(model_admin, instance_pk)
        except ValidationError as error:
            raise Http404 from error


class RowInspectView(KnownRow, InspectView):
    pass


class RowDeleteView(KnownRow, DeleteView):
    pass


class CheckedHistoryView(KnownRow, HistoryView):
    def check_action_permitted(self, user: AbstractBaseUser) -> bool:
        return self.permission_helper.user_can_inspect_obj(user, self.instance)


class AtomicEditView(KnownRow, EditView):
    """The change, what it owes and the admin's own log entry commit together."""

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            return super().form_valid(form)


class PortalModelAdmin(ModelAdmin):
    permission_helper_class = RowPermissionHelper
    index_view_class = StrictIndexView
    inspect_view_class = RowInspectView
    edit_view_class = AtomicEditView
    delete_view_class = RowDeleteView
    history_view_class = CheckedHistoryView

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request) & permissions.rows_for_admin(request.user)

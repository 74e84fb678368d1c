"""Accounts in the Wagtail admin.

A viewset stands in the menu "People" when it has `menu_hook = PEOPLE_MENU` (and by
convention `url_prefix = "people/…"`) and is registered here.
"""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup

from accounts.people.audit_log import AuditViewSet
from accounts.people.events import SyncEventViewSet
from accounts.people.invitation_views import InvitationViewSet
from accounts.people.menu import PEOPLE_MENU


class PeopleGroup(ViewSetGroup):
    menu_label = _("People")
    menu_name = "people"
    menu_icon = "group"
    menu_order = 160
    submenu_hook = PEOPLE_MENU


@hooks.register("register_admin_viewset")
def register_people() -> list[ViewSet | ViewSetGroup]:
    return [PeopleGroup(), InvitationViewSet(), SyncEventViewSet(), AuditViewSet()]

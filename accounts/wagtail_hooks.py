"""Accounts in the Wagtail admin.

A viewset stands in the menu "People" when it has `menu_hook = PEOPLE_MENU` (and by
convention `url_prefix = "people/…"`) and is registered here.
"""

import logging
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup

from accounts.invitations.views import InvitationViewSet
from accounts.menu import PEOPLE_MENU
from accounts.models import User
from accounts.people import home_panel
from accounts.people.audit_log import AuditViewSet
from accounts.sync.admin import SweepViewSet, SyncEventViewSet

logger = logging.getLogger(__name__)
STRAY_NAMES = ("code", "error", "error_code", "error_description")


class PeopleGroup(ViewSetGroup):
    menu_label = _("People")
    menu_name = "people"
    menu_icon = "group"
    menu_order = 160
    submenu_hook = PEOPLE_MENU


@hooks.register("register_admin_viewset")
def register_people() -> list[ViewSet | ViewSetGroup]:
    return [PeopleGroup(), InvitationViewSet(), SyncEventViewSet(), SweepViewSet(), AuditViewSet()]


hooks.register("construct_homepage_panels", home_panel.add_to)


@hooks.register("get_avatar_url")
def own_picture(user: User, size: int) -> str | None:
    """Show the portal's picture of a person; Wagtail keeps another, which nobody sets."""
    return reverse("accounts:avatar", args=[user.pk]) if getattr(user, "avatar", None) else None


@hooks.register("before_serve_page")
def take_stray_answer(page: Any, request: HttpRequest, *args: Any) -> HttpResponse | None:
    """Explain an answer of the Auth server that landed on the home page.

    That happens when the portal's address is not on the server's redirect list: it leads
    to the site's root then, whatever it was told.
    """
    stray = request.GET.get("code") or request.GET.get("error_code") or request.GET.get("error")
    if request.path != "/" or request.method != "GET" or not stray:
        return None
    logger.warning("The Auth server answered to the home page: is its redirect list complete?")
    query = {k: v for k, v in request.GET.items() if k in STRAY_NAMES}
    return redirect(f"{reverse('accounts:callback')}?{urlencode(query)}")

"""Groups in the menu "People". Wagtail's screens; `access.GroupPolicy` lets superusers in only."""

from typing import Any

from wagtail.users.views.groups import GroupViewSet

from accounts.menu import PEOPLE_MENU


class PeopleGroupViewSet(GroupViewSet):
    add_to_settings_menu = False
    menu_hook = PEOPLE_MENU
    menu_order = 20

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(name, **kwargs | {"url_prefix": "people/groups"})

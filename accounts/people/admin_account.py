"""Wagtail's own page about one's account, without what the portal does elsewhere."""

from typing import Any

from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.account import (
    AccountView,
    LocaleSettingsPanel,
    NotificationsSettingsPanel,
    ThemeSettingsPanel,
)

OFFERED = (NotificationsSettingsPanel, LocaleSettingsPanel, ThemeSettingsPanel)


class EditingAccountView(AccountView):
    """What concerns editing only. Name, picture and password belong to the account pages.

    The form there would take any picture, and change a name without telling Supabase.
    """

    def get_panels(self) -> list[Any]:
        return [panel for panel in super().get_panels() if isinstance(panel, OFFERED)]


editing_account = require_admin_access(EditingAccountView.as_view())

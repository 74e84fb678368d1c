"""System checks about accounts, for `check --deploy`."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register
from django.db import DatabaseError

from accounts.entry import break_glass


@register("portal", deploy=True)
def glass_can_be_broken(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    try:
        ready = settings.DEBUG or bool(break_glass.accounts())
    except DatabaseError:  # before the first migration
        return []
    if ready:
        return []
    return [
        Warning(
            "Nobody can sign in while Supabase is lost: there is no local administrator.",
            hint="Run manage.py make_break_glass --generate and keep the password on paper.",
            id="accounts.W001",
        )
    ]

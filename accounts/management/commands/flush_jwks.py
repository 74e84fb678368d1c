"""Make a revoked signing key worthless at once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.supabase import jwks
from accounts.supabase.errors import Unavailable


class Command(BaseCommand):
    help = (
        "Fetches the Auth server's signing keys now. Tokens signed with a key that is gone are "
        f"refused by every process within {jwks.SHARE_SECONDS} seconds. Supabase itself may "
        "show a revoked key for up to ten minutes: look whether the list below still has it."
    )

    def handle(self, **options: Any) -> None:
        try:
            kids = jwks.renew()
        except Unavailable as problem:
            raise CommandError(f"Nothing was changed: {problem}") from problem
        self.stdout.write("Signing keys now: " + (", ".join(kids) or "none (an HS256 project)"))

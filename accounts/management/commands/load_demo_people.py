"""The people of the demo organisation, Linden Court."""

from argparse import ArgumentParser
from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid5

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.supabase import admin
from accounts.supabase.errors import AuthProblem
from accounts.sync.records import apply_record

PASSWORD = "linden-court-2026"  # noqa: S105 - for a demonstration that holds nothing
PEOPLE = (
    "Amara Okafor",
    "Jonas Lindqvist",
    "Priya Raman",
    "Tomasz Zielinski",
    "Helen Whitcombe",
    "Luis Ferreira",
    "Mei-Ling Chan",
)
ADMINISTRATOR = "Helen Whitcombe"


class Command(BaseCommand):
    help = (
        "Loads the seven people of the demo organisation. Idempotent. With --auth they get "
        f"accounts at the Auth server too, with the password {PASSWORD}; only while DEBUG is true."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--auth", action="store_true", help="make accounts to sign in with")

    def handle(self, *, auth: bool, **options: Any) -> None:
        if auth and not settings.DEBUG:
            raise CommandError("Everybody knows these passwords: --auth needs DEBUG=true.")
        for name in PEOPLE:
            try:
                record = auth_record(name) if auth else local_record(name)
            except AuthProblem as problem:
                raise CommandError(f"The Auth server did not take {name}: {problem}") from problem
            user = apply_record(record).user
            if name == ADMINISTRATOR and not user.is_superuser:
                user.is_superuser = True
                user.save(update_fields=["is_superuser"])
        self.stdout.write(f"{len(PEOPLE)} people of the demo are here.")


def local_record(name: str) -> dict[str, Any]:
    """Return a user record as the Auth server would send it for a confirmed account."""
    email = f"{name.split()[0]}.{name.split()[-1]}@lindencourt.example".lower()
    return {
        "id": str(uuid5(NAMESPACE_DNS, email)),
        "email": email,
        "email_confirmed_at": timezone.now().isoformat(),
        "user_metadata": {"full_name": name},
    }


def auth_record(name: str) -> dict[str, Any]:
    """Return the person's record at the Auth server, making the account when it is missing."""
    wanted = local_record(name)
    return admin.get_user(UUID(wanted["id"])) or admin.create_user(
        id=wanted["id"],
        email=wanted["email"],
        password=PASSWORD,
        email_confirm=True,
        user_metadata=wanted["user_metadata"],
    )

"""Make the local administrator for emergencies, or give it a new password."""

from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.entry import break_glass


class Command(BaseCommand):
    help = (
        "Makes a local administrator who can sign in while Supabase is lost, or gives an "
        "existing one a new password. Asks for the password, or makes one and shows it once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", default="break-glass", help="what they type")
        parser.add_argument("--generate", action="store_true", help="make a password, show it once")

    def handle(self, *, name: str, generate: bool, **options: Any) -> None:
        password = break_glass.new_password() if generate else ask()
        try:
            break_glass.make(name, password)
        except ValueError as error:
            raise CommandError(f"{error} Nothing was changed.") from error
        self.stdout.write(f"{name} signs in at {settings.PUBLIC_URL}/{settings.BREAK_GLASS_PATH}/")
        if generate:
            self.stdout.write(f"Password, shown only now: {password}")
        self.stdout.write("Keep both on paper, in a safe. Each use is mailed to administrators.")


def ask() -> str:
    """Return a password typed twice; raise CommandError when the two differ."""
    try:
        password, again = getpass("Password: "), getpass("Once more: ")
    except EOFError as error:
        raise CommandError("No password came. Use --generate to have one made.") from error
    if password != again:
        raise CommandError("The two passwords differ. Nothing was changed.")
    return password

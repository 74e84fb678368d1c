"""Make one person an administrator of the whole portal."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts import audit
from accounts.models import User


class Command(BaseCommand):
    help = (
        "Makes the person with this e-mail address an administrator of the whole portal. "
        "They must have signed in or been synchronised before, and their address must be "
        "confirmed. Asks before it changes anything."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address of exactly one person")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *, email: str, yes: bool, **options: Any) -> None:
        user = find_person(email)
        if user.is_superuser:
            self.stdout.write(f"{user} <{user.email}> is an administrator already.")
            return
        if not yes and not self.confirmed(user):
            raise CommandError("Nothing was changed.")
        user.is_superuser = True
        with transaction.atomic():
            user.save(update_fields=["is_superuser"])
            audit.record("administrator.made", target=user.pk)
        self.stdout.write(f"{user} <{user.email}> is now an administrator.")

    def confirmed(self, user: User) -> bool:
        question = f"Make {user} <{user.email}> an administrator of everything? [y/N] "
        try:
            return input(question).strip().lower() in ("y", "yes")
        except EOFError:
            return False


def find_person(email: str) -> User:
    """Return the one person who owns a confirmed address; raise CommandError otherwise."""
    people = User.objects.select_related("identity").filter(email__iexact=email.strip())
    people = [user for user in people if user.is_active]
    if not people:
        raise CommandError(f"Nobody here has the address {email}. They have to sign in once.")
    if len(people) > 1:
        raise CommandError(f"{len(people)} people have the address {email}. Nothing was changed.")
    identity = getattr(people[0], "identity", None)
    if identity is None or not identity.may_enter:
        raise CommandError(f"{email} has no account at Supabase that may sign in.")
    if identity.email_confirmed_at is None:
        raise CommandError(f"{email} is not confirmed. Anybody could have typed that address.")
    return people[0]

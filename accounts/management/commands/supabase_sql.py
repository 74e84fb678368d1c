"""Print the SQL that makes a Supabase project tell the portal about changed accounts."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from accounts.supabase import sql


class Command(BaseCommand):
    help = (
        "Prints the SQL for the Supabase project: paste it into the SQL editor, or pipe it into "
        "psql. Running it again brings an older version up to date."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--uninstall", action="store_true", help="take everything away again")
        what.add_argument(
            "--reader",
            default="",
            metavar="ROLE",
            help="the portal's own database role, when it reads the change log "
            "(SUPABASE_CHANGE_LOG) and is not the one that runs this SQL",
        )

    def handle(self, *, uninstall: bool, reader: str, **options: Any) -> None:
        address = settings.PUBLIC_URL + reverse("accounts:supabase-webhook")
        self.stdout.write(sql.uninstall() if uninstall else sql.install(address, reader))

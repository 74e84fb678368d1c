"""Bring the database up to date and load the demo once: `python -m scripts.prepare`."""

import os
import sys
from urllib.parse import urlsplit

import django
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from scripts.stamp import write_stamp

DEMO_PROJECT = "REP"
NOTE = "Note: "  # run-dev.sh shows lines that begin so


def prepare(*, demo: bool, accounts: bool) -> None:
    """Migrate when needed, and load the demo into a portal that has no project of its own.

    With ``accounts`` the demo's people also get their accounts at the Auth server. All of it
    may be repeated: what is there stays, so an interrupted start is taken up by the next.
    """
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate")
    if demo and may_hold_demo():
        load_demo(accounts)
    place_site()
    write_stamp(demo)


def load_demo(accounts: bool) -> None:
    try:
        call_command("load_demo")
    except CommandError as reason:  # such as pages that are not the demo's
        sys.stdout.write(f"{NOTE}The demo was left out. {reason}\n")
        return
    if accounts:
        call_command("load_demo_people", auth=True)


def may_hold_demo() -> bool:
    """Say whether the portal is empty or holds the demo: nobody's own portal is filled with it."""
    projects = apps.get_model("tasks", "Project").objects
    return not projects.exists() or projects.filter(key=DEMO_PROJECT).exists()


def place_site() -> None:
    """Put Wagtail's default site at PUBLIC_URL: --port and tunnels move it."""
    address = urlsplit(settings.PUBLIC_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    site = apps.get_model("wagtailcore", "Site").objects.filter(is_default_site=True).first()
    if site and (site.hostname, site.port) != (address.hostname, port):
        site.hostname, site.port = str(address.hostname), port
        site.save(update_fields=["hostname", "port"])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    prepare(demo="--demo" in sys.argv, accounts="--accounts" in sys.argv)

"""Bring the database up to date and load the demo once: `python -m scripts.prepare`."""

import os
import sys

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from scripts.stamp import write_stamp

DEMO_PROJECT = "REP"


def prepare(*, demo: bool, accounts: bool) -> None:
    """Migrate when needed, and load the demo into a portal that has no project yet.

    With ``accounts`` the demo's people also get their accounts at the Auth server.
    """
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate")
    projects = apps.get_model("tasks", "Project").objects
    if demo and not projects.exists():
        call_command("load_demo")
    if demo and accounts and projects.filter(key=DEMO_PROJECT).exists():
        call_command("load_demo_people", auth=True)
    write_stamp(demo)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    prepare(demo="--demo" in sys.argv, accounts="--accounts" in sys.argv)

"""Fill an empty portal with Linden Court: people, tasks, website."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Q
from wagtail.models import Site

from home.demo import texts, website
from home.models import SiteSettings

TASK_DESK = {"tasks": ["view_task", "change_task", "view_membership", "view_project"]}
SETTINGS = {"home": ["change_sitesettings"]}
GROUPS = {"Editors": [TASK_DESK], "Moderators": [TASK_DESK, SETTINGS]}
PEOPLE = {"Moderators": "helen.whitcombe", "Editors": "priya.raman"}


class Command(BaseCommand):
    help = (
        "Load the demo: the people, tasks and website of Linden Court. Run again, it changes "
        "nothing. A site with other content is left alone unless --force is given."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--force",
            action="store_true",
            help="write the demo's website although there is other content, or again",
        )

    def handle(self, *args: Any, force: bool, **options: Any) -> None:
        site = Site.objects.filter(is_default_site=True).first()
        if site is None:
            raise CommandError("There is no default site. Add one in the admin under Settings.")
        here = SiteSettings.for_site(site).organisation == texts.SETTINGS["organisation"]
        if not (here or force) and site.root_page.get_children().exists():
            raise CommandError(
                "This site has other content. Use --force to write the demo beside it."
            )
        call_command("load_demo_people")
        call_command("load_demo_tasks")
        with transaction.atomic():
            self.grant()
            if here and not force:
                self.stdout.write("The website of Linden Court is already here.")
                return
            website.build(site)
        self.stdout.write("Loaded the website of Linden Court.")

    @staticmethod
    def grant() -> None:
        """Let editors work at the Task desk, and make Helen and Priya editors."""
        for name, sets in GROUPS.items():
            group, _is_new = Group.objects.get_or_create(name=name)
            wanted = Q()
            for permissions in sets:
                for app, codenames in permissions.items():
                    wanted |= Q(content_type__app_label=app, codename__in=codenames)
            group.permissions.add(*Permission.objects.filter(wanted))
            address = f"{PEOPLE[name]}@lindencourt.example"
            for user in get_user_model().objects.filter(email=address):
                user.groups.add(group)

"""The projects and tasks of the demo organisation, Linden Court."""

import random
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from portal.actor import acting
from tasks.management import demo
from tasks.models import Activity, Comment, Membership, Project, Request, Status, Task
from tasks.signal_handlers import muted


class Command(BaseCommand):
    help = (
        "Loads the demo's projects, members, tasks and comments. Idempotent: what is there stays. "
        "Nobody is mailed about it: the e-mails of the loaded history are never written."
    )

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        people = demo_people()
        with muted():
            for facts in demo.PROJECTS:
                project, is_new = Project.objects.get_or_create(
                    key=facts["key"], defaults={n: facts[n] for n in demo.PROJECT_FIELDS}
                )
                if not is_new:
                    continue
                for name, role in facts["members"].items():
                    Membership.objects.create(project=project, user=people[name], role=role)
                if project.key == "REP":
                    add_waiting(project)
                for task in demo.TASKS:
                    if task["key"].startswith(f"{project.key}-"):
                        load_task(project, people, task)
        self.stdout.write(f"{len(demo.PROJECTS)} projects of the demo are here.")


def demo_people() -> dict[str, AbstractBaseUser]:
    """Return the demo's people by first name, loading them when they are missing."""
    addresses = {name: f"{name}.{last}@lindencourt.example".lower() for name, last in demo.PEOPLE}
    users = get_user_model().objects
    if users.filter(email__in=addresses.values()).count() < len(addresses):
        call_command("load_demo_people", verbosity=0)
    by_address = {user.email: user for user in users.filter(email__in=addresses.values())}
    return {name: by_address[address] for name, address in addresses.items()}


def add_waiting(project: Project) -> None:
    """Give ``project`` a status of its own, between In progress and In review."""
    doing = project.first_status(Status.Category.DOING)
    project.statuses.filter(order__gt=doing.order).update(order=F("order") + 1)
    Status.objects.create(
        project=project, name="Waiting", category="doing", hue="amber", order=doing.order + 1
    )


def load_task(project: Project, people: dict[str, AbstractBaseUser], facts: dict[str, Any]) -> None:
    """Open the task, live through its changes, then date them all back."""
    # The same hours each time, so that the demo looks alike everywhere.
    spread = random.Random(facts["key"])  # noqa: S311 - guards nothing
    changed = timezone.now() - timedelta(hours=facts["hours"])
    opened = changed - timedelta(days=spread.randint(2, 9), minutes=spread.randint(0, 600))
    statuses = {status.name: status for status in project.statuses.all()}
    visitor = facts.get("request")
    asker = None if visitor else people[facts["asker"]]
    Project.objects.filter(pk=project.pk).update(next_number=facts["key"].partition("-")[2])
    with acting(asker):
        task = Task(
            project=project,
            title=facts["title"],
            body=facts.get("body", ""),
            status=statuses["New request" if visitor else "To do"],
            requester=asker,
            request=Request.objects.create(**visitor) if visitor else None,
        )
        task.save()
    today = timezone.localdate()
    with acting(people[demo.ACCEPTS[project.key]]):
        task.status = statuses[facts["status"]]
        task.priority = Task.Priority[facts["priority"].upper()]
        task.owner = people.get(facts["owner"])
        task.due_on = today + timedelta(days=facts["due"]) if facts["due"] is not None else None
        task.save()
    for name, words in facts.get("comments", ()):
        author = people[name]
        Comment(task=task, author=author, author_name=author.get_full_name(), body=words).save()
    backdate(task, opened, changed)


def backdate(task: Task, opened: datetime, changed: datetime) -> None:
    """Spread the history of ``task`` evenly between the two instants."""
    changes = list(dict.fromkeys(task.activities.order_by("created_at").values_list("change_id")))
    if len(changes) == 1:  # nothing happened since it was opened
        opened = changed
    step = (changed - opened) / max(len(changes) - 1, 1)
    for number, (change_id,) in enumerate(changes):
        at = opened + step * number
        Activity.objects.filter(change_id=change_id).update(created_at=at)
        Comment.objects.filter(
            pk__in=[row.comment_id for row in task.activities.filter(change_id=change_id)]
        ).update(created_at=at)
    Task.objects.filter(pk=task.pk).backdate(opened, changed)
    if task.request:
        Request.objects.filter(pk=task.request.pk).update(created_at=opened)

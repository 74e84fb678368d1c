"""The projects and tasks of the demo organisation, Linden Court."""

import random
from collections.abc import Callable
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
from tasks.management import demo_details as details
from tasks.models import (
    Activity,
    ChecklistItem,
    Comment,
    Label,
    Membership,
    Project,
    Relation,
    Request,
    Status,
    Task,
    one_change,
)
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
                add_labels(project)
                for task in demo.TASKS:
                    if task["key"].startswith(f"{project.key}-"):
                        load_task(project, people, task)
            link_tasks()
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


def add_labels(project: Project) -> None:
    for name, hue in details.LABELS[project.key]:
        Label.objects.create(project=project, name=name, hue=hue)
    for name, limit in details.LIMITS.get(project.key, {}).items():
        project.statuses.filter(name=name).update(wip_limit=limit)


def link_tasks() -> None:
    """Say which tasks are parts of another, and which wait for another; once."""
    tasks = {task.key: task for task in Task.objects.with_row()}
    for key, parts in details.PARTS.items():
        for part in parts:
            if key in tasks and part in tasks and tasks[part].parent_id is None:
                link(tasks[part], lambda task, above=tasks[key]: set_parent(task, above))
    for source, target in details.BLOCKS:
        if source not in tasks or target not in tasks:
            continue
        relation = Relation(source=tasks[source], target=tasks[target], kind="blocks")
        if not Relation.objects.filter(source=relation.source, target=relation.target).exists():
            link(tasks[target], lambda _task, relation=relation: relation.save())


def set_parent(task: Task, parent: Task) -> None:
    task.parent = parent
    task.save()


def link(task: Task, change: Callable[[Task], None]) -> None:
    """Do ``change`` at the moment of the last change of each task that it touches."""
    updated = task.updated_at
    with acting(task.owner), one_change() as change_id:
        change(task)
    Task.objects.filter(pk=task.pk).backdate(task.created_at, updated)
    for row in Activity.objects.filter(change_id=change_id).select_related("task"):
        Activity.objects.filter(pk=row.pk).update(created_at=row.task.updated_at)


def hang_on(task: Task, people: dict[str, AbstractBaseUser], key: str) -> None:
    """Add what belongs to ``task``: labels, steps, who reviews and who helps."""
    names = details.ON_TASKS.get(key, ())
    task.set_labels(Label.objects.filter(project=task.project, name__in=names))
    task.set_collaborators(people[name] for name in details.HELPERS.get(key, ()))
    if key in details.REVIEWERS:
        task.reviewer = people[details.REVIEWERS[key]]
        task.save()
    steps = details.STEPS.get(key, ())
    items = [ChecklistItem(task=task, text=text) for text, _done in steps]
    with one_change():
        for item in items:
            item.save()
    with acting(task.owner), one_change():
        for item, (_text, done) in zip(items, steps, strict=True):
            if done:
                item.is_done = True
                item.save()


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
        hang_on(task, people, facts["key"])
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
        at = changed if number == len(changes) - 1 else opened + step * number
        Activity.objects.filter(change_id=change_id).update(created_at=at)
        Comment.objects.filter(
            pk__in=[row.comment_id for row in task.activities.filter(change_id=change_id)]
        ).update(created_at=at)
    ended = {"closed_at": changed} if task.closed_at else {}
    ended |= {"completed_at": changed} if task.completed_at else {}
    Task.objects.filter(pk=task.pk).backdate(opened, changed, **ended)
    if task.request:
        Request.objects.filter(pk=task.request.pk).update(created_at=opened)

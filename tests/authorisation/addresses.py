"""What stands in an address, and what is sent there, for rows that exist."""

from types import SimpleNamespace
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tasks.detail.properties import PROPERTIES
from tasks.models import Comment, Mention, SavedView


def arguments(world: SimpleNamespace, of: str, who: str) -> list[Any]:
    """Return what stands in the address of a row of the table whose OF is ``of``.

    "own …" is made for ``who``: a comment of theirs, however they came to write it.
    """
    key, project = world.task.key, world.project.key
    if of in PROPERTIES:
        return [key, of]
    if of.startswith("bulk-"):
        return [project, of.removeprefix("bulk-")]
    if of.startswith("own-"):
        return _own(world, of, world.people[who] or world.author)
    stands = {
        "-": [],
        "project": [project],
        "member": [project, world.membership.pk],
        "task": [key],
        "done-task": [world.done.key],
        "request": [world.asked.key],
        "deleted-task": [world.gone["task"].key],
        "item": [key, world.item.pk],
        "relation": [key, world.relation.pk],
        "comment": [world.comment.pk],
        "team-comment": [world.team.pk],
        "deleted-comment": [world.gone["comment"].pk],
        "file": [world.file.pk],
        "deleted-file": [world.gone["file"].pk],
        "shared-view": [project, world.shared_view.pk],
        "private-view": [project, world.private_view.pk],
        "mention": [world.mention.pk],
        "token": [world.asked.request.token],
        "bin-task": [project, "task", world.gone["task"].pk],
        "bin-comment": [project, "comment", world.gone["comment"].pk],
        "bin-file": [project, "file", world.gone["file"].pk],
    }
    return stands[of]


def _own(world: SimpleNamespace, of: str, user: Any) -> list[Any]:
    if of == "own-comment":
        row = Comment(task=world.task, author=user, author_name=str(user), body="Mine.")
        row.save()
        return [row.pk]
    if of == "own-view":
        view = SavedView(project=world.project, owner=user, name="Mine")
        view.save()
        return [world.project.key, view.pk]
    return [Mention.objects.get_or_create(user=user, task=world.task, comment=None)[0].pk]


def address(world: SimpleNamespace, route: str, of: str, who: str) -> str:
    name, _sep, query = route.partition("?")
    url = reverse(name, args=arguments(world, of, who))
    return f"{url}?{query.format(status=world.task.status_id)}" if query else url


def sent(world: SimpleNamespace, route: str) -> dict[str, Any]:
    """Return data that is right for every form at once: each takes the fields it knows."""
    data = {
        "title": "Words",
        "name": "Words",
        "text": "Words",
        "project": world.project.key,
        "status": world.project.first_status("doing").pk,
        "priority": 2,
        "body": "Said.",
        "reason": "Not ours.",
        "role": "viewer",
        "who": f"person:{world.people['outsider'].pk}",
        "until": timezone.localdate() + timezone.timedelta(days=3),
        "watching": "1",
        "archived": "1",
        "subtask": "Words",
        "kind": "blocks",
        "other": world.done.key,
        "files": SimpleUploadedFile("a.txt", b"text"),
        "change_id": world.change.change_id,
    }
    return {**data, **_special(world).get(route, {})}


def _special(world: SimpleNamespace) -> dict[str, dict[str, Any]]:
    return {
        "tasks:subtask-tick": {"done": world.subtask.pk},
        "tasks:move-project": {"project": world.twin.key},
        "tasks:bulk": {
            "task": world.task.pk,
            "project": world.twin.pk,
            "add": world.label.pk,
            "owner": world.author.pk,
            "due_on": "2027-01-05",
        },
    }

"""One of everything, full of words that tell who may read them.

Repairs is the project that people have their roles in. Elsewhere belongs to an outsider. Twin
is a second project of Repairs' people, for rows that are addressed in the wrong place.
"""

from types import SimpleNamespace
from typing import Any

from wagtail.models import Site

from accounts.models import User
from home.models import SiteSettings
from tasks import services
from tasks.files import CheckedFile
from tasks.models import (
    Activity,
    ChecklistItem,
    Comment,
    Label,
    Membership,
    Mention,
    Project,
    Relation,
    SavedView,
    Task,
)
from tests import factories

# In the order of the table's columns. "owner" is a member and "helper" a guest who has to do
# the task; "guest" has a part in nothing. "deactivated" managed, and was switched off.
ROLES = {
    "anonymous": None,
    "outsider": None,
    "viewer": Membership.Role.VIEWER,
    "guest": Membership.Role.GUEST,
    "helper": Membership.Role.GUEST,
    "member": Membership.Role.MEMBER,
    "owner": Membership.Role.MEMBER,
    "contributor": Membership.Role.CONTRIBUTOR,
    "manager": Membership.Role.MANAGER,
    "superuser": None,
    "deactivated": Membership.Role.MANAGER,
}
PEOPLE = tuple(ROLES)
INSIDE = {"viewer", "guest", "helper", "member", "owner", "contributor", "manager"}
# word -> who may read it, superusers beside. It stands in every text of its kind.
READERS = {
    "Kingfisher": INSIDE - {"guest"},  # the task that is done by "owner" or "helper"
    "Bittern": INSIDE - {"guest", "helper"},  # other tasks of Repairs
    "Nightjar": {"contributor", "manager"},  # comments of the team
    "Corncrake": {"manager"},  # a new request
    "Dunlin": {"manager"},  # what lies in the bin
    "Redshank": INSIDE,  # the project itself: its name, its people, labels, shared views
    "Egret": set[str](),  # a view that its owner shares with nobody
    "Whimbrel": {"outsider"},  # Elsewhere
}
COMMON = "window"  # beside each of them, to search for


def said(word: str) -> str:
    return f"{word} {COMMON}"


def build(owner: str = "owner") -> SimpleNamespace:
    """Return the world in which ``owner``, one of PEOPLE, does the task."""
    world = SimpleNamespace(people={})
    SiteSettings.for_site(Site.objects.get(is_default_site=True))  # Wagtail's first visit makes it
    world.project = factories.make_project("REP", name=f"Repairs {said('Redshank')}")
    world.twin = factories.make_project("TWI", name="Twin")
    world.elsewhere = factories.make_project("ELS", name=said("Whimbrel"))
    world.author = factories.make_member(world.project, name="Ada Redshank")
    world.membership = world.author.memberships.get()
    for who, role in ROLES.items():
        world.people[who] = _person(world, who, role)
    Membership.objects.create(
        project=world.elsewhere, user=world.people["outsider"], role=Membership.Role.MANAGER
    )
    world.task = _task(world.project, world.author, "Kingfisher", world.people[owner])
    world.other = _task(world.project, world.author, "Bittern")
    world.foreign = _task(world.elsewhere, world.people["outsider"], "Whimbrel")
    world.twin_task = _task(world.twin, world.people["manager"], "Bittern")
    _fill(world)
    return world


def _person(world: SimpleNamespace, who: str, role: str | None) -> User | None:
    if who == "anonymous":
        return None
    user = factories.make_user(
        who.capitalize(), is_superuser=who == "superuser", is_active=who != "deactivated"
    )
    for project in (world.project, world.twin) if role else ():
        Membership.objects.create(project=project, user=user, role=role)
    return user


def _task(project: Project, user: User, word: str, owner: User | None = None) -> Task:
    task = factories.make_task(project, title=said(word), body=said(word), owner=owner)
    ChecklistItem.objects.create(task=task, text=said(word))
    services.add_comment(task=task, user=user, body=said(word))
    file = CheckedFile(f"{word}-{COMMON}.txt", "text/plain", said(word).encode())
    services.add_attachment(task=task, user=user, file=file)
    return task


def parts(task: Task) -> dict[str, Any]:
    """Return what hangs on a task made here."""
    return {
        "item": task.checklist.get(),
        "comment": task.comments.get(parent=None, audience=Comment.Audience.EVERYONE),
        "file": task.attachments.get(),
    }


def _fill(world: SimpleNamespace) -> None:
    project, task, author = world.project, world.task, world.author
    world.__dict__.update(parts(task))
    world.team = services.add_comment(
        task=task, user=author, body=said("Nightjar"), audience=Comment.Audience.TEAM
    )
    services.edit_comment(comment=world.team, user=author, body=f"{said('Nightjar')} still")
    world.relation = Relation(source=world.other, target=task, kind=Relation.Kind.BLOCKS)
    world.relation.save()
    world.subtask = factories.make_task(project, title=said("Bittern"), parent=task)
    # Seen by who does it, whatever they see of the task it is a part of.
    world.part = factories.make_task(project, title=said("Kingfisher"), owner=task.owner)
    services.set_parent(task=world.part, user=author, parent=world.other)
    names = " ".join(row.key for row in (world.other, world.subtask, world.foreign))
    services.edit_comment(comment=world.comment, user=author, body=f"{said('Kingfisher')} {names}")
    world.label = Label.objects.create(project=project, name=said("Redshank"), hue="red")
    task.set_labels([world.label])
    world.done = _task(project, author, "Bittern")
    services.complete_task(task=world.done, user=author)
    world.asked = _request(project, "Corncrake")
    world.foreign_asked = _request(world.elsewhere, "Whimbrel")
    world.gone = _gone(world)
    views = {"shared": "Redshank", "private": "Egret"}
    for name, word in views.items():
        view = SavedView(project=project, owner=author, name=said(word), shared=name == "shared")
        view.save()
        setattr(world, f"{name}_view", view)
    world.mention, _new = Mention.objects.get_or_create(user=author, task=world.other, comment=None)
    world.change = Activity.objects.filter(task=world.other).latest("created_at")


def _request(project: Project, name: str) -> Task:
    word = said(name)
    file = CheckedFile(f"{name}.txt", "text/plain", name.encode())
    sent = {"title": word, "body": word, "name": word, "email": f"{name}@mail.example"}
    return services.open_request(project=project, files=[file], **sent).task


def _gone(world: SimpleNamespace) -> dict[str, Any]:
    """Return one of each kind in the bin."""
    task = _task(world.project, world.author, "Dunlin")
    task.delete()
    comment = services.add_comment(task=world.task, user=world.author, body=said("Dunlin"))
    comment.delete()
    text = CheckedFile("gone.txt", "text/plain", b"Dunlin")  # history keeps the name of a file
    file = services.add_attachment(task=world.other, user=world.author, file=text)
    file.delete()
    return {"task": task, "comment": comment, "file": file}

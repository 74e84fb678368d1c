"""Nobody reads a word that is not for them: in pages, fragments, files, mails, at the Task desk."""

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from notifications.models import Email
from tests.authorisation.addresses import address
from tests.authorisation.asking import browser, undone, words_of
from tests.authorisation.routes import routes
from tests.authorisation.table import ROUTES
from tests.authorisation.world import COMMON, INSIDE, PEOPLE, READERS, build

# "owner" is a member, and superusers read all but what its owner shares with nobody.
LOOKED_AT = [who for who in PEOPLE if who not in ("owner", "superuser", "deactivated")]
# Whoever has the secret address reads the request, and which project has it.
PUBLIC = {("tasks:request-status", "Corncrake"), ("tasks:request-status", "Redshank")}
# More ways to the same rows: searched for, filtered, sorted, opened in part.
MORE = f"""
/work/search/?q={COMMON}
/work/search/?q={COMMON}&project=REP
/work/search/?q={COMMON}&project=ELS
/work/search/?q={COMMON}&show=open
/work/search/?q=REP-2
/work/search/?q=ELS-1
/tasks/names/?project=REP&q=%23{COMMON}
/tasks/names/?project=REP&q=%231
/tasks/names/?project=ELS&q=%23{COMMON}
/tasks/names/?project=REP&q=@
/tasks/names/?project=REP&q=@&task=REP-2&audience=team
/tasks/names/?project=REP&q=@&task=ELS-1
/tasks/REP-1/suggest/?other={COMMON}
/tasks/REP-1/suggest/?other=REP-2
/tasks/REP-1/suggest/?other=ELS-1
/tasks/REP-1/suggest/?for=same&other={COMMON}
/tasks/REP-1/suggest/?for=parent&parent={COMMON}
/tasks/REP-1/suggest/?for=parent&parent=ELS-1
/tasks/REP-1/?history=all
/tasks/REP-1/?feed=comments
/tasks/REP-1/?feed=history
/tasks/REP-1/feed/?history=all
/tasks/REP-2/
/tasks/rep-2/
/tasks/PART/
/tasks/PART/?history=all
/tasks/PART/parent/
/tasks/PART/status/?cancel=1
/projects/REP/trash/
/tasks/ELS-1/
/tasks/TWI-1/
/projects/ELS/
/projects/ELS/board/
/projects/ELS/overview/
/projects/ELS/members/
/projects/els/
/projects/?show=archived
/projects/REP/?show=all
/projects/REP/?show=all&group=owner
/projects/REP/?show=all&group=label
/projects/REP/?show=all&columns=title,owner,labels,comments,files,checklist,parent
/projects/REP/?show=done
/projects/REP/?q={COMMON}&show=all
/projects/REP/?panel=filters
/projects/REP/?panel=columns
/projects/REP/?view=PRIVATE
/projects/REP/?owner=OUTSIDER
/projects/REP/?label=FOREIGN
/projects/REP/board/?q={COMMON}
/projects/REP/board/?panel=filters
/work/?group=mine
/work/?group=recent
/work/new/?project=ELS
/work/quick-add/?project=ELS
/api/v1/me
"""


HTMX = [{}, {"HX-Request": "true"}]


def addresses(world, who):
    """Yield (route, address) of every page and fragment there is to read."""
    for route, of, reading, _writing in ROUTES:
        if reading != "-" and not of.startswith("own-"):
            yield route.partition("?")[0], address(world, route, of, who)
    stands = {"PRIVATE": world.private_view, "OUTSIDER": world.people["outsider"]}
    stands["FOREIGN"] = world.foreign
    for line in MORE.strip().splitlines():
        for name, row in stands.items():
            line = line.replace(name, str(row.pk))
        line = line.replace("PART", world.part.key)
        yield "", line


def forbidden(who):
    return [word for word, readers in READERS.items() if who not in readers]


def leaks(world, who):
    client, found = browser(world, who), []
    for route, url in addresses(world, who):
        for headers in HTMX if who in INSIDE else HTMX[:1]:
            with undone(client):
                page = words_of(client.get(url, headers=headers))
            words = [w for w in forbidden(who) if w in page and (route, w) not in PUBLIC]
            found += [(url, word, bool(headers)) for word in words]
    return found


@pytest.mark.parametrize("who", LOOKED_AT)
def test_nobody_reads_what_is_not_for_them(db, settings, tmp_path, who):
    settings.PRIVATE_MEDIA_ROOT = tmp_path
    world = build(owner=who if who in ("owner", "helper") else "superuser")
    assert leaks(world, who) == []


def test_whoever_may_reads_each_of_the_words(world):
    """The control: the words do stand in the pages that are looked at."""
    for who in ("manager", "outsider"):
        client = browser(world, who)
        seen = [url for route, url in addresses(world, who) if (route, "Redshank") not in PUBLIC]
        pages = "".join(words_of(client.get(url)) for url in seen)
        mine = {word for word in READERS if word not in forbidden(who)}
        assert {word for word in READERS if word in pages} == mine


def test_no_mail_tells_somebody_what_is_not_for_them(world):
    people = {person.email: who for who, person in world.people.items() if person}
    people |= {
        world.author.email: "contributor",
        "Corncrake@mail.example": "manager",
        "Whimbrel@mail.example": "outsider",
    }
    told = {
        (people[mail.to_address], word)
        for mail in Email.objects.all()
        for word in READERS
        if word in repr(mail.context)
    }
    assert ("manager", "Corncrake") in told
    told -= {(who, "Dunlin") for who in PEOPLE}  # it was read before it was deleted
    assert [(who, word) for who, word in told if word in forbidden(who)] == []


@pytest.mark.parametrize("who", ["outsider", "guest", "viewer", "member", "contributor"])
def test_the_task_desk_tells_nothing_more(world, who):
    person = world.people[who]
    editors = Group.objects.create(name="Of the desk")
    editors.permissions.set(Permission.objects.filter(codename="access_admin"))
    person.groups.add(editors)
    client = browser(world, who)
    pages = "".join(words_of(client.get(url)) for url in desk_addresses(world))
    assert [word for word in forbidden(who) if word in pages] == []


def desk_addresses(world):
    """Yield what our part of the admin may show of Repairs and Elsewhere."""
    index = reverse("tasks_task_modeladmin_index")
    yield from (index, f"{index}?q={COMMON}", f"{index}?export=csv")
    tasks = [world.task, world.other, world.asked, world.gone["task"], world.foreign]
    rows = [*tasks, world.project, world.elsewhere, world.label, world.membership]
    rows += [world.task.status, world.foreign.status]
    for route in routes():
        if route.name.startswith(("tasks_task_", "project:", "status:", "label:", "membership:")):
            for row in rows if ACCEPTS.search(route.path) else rows[:1]:
                yield "/" + ACCEPTS.sub(str(row.pk), route.path).translate(PLAIN)


ACCEPTS = re.compile(r"<\w+:pk>|\(\?P<instance_pk>[^()]*\)")
PLAIN = str.maketrans("", "", "^$")

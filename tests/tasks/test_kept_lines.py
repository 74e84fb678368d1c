"""Lines and cards are kept by all that they show: after any change a page is as if made anew.

Each change below must be seen, and what is served after it must equal what a process serves
that has kept nothing. A part that is missing in a key fails its own line here.
"""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from portal.mould import shelf
from tasks.models import Label, Membership, Status, Task
from tests.factories import make_member, make_task, make_user

LIST = "/projects/REP/?cols=status,priority,owner,reviewer,requester,start,due,created,changed"
BOARD = "/projects/REP/board/"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)


def served(client, url):
    """Return a page but for its tokens, which are new on each."""
    response = client.get(url)
    assert response.status_code == 200
    return TOKEN.sub("", response.content.decode())


def anew(client, url):
    shelf.clear()
    return served(client, url)


@pytest.fixture
def clock(monkeypatch):
    """Set the time with ``clock(moment)``; it stands still."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_to(NOW)
    return set_to


@pytest.fixture
def shown(project, clock, amara, tomasz):
    """A task that shows all that a line and a card can show."""
    Task.everything.all().delete()
    tomasz.time_zone, amara.time_zone = "Europe/London", "Europe/London"
    task = make_task(
        project,
        title="Pump",
        priority=2,
        owner=tomasz,
        reviewer=amara,
        requester=tomasz,
        start_on=NOW.date(),
        due_on=NOW.date(),
        due_at=NOW + timedelta(minutes=1),
    )
    task.set_labels([Label.objects.create(project=project, name="Heating", hue="red")])
    earlier = NOW - timedelta(minutes=20)
    rows(task).update(
        blocker_count=1,
        checklist_count=2,
        subtask_count=2,
        attachment_count=1,
        comment_count=1,
        team_comment_count=1,
        created_at=earlier,
        updated_at=earlier,
    )
    return task


def rows(task):
    return Task.everything.filter(pk=task.pk)


def of(**fields):
    return lambda task, **_others: rows(task).update(**fields)


def status(**fields):
    return lambda task, **_others: Status.objects.filter(pk=task.status_id).update(**fields)


def person(**fields):
    def change(task, tomasz, **_others):
        type(tomasz).objects.filter(pk=tomasz.pk).update(**fields)

    return change


def label(**fields):
    return lambda task, **_others: Label.objects.filter(project=task.project).update(**fields)


def time(**later):
    return lambda task, clock, **_others: clock(NOW + timedelta(**later))


def moved_to(category):
    def change(task, **_others):
        ended = NOW - timedelta(hours=1) if category in Status.ENDED else None
        new = Status.objects.get(project=task.project, category=category)
        rows(task).update(status=new, closed_at=ended)

    return change


BOTH = {
    "title": of(title="<b>Valve & co</b>"),
    "priority": of(priority=1),
    "nobody": of(owner=None),
    "day": of(due_on=NOW.date() + timedelta(days=3), due_at=None),
    "hour": of(due_at=NOW + timedelta(hours=2)),
    "blocked": of(blocker_count=0),
    "steps": of(checklist_count=4),
    "steps done": of(checklist_done=1),
    "comments": of(comment_count=7),
    "comments of the team": of(team_comment_count=7),
    "number": of(number=77),
    "other status": moved_to("doing"),
    "done": moved_to("done"),
    "cancelled": moved_to("cancelled"),
    "no label": lambda task, **_others: task.set_labels([]),
    "label renamed": label(name="<i>Damp</i>"),
    "label in another colour": label(hue="teal"),
    "person renamed": person(display_name="Tom <Zielinski>"),
    "picture": person(avatar="avatars/abcdefgh.png"),
    "overdue by the minute": time(minutes=2),
    "overdue by the day": time(days=2),
}
OF_LISTS = {
    "status renamed": status(name="Next & up"),
    "status in another colour": status(hue="violet"),
    "subtasks": of(subtask_count=3),
    "subtasks done": of(subtask_done=1),
    "files": of(attachment_count=3),
    "start": of(start_on=NOW.date() - timedelta(days=9)),
    "changed": of(updated_at=NOW - timedelta(minutes=3)),
    "created": of(created_at=NOW - timedelta(days=30)),
    "nobody reviews": of(reviewer=None),
    "nobody asked": of(requester=None),
    "a minute passes": time(minutes=1),
    "an hour passes": time(minutes=55),
}
CHANGES = [(f"{LIST}&show=all", name, BOTH | OF_LISTS) for name in BOTH | OF_LISTS]
CHANGES += [(BOARD, name, BOTH) for name in BOTH]


@pytest.mark.parametrize(
    ("url", "name", "changes"),
    CHANGES,
    ids=[f"{'board' if url == BOARD else 'list'}, {name}" for url, name, _ in CHANGES],
)
def test_a_change_is_seen_as_on_a_page_made_anew(
    client, shown, clock, amara, tomasz, url, name, changes
):
    client.force_login(amara)
    before = served(client, url)
    changes[name](task=shown, clock=clock, tomasz=tomasz)
    after = served(client, url)
    assert after != before
    assert after == anew(client, url)


@pytest.mark.parametrize("url", [LIST, BOARD])
@pytest.mark.parametrize(
    "fields", [{"time_zone": "Pacific/Auckland"}, {"language": "en-us"}], ids=str
)
def test_each_reader_has_their_own_times(client, shown, amara, url, fields):
    rows(shown).update(due_at=None, due_on=NOW.date() + timedelta(days=1))
    client.force_login(amara)
    before = served(client, url)
    type(amara).objects.filter(pk=amara.pk).update(**fields)
    assert before != served(client, url) == anew(client, url)


@pytest.mark.parametrize("url", [LIST, BOARD])
@pytest.mark.parametrize("role", Membership.Role)
def test_each_role_is_shown_its_own_after_a_manager(client, project, shown, amara, url, role):
    reader = make_member(project, role)
    rows(shown).update(owner=reader, team_comment_count=5)
    client.force_login(amara)
    managers = served(client, url)
    client.force_login(reader)
    theirs = served(client, url)
    assert theirs == anew(client, url)
    team = role in ("contributor", "manager")
    assert ("</span>6</span>" in theirs or "6<span" in theirs) == team
    if url == LIST:
        assert ('name="task"' in theirs) == (role == "manager")
        assert 'name="task"' in managers


def test_a_helper_moves_their_card_and_a_bystander_does_not(client, project, shown):
    seen = []
    for helps in (True, False):
        reader = make_member(project, "member")
        if helps:
            shown.set_collaborators([reader])
        client.force_login(reader)
        seen.append("ui-grip" in served(client, BOARD))
    assert seen == [True, False]


def test_two_projects_do_not_share_lines_of_tasks_alike(client, project, shown, amara):
    client.force_login(amara)
    assert "REP-" in served(client, LIST)
    type(project).objects.filter(pk=project.pk).update(key="FIX")
    page = served(client, LIST.replace("REP", "FIX"))
    assert f"FIX-{shown.number}" in page
    assert "REP-" not in page


def test_a_stranger_gets_nothing_of_what_is_kept(client, shown, amara):
    client.force_login(amara)
    for url in (LIST, BOARD):
        assert "Pump" in served(client, url)
        client.force_login(make_user())
        assert client.get(url).status_code == 404
        client.force_login(amara)

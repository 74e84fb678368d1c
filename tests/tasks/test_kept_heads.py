"""What stands around lists and boards is shared by all that it shows: see `{% shared %}`.

Each change must be seen at once, and equal what a process serves that has kept nothing.
"""

import pytest
from django.utils import timezone

from tasks.models import Project, SavedView, Status
from tasks.people import faces
from tests.factories import make_member, make_task
from tests.tasks.test_kept_lines import anew, served

LIST, BOARD, WORK = "/projects/REP/", "/projects/REP/board/", "/work/"


def of_project(**fields):
    return lambda project, **_others: Project.objects.filter(pk=project.pk).update(**fields)


def of_todo(**fields):
    def change(project, **_others):
        Status.objects.filter(project=project, category="todo").update(**fields)

    return change


def of_view(**fields):
    return lambda view, **_others: SavedView.objects.filter(pk=view.pk).update(**fields)


def of_reader(**fields):
    return lambda amara, **_others: type(amara).objects.filter(pk=amara.pk).update(**fields)


def new_task(category):
    return lambda project, **_others: make_task(project, category)


def new_face(project, **_others):
    make_member(project, name="Ada Byron")
    faces.forget(project.pk)


EVERYWHERE = {
    "a name": of_project(name="<b>Repairs & co"),
    "a colour": of_project(hue="violet"),
    "an end": of_project(archived_at=timezone.now()),
    "a request": new_task("triage"),
    "a face": new_face,
    "the reader's name": of_reader(display_name="A <i>"),
    "the reader's picture": of_reader(avatar="avatars/abcdefgh.png"),
    "the reader's rights": of_reader(is_superuser=True),
}
OF_LISTS = {
    "a task": new_task("todo"),
    "what is done": new_task("done"),
    "a view": of_view(name="Ours <now>"),
    "a shared view": of_view(shared=True),
    "a view's address": of_view(query="show=all"),
}
OF_BOARDS = {
    "a task": new_task("todo"),
    "a column's name": of_todo(name="Next <up>"),
    "a column's colour": of_todo(hue="violet"),
    "a limit": of_todo(wip_limit=5),
    "a limit that is reached": of_todo(wip_limit=1),
    "a count": of_todo(task_count=9),
}
CHANGES = [(LIST, name, change) for name, change in (EVERYWHERE | OF_LISTS).items()]
CHANGES += [(BOARD, name, change) for name, change in (EVERYWHERE | OF_BOARDS).items()]


@pytest.mark.parametrize(("url", "_name", "change"), CHANGES, ids=lambda one: str(one)[:30])
def test_a_change_around_them_is_seen_as_on_a_page_made_anew(
    client, project, amara, url, _name, change
):
    make_task(project)
    view = SavedView.objects.create(project=project, owner=amara, name="Mine", query="show=done")
    client.force_login(amara)
    before = served(client, url)
    change(project=project, view=view, amara=amara)
    after = served(client, url)
    assert after != before
    assert after == anew(client, url)


@pytest.mark.parametrize("url", [f"{LIST}?show=done", f"{LIST}?sort=due", BOARD, WORK, LIST])
def test_each_page_has_its_own_frame(client, project, amara, url):
    make_task(project)
    client.force_login(amara)
    pages = {other: served(client, other) for other in (LIST, WORK, BOARD)}
    assert served(client, url) == anew(client, url)
    assert len(set(pages.values())) == 3


def test_tokens_and_ways_back_are_the_readers_own(client, project, amara, mei):
    make_task(project)
    for user, path in ((amara, f"{LIST}?show=all"), (mei, f"{LIST}?sort=due"), (amara, BOARD)):
        client.force_login(user)
        page = client.get(path)
        assert page.content.count(str(page.context["csrf_token"]).encode()) >= 2
        assert f'name="next" value="{path}"' in page.content.decode()
        assert str(user) in page.content.decode()

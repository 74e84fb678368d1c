"""Boards kept under a name: as lists are, on the board's own page."""

import pytest
from django.contrib.messages import get_messages

from tasks.models import SavedView
from tests.factories import make_task

BOARD = "/projects/REP/board/"
NEW = "/projects/REP/views/new/"


@pytest.fixture
def view(project, tomasz):
    return SavedView.objects.create(
        project=project, owner=tomasz, name="Urgent", query="priority=urgent", layout="board"
    )


def names(client, path):
    return [tab.name for tab in client.get(path).context["tabs"].all]


def test_a_board_is_saved_with_its_filters_and_shown_again(client, project, tomasz):
    make_task(project, title="pressing", priority=1)
    make_task(project, title="not so")
    client.force_login(tomasz)
    page = client.get(f"{BOARD}?priority=urgent").content.decode()
    assert f'href="{NEW}?query=priority%3Durgent&amp;layout=board"' in page
    data = {"name": "Urgent", "query": "priority=urgent&sort=due&show=done", "layout": "board"}
    response = client.post(NEW, data, follow=True)
    view = SavedView.objects.get()
    assert (view.layout, view.query) == ("board", "priority=urgent")
    assert response.redirect_chain[0][0] == f"{BOARD}?priority=urgent&view={view.pk}"
    assert response.context["tabs"].on.view == view and not response.context["tabs"].on.changed
    assert "pressing" in response.content.decode() and "not so" not in response.content.decode()


def test_each_stands_over_its_own_page(client, view, tomasz):
    client.force_login(tomasz)
    assert names(client, BOARD) == ["All cards", "Urgent"]
    assert "Urgent" not in names(client, "/projects/REP/")


def test_a_changed_board_can_be_kept_in_its_view(client, view, tomasz):
    client.force_login(tomasz)
    page = client.get(f"{BOARD}?priority=high&view={view.pk}")
    assert page.context["tabs"].on.changed
    data = {"query": f"priority=high&view={view.pk}", "version": view.version}
    response = client.post(f"/projects/REP/views/{view.pk}/update/", data)
    assert response["Location"].startswith(BOARD)
    view.refresh_from_db()
    assert view.query == "priority=high"


def test_the_second_of_two_savers_is_told_and_led_back_to_the_board(client, view, tomasz):
    client.force_login(tomasz)
    path = f"/projects/REP/views/{view.pk}/update/"
    client.post(path, {"query": "priority=high", "version": view.version})
    response = client.post(path, {"query": "priority=low", "version": view.version})
    assert response.status_code == 409
    assert f'href="{BOARD}?priority=high' in response.content.decode()


def test_a_deleted_one_comes_back_as_a_board(client, view, tomasz):
    client.force_login(tomasz)
    response = client.post(f"/projects/REP/views/{view.pk}/delete/")
    assert response["Location"] == BOARD
    (message,) = get_messages(response.wsgi_request)
    pk = message.extra_tags.removeprefix("undo-view:")
    assert client.post(f"/projects/REP/views/{pk}/restore/")["Location"].startswith(BOARD)
    assert SavedView.objects.get().layout == "board"


def test_others_private_boards_are_hidden(client, view, mei):
    client.force_login(mei)
    assert names(client, BOARD) == ["All cards"]
    assert client.post(f"/projects/REP/views/{view.pk}/delete/").status_code == 404


def test_an_unknown_layout_is_a_list(client, project, tomasz):
    client.force_login(tomasz)
    client.post(NEW, {"name": "x", "query": "", "layout": "timeline"})
    assert SavedView.objects.get().layout == "list"

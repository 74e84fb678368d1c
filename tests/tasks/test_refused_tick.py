"""A tick that would be refused: it cannot be pressed, and says why."""

import pytest

from tasks.models import Status, Task
from tests.factories import make_task
from tests.tasks.conftest import HTMX

REASON = "Only Tomasz Zielinski can close REP-1: they review it."


@pytest.fixture
def checked(project, mei, tomasz):
    """REP-1 is Mei's, done, and waits for the review of Tomasz."""
    return make_task(project, "review", owner=mei, reviewer=tomasz)


@pytest.mark.parametrize("page", ["/work/", "/work/?group=none"])
def test_on_my_work_it_is_off_with_the_reason_beside_it(client, checked, mei, page):
    client.force_login(mei)
    html = client.get(page).content.decode()
    assert f'id="tick-REP-1" disabled title="{REASON}"' in html
    assert f"{REASON}</p>" in html


def test_the_reviewer_may_press_it(client, checked, tomasz):
    client.force_login(tomasz)
    html = client.get("/work/").content.decode()
    assert 'id="tick-REP-1" aria-label' in html
    assert REASON not in html


def test_so_it_is_among_subtasks(client, checked, mei, project):
    checked.parent = make_task(project)
    checked.save()
    client.force_login(mei)
    assert f'disabled title="{REASON}"' in client.get("/tasks/REP-2/").content.decode()


def test_pressed_all_the_same_a_part_of_the_page_says_why(client, checked, mei):
    client.force_login(mei)
    response = client.post("/tasks/REP-1/complete/", {"part": "row"}, headers=HTMX)
    assert response.status_code == 403
    assert REASON in response.content.decode()
    assert "<html" not in response.content.decode()


def test_without_a_script_the_page_keeps_the_way_back(client, checked, mei):
    client.force_login(mei)
    back = "http://testserver/work/?group=none"
    response = client.post("/tasks/REP-1/complete/", headers={"Referer": back})
    html = response.content.decode()
    assert response.status_code == 403
    assert REASON in html
    assert 'class="ui-shell"' in html
    assert f'href="{back}">Back to where you were' in html


def test_it_leads_back_to_no_other_site(client, checked, mei):
    client.force_login(mei)
    response = client.post("/tasks/REP-1/complete/", headers={"Referer": "https://evil.example/"})
    assert 'href="/work/">To my work' in response.content.decode()


def test_a_project_without_the_status_says_so(client, project, mei):
    make_task(project, owner=mei)
    Status.objects.filter(project=project, category="done").delete()
    client.force_login(mei)
    response = client.post("/tasks/REP-1/complete/", {"part": "row"}, headers=HTMX)
    assert response.status_code == 403
    assert "has no status for this" in response.content.decode()
    assert Task.objects.get().status.category == "todo"

from datetime import timedelta

from django.utils import timezone

from tasks.models import Task
from tests.factories import make_member, make_task
from tests.tasks.conftest import HTMX

URL = "/projects/REP/"


def titles(response):
    return [task.title for task in response.context["tasks"]]


def test_it_hides_the_project_from_strangers(client, project, charlie):
    client.force_login(charlie)
    assert client.get(URL).status_code == 404


def test_it_shows_open_tasks_last_changed_first(client, project, vera):
    make_task(project, title="first")
    make_task(project, title="second")
    make_task(project, "done", title="ended")
    client.force_login(vera)
    assert titles(client.get(URL)) == ["second", "first"]


def test_its_views_are_in_the_address(client, project, vera, asked):
    make_task(project, title="open")
    make_task(project, "done", title="ended")
    make_task(project, "cancelled", title="dropped")
    client.force_login(vera)
    assert titles(client.get(URL, {"show": "done"})) == ["ended"]
    assert titles(client.get(URL, {"show": "all"})) == ["dropped", "ended", "open"]
    assert client.get(URL, {"show": "nonsense"}).status_code == 404


def fill(project, count=30):
    """Thirty tasks; every three share the instant of their last change."""
    for number in range(count):
        task = make_task(project, title=f"Task {number}")
        at = timezone.now() - timedelta(minutes=number // 3)
        Task.objects.filter(pk=task.pk).backdate(at.replace(microsecond=0), at.replace(second=0))


def test_it_loads_the_rest_once_each(client, project, vera):
    fill(project)
    client.force_login(vera)
    first = client.get(URL)
    rest = client.get(URL, {"after": first.context["next"]}, headers=HTMX)
    assert len(titles(first)) == 25
    assert len({*titles(first), *titles(rest)}) == 30
    assert rest.context["next"] == ""
    assert b"<tr>" in rest.content
    assert b"<html" not in rest.content


def test_it_pages_without_javascript_too(client, project, vera):
    fill(project)
    client.force_login(vera)
    response = client.get(URL, {"after": client.get(URL).context["next"]})
    assert b"Back to the latest" in response.content
    assert len(titles(response)) == 5


def test_a_broken_place_is_not_found(client, project, vera):
    client.force_login(vera)
    key = "00000000-0000-4000-8000-000000000000"
    times = ("2026-01-01T00:00", "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00")
    for place in ("x", "2026-01-01_x", *(f"{time}_{key}" for time in times)):
        assert client.get(URL, {"after": place}).status_code == 404


def test_it_tells_nothing_yet_from_nothing_matches(client, project, mei):
    client.force_login(mei)
    empty = client.get(URL).content
    assert b"No tasks yet" in empty
    assert b"Add the first task" in empty
    make_task(project, "done")
    assert b"Nothing matches" in client.get(URL).content


def test_a_guest_sees_their_own_tasks_and_no_totals(client, project):
    guest = make_member(project, "guest")
    make_task(project, owner=guest, title="mine")
    make_task(project, title="theirs")
    client.force_login(guest)
    response = client.get(URL)
    assert titles(response) == ["mine"]
    assert response.context["line"].open_count is None


def test_it_escapes_titles(client, project, vera):
    make_task(project, title="<script>alert(1)</script>")
    client.force_login(vera)
    assert b"<script>alert" not in client.get(URL).content

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from tasks.lists import listing
from tasks.lists.grouping import GROUPS
from tasks.lists.panels import PANELS
from tasks.lists.sorting import SORTS
from tasks.models import Label, Task
from tests.factories import make_member, make_task
from tests.tasks.conftest import HTMX

URL = "/projects/REP/"


def titles(response):
    return [task.title for task in response.context["page"].tasks]


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


def test_it_says_what_it_does_not_know_in_the_address(client, project, vera):
    client.force_login(vera)
    query = {"show": "nonsense", "sort": "user__email", "group": "x", "cols": "x", "owner": "x"}
    response = client.get(URL, query)
    assert response.status_code == 200
    assert b"left out: owner, show, sort, group, cols" in response.content


def fill(project, count=60):
    """Sixty tasks; every three share the instant of their last change."""
    for number in range(count):
        task = make_task(project, title=f"Task {number}")
        at = timezone.now() - timedelta(minutes=number // 3)
        Task.objects.filter(pk=task.pk).backdate(at.replace(microsecond=0), at.replace(second=0))


def test_it_loads_the_rest_once_each(client, project, vera):
    fill(project)
    client.force_login(vera)
    first = client.get(URL)
    rest = client.get(URL, {"after": first.context["next"]}, headers=HTMX)
    assert len(titles(first)) == 50
    assert len({*titles(first), *titles(rest)}) == 60
    assert rest.context["next"] == ""
    assert b"<tr>" in rest.content
    assert b"<html" not in rest.content


def test_it_pages_without_javascript_too(client, project, vera):
    fill(project)
    client.force_login(vera)
    response = client.get(URL, {"after": client.get(URL).context["next"]})
    assert b"Back to the first page" in response.content
    assert len(titles(response)) == 10


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


def read_all(project, user, query, size=7):
    """Follow the pages to the end; return all titles and the headings above them."""
    rows, place = [], ""
    while True:
        wanted = listing.parse(QueryDict(query), project=project, user=user)
        page = wanted.page(user, place, size)
        rows += page.rows
        place = page.next
        if not place:
            headings = [r.heading for r in rows if r.heading]
            assert not headings or sum(r.below or 0 for r in rows) == len(rows)
            return [row.task.title for row in rows], headings


@pytest.fixture
def mixed(project, amara, mei):
    """Tasks in which every value and every gap comes more than once."""
    labels = [Label.objects.create(project=project, name=name) for name in ("Heating", "Damp")]
    for number in range(30):
        task = make_task(
            project,
            ("todo", "doing", "review")[number % 3],
            title=f"Task {number % 10}",
            owner=(amara, mei, None)[number % 3],
            priority=number % 4 + 1,
            due_on=timezone.localdate() + timedelta(days=number % 9) if number % 2 else None,
        )
        if number % 4:
            task.set_labels(labels[: number % 3])


ORDERS = [f"{turn}{order}" for order in SORTS for turn in ("", "-")]


def test_every_order_in_every_group_shows_every_task_once(project, mixed, vera):
    for group in ("", *(name for name in GROUPS if name != "label")):
        for order in ORDERS:
            seen, headings = read_all(project, vera, f"sort={order}&group={group}")
            assert sorted(seen) == sorted(f"Task {n % 10}" for n in range(30))
            assert len(headings) == len(set(headings))
            assert bool(headings) == bool(group)


@pytest.mark.parametrize("order", ORDERS)
def test_a_task_stands_under_each_of_its_labels(project, mixed, vera, order):
    seen, headings = read_all(project, vera, f"sort={order}&group=label")
    assert headings == ["Damp", "Heating", "No label"]
    tasks = Task.objects.prefetch_related("label_links")
    wanted = [task.title for task in tasks for _ in range(max(len(task.label_links.all()), 1))]
    assert sorted(seen) == sorted(wanted)


def test_in_a_file_it_stands_once(project, mixed, vera):
    wanted = listing.parse(QueryDict("group=label"), project=project, user=vera)
    assert len(wanted.in_full(vera)) == 30


def test_a_label_asked_for_counts_all_of_its_tasks(client, project, vera):
    money, grounds = (Label.objects.create(project=project, name=n) for n in ("Money", "Grounds"))
    for labels in ([money], [money, grounds], [money, grounds], []):
        make_task(project).set_labels(labels)
    client.force_login(vera)
    response = client.get(f"{URL}?group=label")
    heads = [(r.heading, r.below) for r in response.context["page"].rows if r.heading]
    assert heads == [("Grounds", 2), ("Money", 3), ("No label", 1)]
    assert b"stands under each of them" in response.content
    assert b"stands under each of them" not in client.get(f"{URL}?group=owner").content


def test_the_order_is_the_one_asked_for(client, project, vera):
    for title, days in (("b", 3), ("a", None), ("c", 1)):
        due = timezone.localdate() + timedelta(days=days) if days else None
        make_task(project, title=title, due_on=due)
    for order, wanted in (("due", "cba"), ("-title", "cba"), ("number", "cab")):
        assert read_all(project, vera, f"sort={order}")[0] == list(wanted)


def test_a_place_of_another_order_is_not_found(client, project, mixed, vera):
    client.force_login(vera)
    place = listing.parse(QueryDict("sort=due"), project=project, user=vera).page(vera, size=5).next
    assert client.get(URL, {"sort": "priority", "after": place}).status_code == 404
    assert client.get(URL, {"group": "owner", "after": place}).status_code == 404


def test_its_columns_are_in_the_address(client, task, vera):
    client.force_login(vera)
    page = client.get(URL, {"cols": "due,reviewer"}).content
    assert b">Reviewer<" in page
    assert b"sort=priority" not in page


def test_it_says_how_many_more_there_are_where_that_is_known(client, project, vera):
    fill(project)
    client.force_login(vera)
    assert b"50 shown, 10 more" in client.get(URL).content
    assert b"50 shown, " not in client.get(URL, {"priority": "normal"}).content


@pytest.mark.parametrize("name", PANELS)
def test_its_panels_work_with_and_without_javascript(client, task, vera, name):
    client.force_login(vera)
    page = client.get(URL, {"panel": name, "owner": "me"})
    part = client.get(URL, {"panel": name, "owner": "me"}, headers=HTMX)
    assert b"<html" in page.content and b"<html" not in part.content
    form = f'<form action="{URL}"'.encode()
    assert form in page.content and form in part.content


def test_a_guest_hears_of_no_team_comments(client, project, amara):
    guest = make_member(project, "guest")
    make_task(project, owner=guest, comment_count=1, team_comment_count=2)
    for user, count in ((guest, 1), (amara, 3)):
        client.force_login(user)
        assert client.get(URL).context["page"].rows[0].comments == count

"""Cards are moved by their new neighbours, or to a column and place; every name is checked."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tasks.models import Activity, Status, Task
from tests.factories import make_member, make_project, make_task
from tests.tasks.conftest import HTMX


@pytest.fixture
def three(project):
    """Three cards of To do, top first."""
    return [make_task(project, title=title) for title in ("c", "b", "a")][::-1]


def status(project, category):
    return Status.objects.get(project=project, category=category)


def column(project, category="todo"):
    rows = Task.objects.filter(project=project, status__category=category)
    return [task.title for task in rows.order_by("position", "pk")]


def drag(client, task, to, after="", before="", **headers):
    """Post what the script posts: where the card was dropped."""
    data = {"status": getattr(to, "pk", to), "after": after, "before": before}
    return client.post(f"/tasks/{task.key}/move/", data, headers=headers or HTMX)


def form(client, task, to, place, **headers):
    data = {"status": to.pk, "place": place}
    return client.post(f"/tasks/{task.key}/move/", data, headers=headers)


def test_a_card_goes_between_its_neighbours(client, project, tomasz, three):
    a, b, c = three
    client.force_login(tomasz)
    answer = drag(client, c, status(project, "todo"), after=a.key, before=b.key)
    assert column(project) == ["a", "c", "b"]
    assert f"{c.key} moved to To do, 2 of 3." in answer.content.decode()
    assert f'data-above="{a.key}"' in answer.content.decode()


def test_a_card_goes_to_another_column(client, project, tomasz, three):
    make_task(project, "review", title="waits")
    client.force_login(tomasz)
    waits = Task.objects.with_row().get(title="waits")
    answer = drag(client, three[0], status(project, "review"), after=waits.key).content.decode()
    assert column(project, "review") == ["waits", "a"]
    assert f"{three[0].key} moved to In review, 2 of 2." in answer
    for category, count in (("todo", 2), ("review", 2)):
        head = f'id="count-{status(project, category).pk}" hx-swap-oob="true"><span>{count}</span>'
        assert head in answer


def test_a_move_to_another_column_can_be_taken_back(client, project, tomasz, three):
    client.force_login(tomasz)
    answer = drag(client, three[1], status(project, "doing")).content.decode()
    change = Activity.objects.get(field="status").change_id
    assert str(change) in answer
    client.post(reverse("tasks:undo"), {"change_id": change})
    assert column(project) == ["a", "b", "c"]


def test_the_same_move_twice_is_harmless(client, project, tomasz, three):
    client.force_login(tomasz)
    for _ in range(2):
        assert drag(client, three[0], status(project, "doing")).status_code == 200
    assert column(project, "doing") == ["a"]
    assert Activity.objects.filter(field="status").count() == 1


def test_it_lands_as_near_as_possible_when_the_neighbour_has_left(client, project, tomasz, three):
    a, b, c = three
    client.force_login(tomasz)
    drag(client, a, status(project, "doing"))
    answer = drag(client, c, status(project, "todo"), after=a.key, before=b.key).content.decode()
    assert column(project) == ["c", "b"]
    assert "1 of 2: its neighbours had moved on." in answer


def test_a_neighbour_in_the_bin_is_no_obstacle(client, project, tomasz, three):
    a, b, c = three
    three[0].delete()
    client.force_login(tomasz)
    assert drag(client, c, status(project, "todo"), after=a.key, before=b.key).status_code == 200
    assert column(project) == ["c", "b"]


def test_done_cards_stand_where_they_finished(client, project, tomasz, three):
    make_task(project, "done", title="before")
    client.force_login(tomasz)
    answer = drag(client, three[0], status(project, "done"), after="REP-4").content.decode()
    assert f"{three[0].key} moved to Done." in answer
    assert 'data-above=""' in answer


@pytest.mark.parametrize("name", ["after", "before"])
def test_a_neighbour_of_another_project_is_not_found(client, project, tomasz, three, name):
    other = make_project("OTH")
    stranger = make_task(other)
    make_member(other, "manager")
    client.force_login(tomasz)
    for key in (stranger.key, "REP-99", "REP-", "REP-x", "nonsense", "REP-²"):
        answer = drag(client, three[0], status(project, "todo"), **{name: key})
        assert answer.status_code == 404
    assert column(project) == ["a", "b", "c"]


def test_a_column_of_another_project_is_not_found(client, project, tomasz, three):
    client.force_login(tomasz)
    other = status(make_project("OTH"), "doing")
    for to in (other, status(project, "triage"), "nonsense", ""):
        assert drag(client, three[0], to).status_code == 404
    data = {"status": other.pk, "place": 1}
    assert client.post(f"/tasks/{three[0].key}/move/", data).status_code == 422
    assert column(project) == ["a", "b", "c"]


def test_a_task_one_does_not_see_is_not_found(client, project, charlie, three):
    guest = make_member(project, "guest")
    for stranger in (charlie, guest):
        client.force_login(stranger)
        assert drag(client, three[0], status(project, "doing")).status_code == 404


def test_a_neighbour_one_does_not_see_is_not_found(client, project, three):
    guest = make_member(project, "guest")
    own = make_task(project, owner=guest)
    client.force_login(guest)
    gone = three[1]
    gone.delete()
    for hidden in (three[0], gone):
        answer = drag(client, own, status(project, "todo"), after=hidden.key)
        assert answer.status_code in (403, 404)
    assert drag(client, own, status(project, "doing")).status_code == 200


def test_who_may_not_move_is_told_why(client, project, vera, mei, three):
    for person in (vera, mei):
        client.force_login(person)
        answer = drag(client, three[0], status(project, "doing"))
        assert answer.status_code == 403
        assert "can change the status of this task" in answer.content.decode()
    assert column(project) == ["a", "b", "c"]


def test_only_the_reviewer_closes(client, project, amara, tomasz, three):
    task = three[0]
    task.reviewer = amara
    task.save()
    client.force_login(tomasz)
    answer = drag(client, task, status(project, "done"))
    assert answer.status_code == 403
    assert f"{task.key} stays where it was" in answer.content.decode()
    assert "Only Amara Okafor can close" in answer.content.decode()
    answer = form(client, task, status(project, "done"), 1)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("place", "expected"),
    [(1, ["c", "a", "b"]), (2, ["a", "c", "b"]), (0, ["a", "b", "c"]), (9, ["a", "b", "c"])],
)
def test_the_form_moves_to_a_place(client, project, tomasz, three, place, expected):
    client.force_login(tomasz)
    form(client, three[2], status(project, "todo"), place)
    assert column(project) == expected


def test_the_form_is_a_page_without_a_script(client, project, tomasz, three):
    client.force_login(tomasz)
    page = client.get(f"/tasks/{three[0].key}/move/").content.decode()
    assert "<html" in page
    assert "New request" not in page.partition("<main")[2]
    answer = client.post(
        f"/tasks/{three[0].key}/move/",
        {"status": status(project, "doing").pk, "place": 1},
        follow=True,
    )
    assert answer.redirect_chain == [("/projects/REP/board/", 302)]
    assert f"{three[0].key} moved to In progress, 1 of 1." in answer.content.decode()


def test_the_form_is_a_fragment_with_one(client, tomasz, three):
    client.force_login(tomasz)
    assert "<html" not in client.get(f"/tasks/{three[0].key}/move/", headers=HTMX).content.decode()


def test_a_line_becomes_a_card_on_top(client, project, mei, three):
    client.force_login(mei)
    data = {"status": status(project, "todo").pk, "title": "Oil the gate"}
    answer = client.post("/projects/REP/board/add/", data, headers=HTMX).content.decode()
    assert column(project) == ["Oil the gate", "a", "b", "c"]
    assert "REP-4 is added to To do." in answer
    assert "<span>4</span>" in answer


def test_a_line_is_read_like_quick_add(client, project, mei, three):
    client.force_login(mei)
    line = "Oil the gate @me !high ^tomorrow #nobodyknows /garden"
    data = {"status": status(project, "todo").pk, "title": line}
    answer = client.post("/projects/REP/board/add/", data, headers=HTMX).content.decode()
    task = Task.objects.get(title="Oil the gate #nobodyknows /garden")
    assert (task.owner, task.priority) == (mei, Task.Priority.HIGH)
    assert task.due_on == timezone.localdate() + timedelta(days=1)
    assert "Understood: for Mei-Ling Chan, due Tomorrow, High." in answer
    assert "No label “#nobodyknows” in Repairs. It stays in the title." in answer
    assert 'name="change_id"' in answer


def test_what_was_typed_is_kept_on_error(client, project, mei):
    client.force_login(mei)
    data = {"status": status(project, "todo").pk, "title": "x" * 201}
    for headers in (HTMX, {}):
        answer = client.post("/projects/REP/board/add/", data, headers=headers)
        assert answer.status_code == 422
        assert "x" * 201 in answer.content.decode()


def test_adding_is_for_who_may_create(client, project, vera, charlie):
    data = {"status": status(project, "todo").pk, "title": "x"}
    for person, code in ((vera, 403), (charlie, 404)):
        client.force_login(person)
        assert client.post("/projects/REP/board/add/", data).status_code == code
    assert not Task.objects.exists()


def test_cards_are_added_to_columns_of_the_project_only(client, project, mei):
    client.force_login(mei)
    for to in (status(make_project("OTH"), "todo").pk, status(project, "triage").pk, "x"):
        data = {"status": to, "title": "x"}
        assert client.post("/projects/REP/board/add/", data).status_code == 404
    assert not Task.objects.exists()


def test_moving_and_adding_need_the_right_method(client, project, tomasz, three):
    client.force_login(tomasz)
    assert client.put(f"/tasks/{three[0].key}/move/").status_code == 405
    assert client.put("/projects/REP/board/add/").status_code == 405
    assert client.post("/projects/REP/board/").status_code == 405


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_form_begins_where_the_card_stands_and_changes_nothing(
    client, project, tomasz, three, number
):
    client.force_login(tomasz)
    before = list(Task.objects.order_by("pk").values())
    path = f"/tasks/{three[number].key}/move/"
    page = client.get(path).content.decode()
    chosen = re.findall(r'<option value="([^"]+)" selected', page)
    assert chosen == [str(status(project, "todo").pk), str(number + 1)]
    data = dict(zip(("status", "place"), chosen, strict=True))
    answer = client.post(path, data, headers=HTMX).content.decode()
    assert f"{three[number].key} stays where it is." in answer
    assert list(Task.objects.order_by("pk").values()) == before


def test_so_does_the_form_of_what_has_ended(client, project, tomasz):
    done = [make_task(project, "done") for _ in range(2)]
    client.force_login(tomasz)
    before = list(Task.objects.order_by("pk").values())
    answer = form(client, done[0], status(project, "done"), 1, **HTMX)
    assert "stays where it is" in answer.content.decode()
    assert list(Task.objects.order_by("pk").values()) == before

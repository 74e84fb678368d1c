from datetime import timedelta

import pytest
from django.utils import timezone

from tasks.models import Activity, Label, Membership, Task
from tests.factories import make_member, make_project, make_task
from tests.tasks.conftest import HTMX

URL = "/work/quick-add/"
PREVIEW = "/work/quick-add/preview/"


def send(client, user, text, url=URL, project="REP", **more):
    client.force_login(user)
    data = {"text": text, "project": project, "mine": "True", **more.pop("data", {})}
    return client.post(url, data, **more)


def test_it_makes_a_task_of_a_line(client, project, tomasz, mei):
    response = send(client, tomasz, "Oil the gate @mei !high ^+3", data={"next": "/projects/REP/"})
    assert response["Location"] == "/projects/REP/"
    task = Task.objects.get()
    assert (task.title, task.owner, task.requester) == ("Oil the gate", mei, tomasz)
    assert (task.priority, task.due_on) == (2, timezone.localdate() + timedelta(days=3))


def test_it_leads_to_what_it_made(client, project, mei):
    send(client, mei, "Oil the gate")
    page = client.get("/work/").content.decode()
    assert 'Added: <a href="/tasks/REP-1/">REP-1 Oil the gate</a>' in page


def test_a_title_is_text_not_markup(client, project, mei):
    send(client, mei, "<b>Oil</b>")
    assert b"<b>Oil</b>" not in client.get("/work/").content


@pytest.mark.parametrize(("mine", "is_mine"), [("True", True), ("", False), ("False", False)])
def test_it_gives_the_task_to_me_where_the_box_says_so(client, project, mei, mine, is_mine):
    send(client, mei, "Oil", data={"mine": mine})
    assert Task.objects.get().owner == (mei if is_mine else None)


def test_many_lines_are_many_tasks_in_their_order(client, project, mei):
    other = make_member(make_project("OTH", name="Other"), "member")
    other.memberships.update(user=mei)
    response = send(client, mei, "- Oil\n- Prune /other\n- Paint", headers=HTMX)
    assert [t.key for t in response.context["added"]] == ["REP-1", "OTH-1", "REP-2"]
    assert "3 tasks are added." in response.content.decode()


def test_one_faulty_line_keeps_all_of_them(client, project, mei):
    response = send(client, mei, "Oil\n@mei", headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 422
    assert "“@mei” has no title. Add some words." in page
    assert "Oil\n@mei</textarea>" in page
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "Enter a title."),
        ("-", "Enter a title."),
        ("x" * 201, "The title has 201 characters. Use up to 200."),
        ("Oil\n" * 51, "You wrote 51 tasks. Add up to 50 at a time."),
        ("Oil\0", "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_is_said_and_kept(client, project, mei, text, problem):
    response = send(client, mei, text)
    assert response.status_code == 422
    assert problem in response.content.decode()
    assert "<title>Error: New tasks" in response.content.decode()
    assert not Task.objects.exists()


def test_it_answers_htmx_with_an_empty_box_and_tells_the_page(client, project, mei):
    response = send(client, mei, "Oil", headers=HTMX)
    assert "task-added" in response["HX-Trigger"]
    assert response.context["quick"]["text"].value() is None
    assert 'hx-swap-oob="innerHTML:#live">REP-1 is added.' in response.content.decode()


def test_it_remembers_the_project(client, project, mei):
    make_member(make_project("AAA", name="Aardvarks"), "member").memberships.update(user=mei)
    client.force_login(mei)
    assert client.get("/work/").context["quick"].chosen == "AAA"
    send(client, mei, "Oil", project="REP")
    assert client.get("/work/").context["quick"].chosen == "REP"


@pytest.mark.parametrize("text", ["Oil", "Oil /oth"])
def test_it_adds_to_no_project_i_may_not_add_to(client, project, mei, text):
    make_member(make_project("OTH"))
    send(client, mei, text, project="REP" if "/" in text else "OTH")
    assert [t.project for t in Task.objects.all()] == ([project] if "/" in text else [])


def test_a_preview_shows_chips_and_makes_nothing(client, project, tomasz, mei):
    response = send(client, tomasz, "Oil @mei !high ^today @bob", url=PREVIEW, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 200
    for words in ("Oil @bob", "Repairs", "Mei-Ling Chan", "Today", "High", "No person “@bob” in"):
        assert words in page
    assert not Task.objects.exists()


def test_a_preview_counts_the_lines(client, project, mei):
    page = send(client, mei, "Oil\nPrune\nPaint", url=PREVIEW, headers=HTMX).content.decode()
    assert "3 tasks" in page


def test_a_preview_of_nothing_says_nothing(client, project, mei):
    page = send(client, mei, "  ", url=PREVIEW, headers=HTMX).content.decode()
    assert page.split() == ["<div", 'id="quick-seen">', "</div>"]


def test_without_javascript_the_preview_is_a_page_that_saves(client, project, mei):
    response = send(client, mei, "Oil ^today", url=PREVIEW, data={"next": "/projects/REP/"})
    page = response.content.decode()
    assert 'action="/work/quick-add/"' in page
    assert "Oil ^today</textarea>" in page
    assert 'name="next" value="/projects/REP/"' in page
    assert "Today" in page


def test_who_may_add_nowhere_is_told_so(client, project, vera):
    response = send(client, vera, "Oil")
    assert response.status_code == 403
    assert "You cannot add tasks yet." in response.content.decode()


@pytest.mark.parametrize("lines", [1, 10, 50])
def test_a_preview_costs_the_same_for_any_number_of_lines(
    client, project, tomasz, mei, lines, django_assert_max_num_queries
):
    client.force_login(tomasz)
    data = {"text": "Oil @mei /rep\n" * lines, "project": "REP"}
    with django_assert_max_num_queries(8):
        client.post(PREVIEW, data, headers=HTMX)


def test_it_sets_labels_and_the_hour(client, project, mei):
    label = Label.objects.create(project=project, name="Alder House")
    send(client, mei, 'Oil #"alder house" ^tomorrow-17:00')
    task = Task.objects.get()
    assert task.labels == [label]
    assert f"{timezone.localtime(task.due_at):%H:%M}" == "17:00"
    assert task.due_on == timezone.localdate() + timedelta(days=1)


def test_many_lines_are_one_change(client, project, mei):
    Label.objects.create(project=project, name="Doors")
    send(client, mei, "Oil #doors\nPrune")
    assert Activity.objects.values("change_id").distinct().count() == 1


def test_what_was_added_can_be_taken_back(client, project, mei):
    added = send(client, mei, "Oil #doors\nPrune", headers=HTMX).context["added_by"]
    client.post("/work/undo/", {"change_id": str(added)})
    assert not Task.objects.exists()
    assert Task.everything.count() == 2


def test_without_javascript_the_message_takes_it_back(client, project, mei):
    send(client, mei, "Oil")
    page = client.get("/work/").content.decode()
    assert 'name="change_id"' in page
    assert 'action="/work/undo/"' in page


def test_a_pasted_list_stands_on_the_board_as_typed(client, project, tomasz):
    make_task(project, title="old")
    send(client, tomasz, "one\ntwo\nthree\nfour")
    column = Task.objects.filter(status__category="todo").order_by("position", "pk")
    assert [task.title for task in column] == ["one", "two", "three", "four", "old"]


def test_so_it_does_in_each_of_two_projects(client, project, tomasz):
    other = make_project("GRD", name="Garden")
    Membership.objects.create(project=other, user=tomasz, role="contributor")
    send(client, tomasz, "one\nweed /grd\ntwo\nmow /grd")
    rows = Task.objects.order_by("project__key", "position")
    assert [task.title for task in rows] == ["weed", "mow", "one", "two"]

import pytest

from portal.actor import acting
from tasks import services
from tasks.models import Activity, ChecklistItem, Task
from tests.factories import make_task
from tests.tasks.conftest import HTMX


@pytest.fixture
def items(task):
    rows = [ChecklistItem(task=task, text=text) for text in ("Order", "Fit", "Test")]
    for row in rows:
        row.save()
    return rows


def texts(task):
    return [item.text for item in ChecklistItem.objects.filter(task=task)]


def counts(task):
    row = Task.objects.get(pk=task.pk)
    return row.checklist_done, row.checklist_count


def address(item, verb=""):
    return f"/tasks/REP-1/checklist/{item.pk}/{verb}"


def test_it_adds_a_line_and_leads_back(client, task, tomasz):
    client.force_login(tomasz)
    response = client.post("/tasks/REP-1/checklist/", {"text": "Order the pump"})
    assert response["Location"] == "/tasks/REP-1/"
    assert texts(task) == ["Order the pump"]


def test_pasted_lines_become_items_without_their_bullets(client, task, tomasz):
    client.force_login(tomasz)
    pasted = "- Order\r\n\r\n* [ ] Fit\r\n  [x] Test\r\nMinus - stays"
    fragment = client.post("/tasks/REP-1/checklist/", {"text": pasted}, headers=HTMX)
    assert texts(task) == ["Order", "Fit", "Test", "Minus - stays"]
    page = fragment.content.decode()
    assert "4 items added." in page
    assert '<div id="items">' in page
    assert 'id="add-item"' in page
    assert "0 of 4" in page


@pytest.mark.parametrize("text", ["", " \n ", "x" * 301, "x\n" * 101])
def test_what_cannot_be_added_stays_in_the_box(client, task, tomasz, text):
    client.force_login(tomasz)
    for headers in ({}, HTMX):
        response = client.post("/tasks/REP-1/checklist/", {"text": text}, headers=headers)
        assert response.status_code == 422
        assert response.content.decode().count("x") >= len(text.split())
    assert texts(task) == []


def test_ticking_twice_ticks_once(client, task, tomasz, items):
    client.force_login(tomasz)
    for _ in range(2):
        client.post(address(items[0], "tick/"), {"done": "1"})
    assert counts(task) == (1, 3)
    assert Activity.objects.filter(field="checked").count() == 1
    client.post(address(items[0], "tick/"), {"done": "0"})
    assert counts(task) == (0, 3)


def test_its_own_people_tick_but_do_not_write(client, project, mei):
    task = make_task(project, owner=mei)
    item = ChecklistItem.objects.create(task=task, text="Order")
    client.force_login(mei)
    assert client.post(address(item, "tick/"), {"done": "1"}).status_code == 302
    assert client.post(address(item), {"text": "Else"}).status_code == 403
    assert client.post(address(item, "delete/")).status_code == 403
    page = client.get("/tasks/REP-1/").content.decode()
    assert 'role="checkbox"' in page
    assert "Add an item" not in page
    assert "Rename" not in page


def test_an_item_of_another_task_is_not_found(client, project, task, tomasz, items):
    make_task(project)
    client.force_login(tomasz)
    for verb in ("", "tick/", "move/", "delete/", "promote/"):
        path = address(items[0], verb).replace("REP-1", "REP-2")
        assert client.post(path, {"text": "Else", "done": "1"}).status_code == 404


def test_it_renames_in_place(client, task, tomasz, items):
    client.force_login(tomasz)
    editor = client.get(address(items[1]), headers=HTMX).content.decode()
    assert 'value="Fit"' in editor
    assert "<html" not in editor
    for _ in range(2):
        client.post(address(items[1]), {"text": "Fit it"}, headers=HTMX)
    assert texts(task) == ["Order", "Fit it", "Test"]
    assert ChecklistItem.objects.get(pk=items[1].pk).version == 2


def test_an_empty_name_is_told_in_its_place(client, task, tomasz, items):
    client.force_login(tomasz)
    response = client.post(address(items[1]), {"text": " "}, headers=HTMX)
    assert (response.status_code, response["HX-Retarget"]) == (422, f"#item-{items[1].pk}")
    whole = client.post(address(items[1]), {"text": " "})
    assert "<title>Error: " in whole.content.decode()


def test_cancel_brings_the_list_back(client, task, tomasz, items):
    client.force_login(tomasz)
    fragment = client.get(address(items[1]) + "?cancel", headers=HTMX).content.decode()
    assert f'id="menu-{items[1].pk}" autofocus' in fragment


def test_it_moves_up_and_down_and_stops_at_the_ends(client, task, tomasz, items):
    client.force_login(tomasz)
    page = client.post(address(items[2], "move/"), {"to": "up"}, headers=HTMX)
    assert "Moved to 2 of 3." in page.content.decode()
    assert texts(task) == ["Order", "Test", "Fit"]
    for _ in range(3):
        client.post(address(items[2], "move/"), {"to": "up"})
    assert texts(task) == ["Test", "Order", "Fit"]
    client.post(address(items[2], "move/"), {"to": "down"})
    assert texts(task) == ["Order", "Test", "Fit"]


def test_what_was_deleted_comes_back_to_its_place(client, task, tomasz, items):
    client.force_login(tomasz)
    services.tick_item(item=items[1], user=tomasz, done=True)
    page = client.post(address(items[1], "delete/"), headers=HTMX).content.decode()
    assert "Undo" in page
    assert counts(task) == (0, 2)
    change = Activity.objects.latest("created_at").change_id
    client.post("/work/undo/", {"change_id": change})
    assert texts(task) == ["Order", "Fit", "Test"]
    assert counts(task) == (1, 3)


def test_deleting_twice_finds_nothing(client, task, tomasz, items):
    client.force_login(tomasz)
    answers = [client.post(address(items[0], "delete/")).status_code for _ in range(2)]
    assert answers == [302, 404]


def test_an_item_becomes_a_subtask_and_back(client, task, tomasz, items):
    client.force_login(tomasz)
    page = client.post(address(items[1], "promote/"), headers=HTMX).content.decode()
    subtask = Task.objects.get(parent=task)
    assert (subtask.title, texts(task)) == ("Fit", ["Order", "Test"])
    assert subtask.key in page
    change = Activity.objects.filter(task=subtask).latest("created_at").change_id
    client.post("/work/undo/", {"change_id": change})
    assert texts(task) == ["Order", "Fit", "Test"]
    assert not Task.objects.filter(parent=task).exists()


def test_a_long_item_loses_nothing_as_a_subtask(task, tomasz):
    text = "word " * 59 + "end"
    with acting(tomasz):
        item = services.add_items(task=task, user=tomasz, texts=[text])[0]
        subtask = services.promote_item(item=item, user=tomasz)
    assert (len(subtask.title) <= 200, subtask.body) == (True, text)


def test_an_item_of_a_subtask_stays_an_item(client, project, task, tomasz):
    subtask = make_task(project, parent=task)
    item = ChecklistItem.objects.create(task=subtask, text="Order")
    client.force_login(tomasz)
    path = f"/tasks/{subtask.key}/checklist/{item.pk}/promote/"
    page = client.post(path, follow=True).content.decode()
    assert "Subtasks have no subtasks of their own." in page
    assert texts(subtask) == ["Order"]
    assert "Make it a subtask" not in client.get(f"/tasks/{subtask.key}/").content.decode()

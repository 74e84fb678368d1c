"""Title and description are edited where they stand: on the task's page and beside a list."""

import pytest

from tasks import services
from tasks.models import Activity, Task
from tests.factories import make_member
from tests.tasks.conftest import HTMX

URL = "/tasks/REP-1/edit/"
PAGE = {**HTMX, "HX-Current-URL": "http://testserver/tasks/REP-1/"}
PANEL = {**HTMX, "HX-Current-URL": "http://testserver/projects/REP/?task=REP-1"}


def sent(**data):
    return {"title": "New title", "body": "New **words**", "version": 1, **data}


def test_the_editor_comes_in_place_of_the_words(client, task, tomasz):
    client.force_login(tomasz)
    page = client.get(URL, headers=PAGE).content.decode()
    assert "<html" not in page
    assert 'id="words-title"' in page and 'id="words-body"' in page
    assert 'name="version" value="1"' in page


@pytest.mark.parametrize(("where", "heading"), [(PAGE, "<h1"), (PANEL, 'id="panel-title"')])
def test_saving_shows_them_as_they_are_now(client, task, tomasz, where, heading):
    client.force_login(tomasz)
    page = client.post(URL, sent(), headers=where).content.decode()
    assert heading in page and "New title" in page and "<strong>words</strong>" in page
    change = Activity.objects.get(field="title").change_id
    assert f'value="{change}"' in page  # of Undo
    assert Task.objects.get().title == "New title"


def test_leaving_it_changes_nothing(client, task, tomasz):
    client.force_login(tomasz)
    page = client.get(f"{URL}?cancel", headers=PANEL).content.decode()
    assert task.title in page and "data-focus-on-load" in page
    assert not Activity.objects.filter(kind="changed").exists()


def test_what_is_wrong_is_told_there(client, task, tomasz):
    client.force_login(tomasz)
    response = client.post(URL, sent(title=""), headers=PAGE)
    assert response.status_code == 422
    assert "Enter a title." in response.content.decode()
    assert "New **words**" in response.content.decode()


def test_the_second_of_two_sees_both_there_and_can_save(client, task, amara, tomasz):
    services.change_task(task=task, user=amara, title="By Amara")
    client.force_login(tomasz)
    response = client.post(URL, sent(), headers=PANEL)
    page = response.content.decode()
    assert response.status_code == 409
    assert "<html" not in page and "By Amara" in page and "New title" in page
    again = sent(version=response.context["form"]["version"].value())
    assert client.post(URL, again, headers=PANEL).status_code == 200
    assert Task.objects.get().title == "New title"


def test_nothing_changed_has_no_undo(client, task, tomasz):
    client.force_login(tomasz)
    same = sent(title=task.title, body=task.body)
    assert "data-undo-toast" not in client.post(URL, same, headers=PAGE).content.decode()


def test_without_a_script_it_is_a_page_with_undo_after_it(client, task, tomasz):
    client.force_login(tomasz)
    assert "<html" in client.get(URL).content.decode()
    page = client.post(URL, sent(), follow=True).content.decode()
    assert "REP-1 is saved." in page
    assert 'action="/work/undo/"' in page


def test_only_who_may_edit_is_offered_it(client, task, mei, tomasz, charlie):
    client.force_login(mei)
    assert "data-edit-here" not in client.get("/tasks/REP-1/").content.decode()
    assert client.get(URL, headers=PAGE).status_code == 403
    client.force_login(tomasz)
    assert "data-edit-here" in client.get("/tasks/REP-1/").content.decode()
    client.force_login(charlie)
    assert client.get(URL, headers=PAGE).status_code == 404


def test_it_warns_once_of_a_mention_that_does_not_reach(client, project, task, tomasz):
    make_member(project, "guest", "Gwen Out")
    client.force_login(tomasz)
    pages = []
    for version, body in enumerate(("Ask @Gwen.", "Do ask @Gwen."), start=task.version):
        data = sent(title=task.title, body=body, version=version)
        pages.append(client.post(URL, data, headers=PAGE).content.decode())
    assert ["and was not told" in page for page in pages] == [True, False]

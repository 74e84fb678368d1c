"""How a text will look, while it is written."""

import pytest

from tests.tasks.conftest import HTMX

URL = "/tasks/preview/"


def shown(client, body, project="REP"):
    return client.post(URL, {"body": body, "project": project}, headers=HTMX).content.decode()


def test_it_shows_what_the_page_will(client, task, mei, amara):
    client.force_login(mei)
    html = shown(client, "**Loud** @Amara REP-1\r\nNext <b>")
    assert "<strong>Loud</strong>" in html and "ui-mention" in html and "ui-ref" in html
    assert "<br>\nNext &lt;b&gt;" in html and "<html" not in html


@pytest.mark.parametrize("body", ["", " \n "])
def test_it_says_so_when_there_is_nothing(client, project, mei, body):
    client.force_login(mei)
    assert "Nothing to preview yet." in shown(client, body)


def test_it_links_only_what_the_writer_may_see(client, asked, mei):
    client.force_login(mei)
    assert "ui-ref" not in shown(client, asked.key)


@pytest.mark.parametrize("key", ["", "NONE", "\x00", "x" * 5000])
def test_without_a_project_there_is_none(client, project, mei, key):
    client.force_login(mei)
    assert client.post(URL, {"body": "Words", "project": key}).status_code == 404


def test_it_is_hidden_from_strangers_and_refused_to_readers(client, project, charlie, vera):
    for who, status in ((charlie, 404), (vera, 403)):
        client.force_login(who)
        assert client.post(URL, {"body": "Words", "project": "REP"}).status_code == status
    assert client.get(URL).status_code == 405


def test_it_takes_what_is_too_long(client, project, mei):
    client.force_login(mei)
    assert "x" * 30_000 in shown(client, "x" * 30_000)


@pytest.mark.parametrize("page", ["/tasks/REP-1/", "/tasks/REP-1/edit/", "/projects/REP/new/"])
def test_the_forms_have_tabs_that_wait_for_their_script(client, task, tomasz, page):
    client.force_login(tomasz)
    html = client.get(page).content.decode()
    assert html.count('role="tablist"') == 1 and 'aria-label="Write or preview"' in html
    assert 'hidden>\n      <button type="button" role="tab" id="id_body_write"' in html
    assert 'aria-describedby="id_body_help"' in html and f'data-user="{tomasz.pk}"' in html


def test_a_faulty_text_is_said_in_the_editor(client, task, mei):
    client.force_login(mei)
    html = client.post("/tasks/REP-1/comment/", {"body": ""}, headers=HTMX).content.decode()
    assert 'aria-describedby="id_body_help id_body_error"' in html
    assert 'id="id_body_error"><span class="visually-hidden">Error: </span>Write a comment' in html

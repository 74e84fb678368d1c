from tasks.models import Activity, Comment
from tests.tasks.conftest import HTMX

URL = "/tasks/REP-1/comment/"


def test_it_adds_the_comment_and_its_history(client, task, mei):
    client.force_login(mei)
    client.post(URL, {"body": "On my way.\r\nIn an hour."})
    comment = Comment.objects.get()
    assert (comment.author, comment.body) == (mei, "On my way.\nIn an hour.")
    assert Activity.objects.filter(comment=comment, actor=mei).count() == 1


def test_an_empty_one_is_told_and_nothing_is_added(client, task, mei):
    client.force_login(mei)
    response = client.post(URL, {"body": "   "})
    assert response.status_code == 422
    page = response.content.decode()
    assert "<title>Error: " in page
    assert 'href="#id_body">Write a comment first.' in page
    assert not Comment.objects.exists()


def test_a_long_one_is_kept_to_be_shortened(client, task, mei):
    client.force_login(mei)
    response = client.post(URL, {"body": "ab" * 5001})
    assert response.status_code == 422
    assert "has 10002 characters. Use up to 10000." in response.content.decode()
    assert "ab" * 5001 in response.content.decode()


def test_in_place_it_answers_with_an_empty_form_and_the_history(client, task, mei):
    client.force_login(mei)
    fragment = client.post(URL, {"body": "Unusual words"}, headers=HTMX).content.decode()
    assert fragment.count("Unusual words") == 1
    assert 'innerHTML:#live">Your comment is added.' in fragment
    response = client.post(URL, {"body": ""}, headers=HTMX)
    assert response.status_code == 422
    assert "<html" not in response.content.decode()


def test_markup_is_text(client, task, mei):
    client.force_login(mei)
    client.post(URL, {"body": "<img src=x onerror=alert(1)>"})
    assert "<img src=x" not in client.get("/tasks/REP-1/").content.decode()

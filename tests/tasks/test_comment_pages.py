"""Replies, readers, changes, settling and deleting of comments, as people do them."""

import pytest

from tasks import services
from tasks.models import Activity, Comment
from tests.factories import make_member
from tests.tasks.conftest import HTMX


@pytest.fixture
def said(task, tomasz):
    return services.add_comment(task=task, user=tomasz, body="Bearings are gone.")


def url(what, comment):
    return f"/comments/{comment.pk}/{what}/"


def page(client, task, **query):
    return client.get(task.get_absolute_url(), query).content.decode()


def test_a_reply_stands_below_what_it_answers(client, task, said, mei):
    client.force_login(mei)
    assert "Bearings are gone." in client.get(url("reply", said)).content.decode()
    data = {"body": "Order them.", "parent": said.pk}
    assert client.post("/tasks/REP-1/comment/", data).status_code == 302
    assert Comment.objects.get(body="Order them.").parent == said
    shown = page(client, task)
    assert shown.index("ui-replies") < shown.index("Order them.")


def test_a_reply_to_a_reply_answers_the_first(client, task, said, mei):
    reply = services.add_comment(task=task, user=mei, body="Yes.", parent=said)
    client.force_login(mei)
    assert client.get(url("reply", reply)).url == url("reply", said)


def test_a_reply_below_a_comment_of_another_task_is_refused(client, task, project, mei, amara):
    other = services.create_task(project=project, user=amara, title="Other")
    foreign = services.add_comment(task=other, user=amara, body="There.")
    client.force_login(mei)
    response = client.post("/tasks/REP-1/comment/", {"body": "x", "parent": foreign.pk})
    assert response.status_code == 422
    assert not task.comments.exists()


def test_an_empty_reply_is_told_in_place(client, task, said, mei):
    client.force_login(mei)
    data = {"body": "", "parent": said.pk}
    response = client.post("/tasks/REP-1/comment/", data, headers=HTMX)
    assert response.status_code == 422
    assert "Write a comment first." in response.content.decode()


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_it_says_whom_a_mention_does_not_reach(client, task, tomasz, mei, amara, headers):
    client.force_login(tomasz)
    data = {"body": "Ask @Mei-Ling Chan and @Amara Okafor.", "audience": "team"}
    answer = client.post("/tasks/REP-1/comment/", data, headers=headers, follow=True)
    said = "Mei-Ling Chan cannot read comments of the team and was not told."
    assert said in answer.content.decode()
    data["audience"] = "everyone"
    answer = client.post("/tasks/REP-1/comment/", data, headers=headers, follow=True)
    assert "not told" not in answer.content.decode()


def test_a_changed_comment_says_so_too(client, project, task, said, tomasz):
    make_member(project, "guest", "Gwen Out")
    client.force_login(tomasz)
    data = {"body": "Bearings. @Gwen?", "version": said.version}
    answer = client.post(url("edit", said), data, headers=HTMX).content.decode()
    assert "Gwen Out cannot see this task and was not told." in answer
    data = {"body": "The bearings. @Gwen?", "version": said.version + 1}
    assert "not told" not in client.post(url("edit", said), data, headers=HTMX).content.decode()


def test_the_team_chooses_who_reads_it(client, task, tomasz, mei):
    client.force_login(tomasz)
    client.post("/tasks/REP-1/comment/", {"body": "Between us.", "audience": "team"})
    assert "Between us." in page(client, task)
    client.force_login(mei)
    assert "Between us." not in page(client, task)
    assert client.get(url("versions", Comment.objects.get())).status_code == 404


def test_others_cannot_write_for_the_team(client, task, mei):
    client.force_login(mei)
    client.post("/tasks/REP-1/comment/", {"body": "Hello.", "audience": "team"})
    assert Comment.objects.get().audience == "everyone"


def test_of_a_request_the_team_talks_among_itself_unless_it_says_so(client, asked, amara):
    client.force_login(amara)
    assert "Everyone, also Samir Haddad, who asked" in page(client, asked)
    client.post(f"/tasks/{asked.key}/comment/", {"body": "Who pays?"})
    assert Comment.objects.get().audience == "team"


def test_its_author_changes_it_and_what_it_said_stays(client, task, said, tomasz):
    client.force_login(tomasz)
    client.post(url("edit", said), {"body": "Bearings are fine.", "version": 1})
    assert "edited" in page(client, task)
    versions = client.get(url("versions", said)).content.decode()
    assert "Bearings are gone." in versions and "Bearings are fine." in versions


def test_the_second_of_two_tabs_sees_both(client, said, tomasz):
    client.force_login(tomasz)
    client.post(url("edit", said), {"body": "From the first tab.", "version": 1})
    response = client.post(url("edit", said), {"body": "From the second tab.", "version": 1})
    assert response.status_code == 409
    shown = response.content.decode()
    assert "From the first tab." in shown and "From the second tab." in shown
    data = {"body": "From the second tab.", "version": response.context["form"]["version"].value()}
    client.post(url("edit", said), data)
    assert Comment.objects.get().body == "From the second tab."


def test_in_the_middle_of_a_page_both_are_shown_by_an_answer_that_htmx_takes(client, said, tomasz):
    client.force_login(tomasz)
    client.post(url("edit", said), {"body": "From the first tab.", "version": 1})
    sent = {"body": "From the second tab.", "version": 1}
    response = client.post(url("edit", said), sent, headers={"HX-Request": "true"})
    assert response.status_code == 409
    assert "From the first tab." in response.content.decode()


def test_it_is_settled_and_opened_again(client, task, said, mei):
    client.force_login(mei)
    client.post(url("resolve", said))
    assert "Settled" in page(client, task)
    client.post(url("resolve", said), {"resolved": "no"})
    assert Comment.objects.get().resolved_at is None
    assert Activity.objects.filter(field="comment_resolved").count() == 2


def test_it_is_deleted_with_undo(client, task, said, tomasz):
    client.force_login(tomasz)
    response = client.post(url("delete", said), headers=HTMX)
    assert "data-undo-toast" in response.content.decode()
    assert "Bearings are gone." not in page(client, task)
    change = Activity.objects.get(field="comment_deleted").change_id
    client.post("/work/undo/", {"change_id": change})
    assert "Bearings are gone." in page(client, task)


def test_an_answered_one_leaves_a_gap(client, task, said, tomasz, mei):
    services.add_comment(task=task, user=mei, body="Order them.", parent=said)
    client.force_login(tomasz)
    client.post(url("delete", said))
    shown = page(client, task)
    assert "This comment was deleted." in shown and "Order them." in shown


@pytest.mark.parametrize("what", ["edit", "delete"])
def test_others_are_refused(client, said, project, mei, vera, what):
    for user in (mei, vera):
        client.force_login(user)
        assert client.post(url(what, said), {"body": "x"}).status_code == 403
    assert Comment.objects.get().body == "Bearings are gone."


@pytest.mark.parametrize("what", ["reply", "edit", "delete", "resolve", "versions"])
def test_to_strangers_it_does_not_exist(client, said, charlie, what):
    client.force_login(charlie)
    get = what in ("reply", "versions")
    response = client.get(url(what, said)) if get else client.post(url(what, said), {"body": "x"})
    assert response.status_code == 404


def test_a_manager_deletes_but_does_not_rewrite(client, said, amara):
    client.force_login(amara)
    assert client.post(url("edit", said), {"body": "x"}).status_code == 403
    assert client.post(url("delete", said)).status_code == 302
    assert not Comment.objects.exists()


def test_a_settled_thread_folds_to_a_line_without_markdown(client, task, mei, tomasz):
    said = services.add_comment(task=task, user=tomasz, body="**Order** the `bearings`")
    services.add_comment(task=task, user=mei, body="Done.", parent=said)
    client.force_login(mei)
    assert "<details" not in client.get("/tasks/REP-1/feed/", headers=HTMX).content.decode()
    services.resolve_comment(comment=said, user=mei, resolved=True)
    folded = client.get("/tasks/REP-1/feed/", headers=HTMX).content.decode()
    line = folded.partition("<summary")[2].partition("</summary>")[0]
    assert "Settled" in line and "Order the bearings" in line and "1 reply" in line
    assert "Done." in folded.partition("</summary>")[2].partition("</details>")[0]


@pytest.mark.parametrize(
    ("feed", "talk", "facts"),
    [("all", True, True), ("comments", True, False), ("history", False, True)],
)
def test_the_feed_shows_what_is_asked_for(client, task, said, mei, feed, talk, facts):
    client.force_login(mei)
    shown = client.get("/tasks/REP-1/feed/", {"feed": feed}, headers=HTMX).content.decode()
    assert ("Bearings are gone." in shown) is talk
    assert ("opened this" in shown) is facts
    assert client.get("/tasks/REP-1/feed/", {"feed": "nonsense"}).status_code == 404


def test_the_page_costs_the_same_with_many_comments(
    client, task, project, mei, django_assert_max_num_queries
):
    for _ in range(10):
        said = services.add_comment(task=task, user=make_member(project), body="Hello.")
        services.add_comment(task=task, user=make_member(project), body="Hi.", parent=said)
    client.force_login(mei)
    page(client, task)
    with django_assert_max_num_queries(20):
        page(client, task)

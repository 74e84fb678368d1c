"""A question to who sent a request, and what came back, show where requests are answered."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tasks import services
from tasks.models import Comment, Task
from tests.factories import make_task
from tests.tasks.conftest import HTMX

URL = "/projects/REP/triage/"
WAITS, ASKED = "Waiting for an answer since", "We have asked you something"


def ask(client, task, **headers):
    return client.post(f"/tasks/{task.key}/answer/", {"body": "Which floor?"}, headers=headers)


def order(client):
    return [one["task"].pk for one in client.get(URL).context["waiting"]]


def test_a_question_shows_on_the_card_and_on_the_status_page(client, amara, asked):
    address = asked.request.get_absolute_url()
    assert ASKED not in client.get(address).content.decode()
    client.force_login(amara)
    assert WAITS not in client.get(URL).content.decode()
    assert WAITS in ask(client, asked, **HTMX).content.decode()
    assert WAITS in client.get(URL).content.decode()
    page = client.get(address).content.decode()
    assert ASKED in page
    assert "Waiting for your answer" in page


def test_the_answer_brings_the_card_to_the_top(client, project, amara, asked):
    older = make_task(project, "triage")
    Task.objects.filter(pk=older.pk).update(created_at=timezone.now() - timedelta(days=3))
    client.force_login(amara)
    ask(client, asked)
    assert order(client) == [older.pk, asked.pk]
    client.post(f"{asked.request.get_absolute_url()}reply/", {"body": "The second."})
    assert order(client) == [asked.pk, older.pk]
    page = client.get(URL).content.decode()
    assert "Answered Just now" in page
    assert WAITS not in page
    assert ASKED not in client.get(asked.request.get_absolute_url()).content.decode()


def test_asked_again_it_waits_again(client, amara, asked):
    client.force_login(amara)
    ask(client, asked)
    services.reply_as_requester(task=asked, body="The second.")
    ask(client, asked)
    page = client.get(URL).content.decode()
    assert WAITS in page
    assert "Answered" not in page


def test_what_the_team_says_among_itself_is_no_question(client, amara, asked):
    team = Comment.Audience.TEAM
    services.add_comment(task=asked, user=amara, body="Do we know him?", audience=team)
    client.force_login(amara)
    assert WAITS not in client.get(URL).content.decode()


def test_a_member_who_asked_answers_as_themselves(client, project, amara, mei):
    task = make_task(project, "triage", requester=mei)
    client.force_login(amara)
    ask(client, task)
    services.add_comment(task=task, user=mei, body="The second.")
    assert "Answered" in client.get(URL).content.decode()


def test_unasked_words_are_news_too(client, amara, asked):
    services.reply_as_requester(task=asked, body="It has stopped.")
    client.force_login(amara)
    assert "Has written again" in client.get(URL).content.decode()


@pytest.mark.parametrize("path", ["/work/", "/projects/", URL])
def test_what_is_put_off_is_not_counted(client, project, amara, asked, path):
    make_task(project, "triage")
    client.force_login(amara)
    until = (timezone.localdate() + timedelta(days=3)).isoformat()
    assert "2<span" in client.get("/work/").content.decode()
    client.post(f"/tasks/{asked.key}/snooze/", {"until": until})
    page = client.get(path).content.decode()
    assert '1<span class="visually-hidden"> new request,</span>' in page
    assert "2 new requests" not in page
    client.post(f"/tasks/{asked.key}/wake/")
    assert (
        '2<span class="visually-hidden"> new requests,</span>' in client.get(path).content.decode()
    )


def test_what_was_put_off_until_today_counts_again(client, project, amara, asked):
    Task.objects.filter(pk=asked.pk).update(snoozed_until=timezone.localdate())
    client.force_login(amara)
    page = client.get("/work/").content.decode()
    assert '1<span class="visually-hidden"> new request,</span>' in page

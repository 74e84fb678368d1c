import pytest

from notifications.models import Email
from tasks import services
from tests.factories import make_user


@pytest.fixture
def url(asked):
    return asked.request.get_absolute_url()


def test_it_needs_no_account(client, url):
    page = client.get(url).content.decode()
    assert "REP-1" in page
    assert "Received" in page
    assert "Entry phone is silent" in page


def test_it_keeps_its_address_to_itself(client, url):
    response = client.get(url)
    assert response["Referrer-Policy"] == "strict-origin"
    assert "noindex" in response["X-Robots-Tag"]
    assert "no-store" in response["Cache-Control"]
    assert '<meta name="robots" content="noindex' in response.content.decode()


def test_it_says_so_right_after_sending(client, url):
    page = client.get(url + "?sent=1").content.decode()
    assert "We have your report" in page
    assert "samir@mail.example" in page


def test_its_address_names_no_one_later(client, url):
    assert "samir@mail.example" not in client.get(url).content.decode()


@pytest.mark.parametrize(
    ("category", "words"), [("doing", "In progress"), ("review", "In progress"), ("done", "Done")]
)
def test_it_speaks_the_visitors_words(client, asked, amara, url, category, words):
    services.accept_request(task=asked, user=amara)
    assert "Accepted" in client.get(url).content.decode()
    status = asked.project.first_status(category)
    services.move_task(task=asked, user=amara, status=status)
    assert words in client.get(url).content.decode()


def test_it_gives_the_reason_of_a_refusal(client, asked, amara, url):
    services.decline_request(task=asked, user=amara, reason="The shop repairs it.")
    page = client.get(url + "?sent=1").content.decode()
    assert "Declined" in page
    assert "The shop repairs it." in page


def test_it_says_that_a_duplicate_is_dealt_with(client, asked, task, amara, url):
    services.merge_request(task=asked, user=amara, into=task)
    page = client.get(url).content.decode()
    assert "Known already" in page and "We deal with both together" in page
    assert "Declined" not in page and "We do not work on this" not in page


def test_it_tells_nothing_of_the_team(client, asked, amara, url):
    services.accept_request(task=asked, user=amara, owner=amara)
    services.add_comment(task=asked, user=amara, body="Between us", audience="team")
    page = client.get(url).content.decode()
    assert "Amara" not in page
    assert "Between us" not in page


@pytest.mark.parametrize("token", ["unknown", "x" * 200, "%00", "a%2Fb"])
def test_an_unknown_address_says_what_to_do(client, db, token):
    response = client.get(f"/requests/{token}/")
    assert response.status_code == 404
    if "%2F" not in token:
        assert "Open the link in our e-mail again" in response.content.decode()
        assert response["Referrer-Policy"] == "strict-origin"


def test_it_is_the_same_for_a_member(client, url):
    client.force_login(make_user())
    assert client.get(url).status_code == 200


def test_what_is_said_to_everyone_can_be_read_and_answered(client, asked, amara, url):
    services.add_comment(task=asked, user=amara, body="Which **flat** is it?")
    assert "Which <strong>flat</strong> is it?" in client.get(url).content.decode()
    response = client.post(f"{url}reply/", {"body": "Flat 22."}, follow=True)
    assert "We have your message." in response.content.decode()
    comment = asked.comments.get(body="Flat 22.")
    assert (comment.author, comment.author_name) == (None, "Samir Haddad")


def test_a_message_without_an_owner_reaches_the_managers(client, asked, amara, url):
    client.post(f"{url}reply/", {"body": "Is anybody there?"})
    mail = Email.objects.get(template="task-commented")
    assert mail.to_address == amara.email


def test_an_empty_message_is_told(client, asked, url):
    response = client.post(f"{url}reply/", {"body": " "})
    assert response.status_code == 422
    assert "Write something first." in response.content.decode()


def test_messages_are_bounded_and_not_lost(client, asked, url):
    for n in range(10):
        client.post(f"{url}reply/", {"body": f"Message {n}"})
    response = client.post(f"{url}reply/", {"body": "The eleventh"})
    assert response.status_code == 429
    assert "The eleventh" in response.content.decode()
    assert asked.comments.count() == 10


def test_a_deleted_message_is_gone(client, asked, amara, url):
    said = services.add_comment(task=asked, user=amara, body="Wrong window")
    services.delete_row(row=said, user=amara)
    assert "Wrong window" not in client.get(url).content.decode()


def test_only_the_right_address_takes_messages(client, asked):
    assert client.post("/requests/unknown/reply/", {"body": "x"}).status_code == 404
    assert client.get(f"/requests/{asked.request.token}/reply/").status_code == 405

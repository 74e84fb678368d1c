"""The Auth server's mails are ours: who gets which, never twice, never late, never readable."""

import json
import re
import uuid
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from notifications.auth_mails import LINK_ONLY, LINK_TYPES, forget_tokens, in_words
from notifications.models import Email
from portal.queue.models import MAX_ATTEMPTS
from tests import factories
from tests.accounts.signing import post_signed
from tests.notifications.conftest import deliver_due, owe

HOOK = "/webhooks/supabase/hooks/send-email/"
ADA, NEW = "ada@mail.example", "ada@new.example"
HASH, NEW_HASH = "pkce_" + "a" * 56, "b" * 56
NOTICES = {
    "password_changed_notification": "The password of your account was changed.",
    "email_changed_notification": "Your account has a new e-mail address.",
    "phone_changed_notification": "The telephone number of your account was changed.",
    "identity_linked_notification": "Another way to sign in was added",
    "identity_unlinked_notification": "A way to sign in was taken",
    "mfa_factor_enrolled_notification": "A second factor was added",
    "mfa_factor_unenrolled_notification": "A second factor was taken",
    "something_new_notification": "Something was changed in your account.",
}


def payload(action="signup", *, key=None, user=None, **data):
    data = {"token": "123456", "token_hash": HASH, "email_action_type": action} | data
    data = {"redirect_to": "http://testserver", "site_url": "http://127.0.0.1:9/auth/v1"} | data
    metadata = {"uuid": key or str(uuid.uuid4()), "name": "send-email"}
    return {"metadata": metadata, "user": {"email": ADA} | (user or {}), "email_data": data}


def change(**data):
    crossed = {"token_new": "654321", "token_hash_new": NEW_HASH} | data
    return payload("email_change", user={"new_email": NEW}, **crossed)


def notice(action, **user):
    return payload(action, token="", token_hash="", user=user)


@pytest.fixture
def ask(client, db):
    def post(body):
        answer = post_signed(client, HOOK, body)
        assert (answer.status_code, answer.json()) == (200, {})
        return Email.objects.order_by("to_address")

    return post


def messages(mail_server):
    return [mail.message for mail in mail_server.received]


def latest(mail_server):
    return messages(mail_server)[-1]


def text_of(message):
    return message.get_body(("plain",)).get_content()


def link_in(text):
    (link,) = re.findall(r"http://testserver/auth/confirm\?\S+", text)
    return {name: value for name, (value,) in parse_qs(urlsplit(link).query).items()}


def test_an_invitation_is_a_link_only(ask, mail_server):
    ask(payload("invite"))
    deliver_due()
    text = text_of(latest(mail_server))
    assert link_in(text) == {"token_hash": HASH, "type": "invite"}
    assert "123456" not in text and "The link works once" in text


@pytest.mark.parametrize("action", [a for a in LINK_TYPES if a not in LINK_ONLY])
def test_it_mails_a_link_and_digits(ask, mail_server, action):
    ask(payload(action))
    deliver_due()
    message = latest(mail_server)
    text = text_of(message)
    assert message["To"] == ADA
    assert link_in(text) == {"token_hash": HASH, "type": LINK_TYPES[action]}
    assert "Code, where one is asked for: 123456" in text
    assert "once, within an hour" in text
    html = message.get_body(("html",)).get_content()
    assert HASH in html and ">123456</p>" in html


def test_the_link_leads_on_to_where_the_person_wanted_to_go(ask, mail_server):
    ask(payload(redirect_to="http://testserver/work/?view=board"))
    deliver_due()
    message = latest(mail_server)
    assert link_in(text_of(message))["next"] == "http://testserver/work/?view=board"


def test_an_e_mail_change_is_crossed_as_the_auth_server_sends_it(ask, mail_server):
    ask(change())
    while Email.objects.filter(state="pending"):
        deliver_due()
    seen = {message["To"]: text_of(message) for message in messages(mail_server)}
    assert link_in(seen[ADA]) == {"token_hash": NEW_HASH, "type": "email_change"}
    assert link_in(seen[NEW]) == {"token_hash": HASH, "type": "email_change"}
    # No page asks for the digits of a change, so the mails have none.
    assert not any(digits in text for digits in ("123456", "654321") for text in seen.values())
    assert NEW in seen[ADA]


@pytest.mark.parametrize("digits", [{"token": "", "token_new": "654321"}, {"token": "654321"}, {}])
def test_a_change_that_one_address_confirms_goes_to_the_new_one(ask, digits):
    data = {"token_new": "", "token_hash_new": ""} | digits
    assert [email.to_address for email in ask(change(**data))] == [NEW]


def test_a_change_without_digits_has_a_link(ask, mail_server):
    ask(change(token="", token_new="", token_hash_new=""))
    deliver_due()
    text = text_of(latest(mail_server))
    assert link_in(text)["token_hash"] == HASH
    assert "Code" not in text and "The link works once" in text


def test_reauthentication_is_digits_only(ask, mail_server):
    ask(payload("reauthentication", token_hash=""))
    deliver_due()
    text = text_of(latest(mail_server))
    assert "Your code: 123456" in text and "/auth/confirm" not in text


@pytest.mark.parametrize(("action", "words"), NOTICES.items())
def test_it_tells_about_changes(ask, mail_server, action, words):
    ask(notice(action))
    deliver_due()
    message = latest(mail_server)
    assert words in " ".join(text_of(message).split())
    assert "http://testserver/account/security/" in text_of(message)


def test_a_changed_address_is_told_to_the_old_one(ask):
    body = notice("email_changed_notification", email=NEW)
    body["email_data"]["old_email"] = ADA
    assert [email.to_address for email in ask(body)] == [ADA]


def test_people_without_an_address_get_no_notice(ask):
    assert not ask(notice("phone_changed_notification", email=""))


def test_every_try_of_the_server_is_the_same_mail(ask):
    body = change()
    for _ in range(3):
        ask(body)
    assert Email.objects.count() == 2


def test_another_mail_is_another(ask):
    ask(payload())
    assert ask(payload()).count() == 2


def test_a_server_that_sends_no_metadata_is_understood(ask):
    for token_hash in (HASH, HASH, NEW_HASH):
        body = payload(token_hash=token_hash)
        del body["metadata"]
        ask(body)
    assert Email.objects.count() == 2


def test_names_that_strangers_choose_are_not_mailed(ask, mail_server):
    ask(payload(user={"user_metadata": {"full_name": "Win at http://evil.example"}}))
    deliver_due()
    assert "evil" not in str(latest(mail_server))


def stored():
    """Everything the database holds about e-mails, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notifications_email")
        return json.dumps(cursor.fetchall(), default=str)


def test_the_token_cannot_be_read_in_the_database(ask, mail_server, caplog):
    caplog.set_level("DEBUG")
    ask(payload())
    assert HASH not in stored() and "123456" not in stored()
    deliver_due()
    assert HASH not in stored() and "123456" not in stored()
    ours = [each.getMessage() for each in caplog.records if each.name != "mail.log"]
    assert HASH not in str(ours)


def test_the_token_cannot_be_read_in_the_admin(ask, mail_server, client):
    ask(payload())
    helen = factories.make_user("Helen Whitcombe")
    helen.is_superuser = helen.is_staff = True
    helen.save()
    client.force_login(helen)
    page = client.get(reverse("mail:inspect", args=[Email.objects.get().pk])).content.decode()
    assert ADA in page and "auth-signup" in page
    assert "sealed" not in page and HASH not in page and "123456" not in page


def sealed(email):
    email.refresh_from_db()
    return email.context["sealed"]


def test_the_token_is_gone_when_the_mail_is_sent(ask, mail_server):
    (email,) = ask(payload())
    assert sealed(email)
    deliver_due()
    assert (email.state, sealed(email), email.state) == ("pending", "", "done")


def test_the_token_is_gone_when_the_mail_is_given_up(ask, mail_server, settings):
    (email,) = ask(payload())
    settings.SECRET_KEY = "another-secret-that-opens-nothing-of-this-one-0123456789"
    deliver_due()
    assert (sealed(email), email.state) == ("", "dead")
    assert "cannot be read any more" in email.last_error


def test_the_token_stays_while_the_mail_waits_for_another_try(ask, settings):
    (email,) = ask(payload())
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 9
    deliver_due()
    assert sealed(email)
    assert (email.state, email.attempts) == ("pending", 1)


def test_an_expired_mail_is_cancelled_and_not_sent_hours_later(ask, mail_server):
    (email,) = ask(payload())
    email.context["expires_at"] = (timezone.now() - timedelta(seconds=1)).isoformat()
    email.save()
    deliver_due()
    assert (sealed(email), email.state) == ("", "cancelled")
    assert not messages(mail_server)


def test_it_expires_when_the_token_does(ask, settings):
    settings.SUPABASE_OTP_SECONDS = 600
    (email,) = ask(payload())
    end = timezone.datetime.fromisoformat(email.context["expires_at"])
    assert timedelta(seconds=590) < end - timezone.now() <= timedelta(seconds=600)
    assert email.context["lifetime"] == "10 minutes"


def test_the_schedule_forgets_tokens_of_mails_whose_worker_died(ask):
    (email,) = ask(payload())
    Email.objects.update(attempts=MAX_ATTEMPTS, due_at=timezone.now())
    Email.objects.give_up_exhausted(timezone.now())
    assert sealed(email)
    forget_tokens()
    assert not sealed(email)


def test_the_schedule_leaves_waiting_tokens_alone(ask):
    (email,) = ask(payload())
    forget_tokens()
    assert sealed(email)


def test_a_mail_that_somebody_waits_for_overtakes_the_others(ask):
    for number in range(30):
        owe(key=str(number))
    ask(payload())
    assert Email.objects.lease_next()[0].template == "auth-signup"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3600, "an hour"),
        (86_400, "24 hours"),
        (60, "a minute"),
        (5400, "90 minutes"),
        (1, "a minute"),
    ],
)
def test_it_says_how_long(seconds, words):
    assert in_words(timedelta(seconds=seconds)) == words

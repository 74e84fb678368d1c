"""Delivery to a mail server that is really there, and to one that is not."""

import smtplib
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Identity
from notifications.models import Email
from notifications.outbox import enqueue, recipient_of
from tests.notifications.conftest import FACTS, deliver_due, owe
from tests.notifications.mail_server import free_port

State = Email.State


def make_due() -> None:
    Email.objects.update(due_at=timezone.now())


def test_it_sends_text_and_html_to_the_right_address(db, mail_server):
    owe("tomasz@lindencourt.example")
    assert deliver_due().state == State.DONE
    (mail,) = mail_server.received
    assert mail.to == ["tomasz@lindencourt.example"]
    assert mail.message["Subject"] == (
        "[REP-12] Amara assigned to you: Bike store door does not close"
    )
    assert mail.message["From"] == "Linden Court <office@lindencourt.example>"
    kinds = [part.get_content_type() for part in mail.message.iter_parts()]
    assert kinds == ["text/plain", "text/html"]


def test_it_carries_headers_that_keep_threads_and_hold_off_robots(db, mail_server):
    owe()
    email = deliver_due()
    message = mail_server.received[0].message
    assert message["Message-ID"] == f"<{email.pk.hex}@testserver>"
    assert message["References"] == message["In-Reply-To"] == "<task-7@testserver>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] is None


def test_it_keeps_the_message_id_when_it_is_sent_again(db, mail_server):
    owe()
    deliver_due()
    Email.objects.update(state=State.PENDING, due_at=timezone.now())  # as if never marked
    deliver_due()
    assert len(mail_server.received) == 2 and len(set(mail_server.message_ids)) == 1


def test_it_sends_many_over_one_connection(db, mail_server):
    owe(*[f"p{number}@lindencourt.example" for number in range(20)])
    deliver_due()
    assert len(mail_server.received) == 20 and len(mail_server.connections) == 1


def test_it_opens_another_connection_when_the_server_hangs_up(db, mail_server):
    mail_server.mails_per_connection = 3
    mail_server.seconds = 0.03
    owe(*[f"p{number}@lindencourt.example" for number in range(7)])
    deliver_due()
    assert len(mail_server.received) >= 7 and len(mail_server.connections) >= 3
    assert set(Email.objects.values_list("state", "attempts")) == {(State.DONE, 1)}


@pytest.mark.parametrize(
    ("refusal", "state"),
    [
        ({"refuse_recipient": "550 No such mailbox"}, State.DEAD),
        ({"refuse_recipient": "451 Try later"}, State.PENDING),
        ({"refuse_message": "554 Looks like spam"}, State.DEAD),
        ({"refuse_message": "452 Disk full"}, State.PENDING),
    ],
)
def test_it_gives_up_what_the_server_rules_out_and_tries_the_rest_again(
    db, mail_server, refusal, state
):
    for name, answer in refusal.items():
        setattr(mail_server, name, answer)
    owe()
    email = deliver_due()
    assert (email.state, email.attempts) == (state, 1)
    assert answer.split()[0] in email.last_error
    assert state == State.DEAD or email.due_at > timezone.now()


def test_it_tries_again_when_nobody_listens(db, mail_server, settings):
    settings.EMAIL_PORT = free_port()
    owe()
    email = deliver_due()
    assert email.state == State.PENDING and "ConnectionRefusedError" in email.last_error
    settings.EMAIL_PORT = mail_server.port
    make_due()
    assert deliver_due().state == State.DONE and len(mail_server.received) == 1


def test_it_tries_again_when_the_server_does_not_answer(db, mail_server):
    mail_server.seconds = 3
    owe()
    email = deliver_due()
    assert email.state == State.PENDING and "timed out" in email.last_error
    assert mail_server.begun == 1


def test_it_goes_on_with_the_next_email_after_a_refusal(db, mail_server):
    owe("no-at-sign", "good@lindencourt.example")
    deliver_due()
    assert [mail.to for mail in mail_server.received] == [["good@lindencourt.example"]]


def test_it_does_not_send_to_an_account_that_was_switched_off(amara, mail_server):
    enqueue(key="k", template="task-assigned", to=[recipient_of(amara)], context=FACTS)
    amara.is_active = False
    amara.save()
    assert deliver_due().state == State.CANCELLED
    assert mail_server.received == []


def test_it_does_not_send_to_an_account_that_is_banned(amara, mail_server):
    Identity.objects.create(
        user=amara, subject=amara.pk, banned_until=timezone.now() + timedelta(hours=1)
    )
    enqueue(key="k", template="task-assigned", to=[recipient_of(amara)], context=FACTS)
    assert deliver_due().state == State.CANCELLED
    assert mail_server.received == []


def test_it_tries_again_when_the_mail_servers_settings_are_wrong(db, mail_server, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "portal", "wrong"
    owe()
    email = deliver_due()
    assert email.state == State.PENDING
    assert smtplib.SMTPNotSupportedError.__name__ in email.last_error

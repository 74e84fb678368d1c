"""Write e-mails into the outbox, and deliver them from it."""

import smtplib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formataddr, formatdate
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from accounts.profile import preferences
from notifications.models import Email
from notifications.rendering import current_brand, one_line, render
from notifications.sealing import Unopened, opened
from portal.queue.models import Cancelled, Permanent

OVERTAKE = timedelta(days=1)


class Batch:
    """What the e-mails of one batch share."""

    def __init__(self) -> None:
        self.connection = get_connection()

    @cached_property
    def brand(self) -> dict[str, Any]:
        return current_brand()


_batch: ContextVar[Batch | None] = ContextVar("batch", default=None)


@dataclass(frozen=True)
class Recipient:
    """Whom an e-mail goes to: an account, or a visitor known by address only."""

    address: str
    name: str = ""
    user: AbstractBaseUser | None = None


def recipient_of(user: AbstractBaseUser) -> Recipient:
    """Return the recipient for an account."""
    return Recipient(address=user.email, name=user.get_full_name(), user=user)


def enqueue(
    *,
    key: str,
    template: str,
    to: Iterable[Recipient],
    context: dict[str, Any],
    thread: str = "",
    urgent: bool = False,
) -> None:
    """Owe each of ``to`` one e-mail, in one INSERT whatever their number.

    Call it inside the transaction of the change it tells about. ``key`` names that change;
    with the template and the address it makes the row unique, so that a repeated call owes
    nothing twice. ``template`` names templates/emails/<template>.html and .txt. ``context``
    is JSON: the facts as they were when it happened. ``thread`` groups mails about one
    thing, such as "task-<uuid>". Recipients without an address are left out. ``urgent``
    is for mails that somebody sits and waits for: they overtake the others. With
    "expires_at" (ISO 8601) in its context an e-mail is not sent later than that.
    """
    # The queue serves what has been due longest.
    due_at = timezone.now() - (OVERTAKE if urgent else timedelta(0))
    Email.objects.bulk_create(
        [
            Email(
                idempotency_key=f"{key}:{template}:{person.address.lower()}",
                template=template,
                context=context,
                recipient=person.user,
                to_name=one_line(person.name)[:150],
                to_address=person.address,
                thread=thread,
                due_at=due_at,
            )
            for person in to
            if person.address
        ],
        ignore_conflicts=True,
    )


@contextmanager
def one_connection() -> Iterator[None]:
    """Let the e-mails delivered inside share one SMTP connection; it is closed at the end."""
    batch = Batch()
    token = _batch.set(batch)
    try:
        yield
    finally:
        _batch.reset(token)
        _hang_up(batch.connection)


def deliver(email: Email) -> None:
    """Send one leased e-mail over SMTP.

    Raises Cancelled when the recipient may not receive mail any more, Permanent when the
    address or the message itself rules out success, and anything else to try again. A
    refused sender is tried again too: that is a matter of settings, not of this e-mail.
    """
    batch = _batch.get()
    if batch is None:
        with one_connection():
            deliver(email)
        return
    _check_is_wanted(email)
    brand = batch.brand
    try:
        _send(build(email, brand), batch.connection)
    except Unopened as error:
        raise Permanent("The link or code in this e-mail cannot be read any more.") from error
    except ValueError as error:  # a header or an address that no mail can carry
        raise Permanent(f"This message cannot be written: {error}") from error
    except smtplib.SMTPRecipientsRefused as error:
        if all(500 <= code < 600 for code, _ in error.recipients.values()):
            raise Permanent(f"The mail server refused the address: {error.recipients}") from error
        raise
    except smtplib.SMTPDataError as error:
        if 500 <= error.smtp_code < 600:
            raise Permanent(f"The mail server refused the message: {error}") from error
        raise


def _check_is_wanted(email: Email) -> None:
    if email.recipient is not None and not email.recipient.may_enter:
        raise Cancelled("The recipient's account is closed or banned.")
    end = email.context.get("expires_at")
    if end and datetime.fromisoformat(end) < timezone.now():
        raise Cancelled("What this e-mail was about had expired before it could be sent.")


def _send(message: EmailMultiAlternatives, connection: BaseEmailBackend) -> None:
    message.connection = connection
    reused = not connection.open()
    try:
        message.send()
    except Exception as error:
        _hang_up(connection)
        if not (reused and _was_closed(error)):
            raise
        message.send()  # over a new connection at once, instead of a minute later


def _was_closed(error: Exception) -> bool:
    """Return whether the server had closed the connection before this e-mail.

    Servers do so after a while, or after many mails. A server that does not answer in time
    looks alike, but may have taken the e-mail already.
    """
    return isinstance(error, smtplib.SMTPServerDisconnected) and not isinstance(
        error.__context__, TimeoutError
    )


def _hang_up(connection: BaseEmailBackend) -> None:
    with suppress(OSError):  # the mails are through; how the server says good-bye is no matter
        connection.close()


def build(email: Email, brand: dict[str, Any]) -> EmailMultiAlternatives:
    """Return the message of ``email``, with the same Message-ID each time.

    Raises ValueError when a header or the address cannot be written.
    """
    with preferences.of(email.recipient):
        subject, text, html = render(email.template, opened(email.context), brand)
    email.subject = subject[:250]
    domain = settings.PUBLIC_URL.split("://")[-1].split(":")[0]
    headers = {
        "Message-ID": f"<{email.pk.hex}@{domain}>",
        "Date": formatdate(email.created_at.timestamp()),
        "Auto-Submitted": "auto-generated",
    }
    if email.thread:
        headers["References"] = headers["In-Reply-To"] = f"<{email.thread}@{domain}>"
    mailbox, _, host = email.to_address.rpartition("@")
    address = f"{mailbox}@{host.encode('idna').decode()}"
    message = EmailMultiAlternatives(
        subject, text, to=[formataddr((email.to_name, address))], headers=headers
    )
    message.attach_alternative(html, "text/html")
    return message

"""Write e-mails into the outbox, and deliver them from it."""

import smtplib
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import formataddr, formatdate
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import BadHeaderError

from notifications.models import Email
from notifications.rendering import render
from portal.queue.models import Cancelled, Permanent

CONTROL_CHARACTERS = dict.fromkeys(range(32), " ") | {127: " "}


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
) -> None:
    """Owe each of ``to`` one e-mail, in one INSERT whatever their number.

    Call it inside the transaction of the change it tells about. ``key`` names that change;
    with the template and the address it makes the row unique, so that a repeated call owes
    nothing twice. ``template`` names templates/emails/<template>.html and .txt. ``context``
    is JSON: the facts as they were when it happened. ``thread`` groups mails about one
    thing, such as "task-<uuid>". Recipients without an address are left out.
    """
    Email.objects.bulk_create(
        [
            Email(
                idempotency_key=f"{key}:{template}:{person.address.lower()}",
                template=template,
                context=context,
                recipient=person.user,
                to_name=person.name.translate(CONTROL_CHARACTERS).strip()[:150],
                to_address=person.address,
                thread=thread,
            )
            for person in to
            if person.address
        ],
        ignore_conflicts=True,
    )


def deliver(email: Email) -> None:
    """Send one leased e-mail over SMTP.

    Raises Cancelled when the recipient may not receive mail any more, Permanent when the
    mail server or the message itself rules out success, and anything else to try again.
    """
    if email.recipient is not None and not email.recipient.is_active:
        raise Cancelled("The recipient's account is not active.")
    message = build(email)
    try:
        message.send()
    except (BadHeaderError, UnicodeError) as error:
        raise Permanent(str(error)) from error
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        if all(500 <= code < 600 for code in codes):
            raise Permanent(f"The mail server refused the address: {error.recipients}") from error
        raise
    except smtplib.SMTPResponseException as error:
        if isinstance(error, smtplib.SMTPDataError | smtplib.SMTPSenderRefused) and (
            500 <= error.smtp_code < 600
        ):
            raise Permanent(f"The mail server refused the message: {error}") from error
        raise


def build(email: Email) -> EmailMultiAlternatives:
    """Return the message of ``email``, with the same Message-ID each time."""
    subject, text, html = render(email.template, email.context)
    Email.objects.filter(pk=email.pk).update(subject=subject[:250])
    domain = settings.PUBLIC_URL.split("://")[-1].split(":")[0]
    headers = {
        "Message-ID": f"<{email.pk.hex}@{domain}>",
        "Date": formatdate(email.created_at.timestamp()),
        "Auto-Submitted": "auto-generated",
    }
    if email.thread:
        headers["References"] = headers["In-Reply-To"] = f"<{email.thread}@{domain}>"
    message = EmailMultiAlternatives(
        subject, text, to=[formataddr((email.to_name, email.to_address))], headers=headers
    )
    message.attach_alternative(html, "text/html")
    return message

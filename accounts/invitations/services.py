"""Asking people to join: read a list, keep it, let the worker have the Auth server mail it."""

import csv
import io
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.db.models.signals import post_save
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import audit, domains
from accounts.models import AccessSettings, Identity, Invitation, User
from accounts.supabase import admin
from accounts.supabase.errors import Refused
from portal.actor import acting
from portal.queue.models import Cancelled, Permanent

MAX_LINES = 2000
NAME_LENGTH = 120
State = Invitation.State


class TooLong(Exception):
    """The list has more than MAX_LINES lines."""


class Verdict(models.TextChoices):
    VALID = "valid", _("Will be invited")
    HERE = "here", _("Has an account already")
    WAITING = "waiting", _("Was invited already")
    TWICE = "twice", _("Stands in the list twice")
    REFUSED = "refused", _("Domain is refused")
    MALFORMED = "malformed", _("Not an e-mail address")


@dataclass
class Line:
    """One line of a list, and what becomes of it."""

    number: int  # as an editor counts, from 1
    name: str
    email: str  # lower case
    verdict: Verdict = Verdict.VALID


def read_list(text: str) -> list[Line]:
    """Return the people in ``text``: lines of "name,email", or of addresses only.

    Semicolons and tabs separate as well, a heading line is skipped, and so are empty lines.
    Raises TooLong.
    """
    first = text.lstrip().partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=separator)
    lines = []
    try:
        for cells in reader:
            if line := _line(reader.line_num, [" ".join(cell.split()) for cell in cells]):
                lines.append(line)
            if len(lines) > MAX_LINES:
                raise TooLong
    except csv.Error:  # a cell longer than any name or address
        lines.append(Line(reader.line_num, "", "", Verdict.MALFORMED))
    if lines and "@" not in lines[0].email and lines[0].email.replace("-", "") in ("email", "mail"):
        del lines[0]
    return _judged(lines)


def _line(number: int, cells: list[str]) -> Line | None:
    filled = [cell for cell in cells if cell]
    if not filled:
        return None
    place = next((at for at, cell in enumerate(filled) if "@" in cell), len(filled) - 1)
    name = " ".join(filled[:place] or filled[place + 1 :])
    return Line(number, name[:NAME_LENGTH], filled[place].lower()[:254])


def _judged(lines: list[Line]) -> list[Line]:
    """Say of each line what becomes of it, with as many queries for one as for all."""
    addresses = {line.email for line in lines}
    here = set(
        Identity.objects.filter(email_seen__in=addresses, deleted_at=None)
        .exclude(email_confirmed_at=None)
        .values_list("email_seen", flat=True)
    )
    waiting = set(
        Invitation.objects.waiting()
        .filter(email__in=addresses)
        .values_list("email", flat=True)
    )  # fmt: skip
    denied, seen = set(domains.lines(AccessSettings.load().denied_domains)[0]), set()
    for line in lines:
        rules = (
            (line.verdict == Verdict.MALFORMED or not _is_address(line.email), Verdict.MALFORMED),
            (line.email in seen, Verdict.TWICE),
            (domains.of_address(line.email) in denied, Verdict.REFUSED),
            (line.email in here, Verdict.HERE),
            (line.email in waiting, Verdict.WAITING),
        )
        line.verdict = next((verdict for holds, verdict in rules if holds), Verdict.VALID)
        seen.add(line.email)
    return lines


def _is_address(email: str) -> bool:
    try:
        validate_email(email)
    except ValidationError:
        return False
    return True


def invite(actor: User, lines: Iterable[Line]) -> UUID:
    """Keep an invitation for each valid line, for the worker to send; return the batch's id.

    Somebody whose invitation was withdrawn, or whose account is gone, is invited anew.
    """
    wanted = {line.email: line for line in lines if line.verdict == Verdict.VALID}
    batch = uuid.uuid4()
    with transaction.atomic(), acting(actor):
        Invitation.objects.bulk_create(
            [Invitation(email=email, name=line.name) for email, line in wanted.items()],
            ignore_conflicts=True,
        )
        for invitation in Invitation.objects.select_for_update().filter(email__in=wanted):
            _renew(invitation, batch=batch, invited_by=actor, name=wanted[invitation.email].name)
        audit.record("invitation.written", batch=str(batch), people=len(wanted))
    return batch


def resend(actor: User, invitation: Invitation) -> bool:
    """Send an invitation again; False when it has been accepted."""
    with transaction.atomic(), acting(actor):
        invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if invitation.accepted_at:
            return False
        _renew(invitation)
        audit.record("invitation.resent", invitation=str(invitation.pk))
        return True


def _renew(invitation: Invitation, **changes: Any) -> None:
    fresh = {"state": State.PENDING, "due_at": timezone.now(), "attempts": 0, "last_error": ""}
    none = dict.fromkeys(("finished_at", "withdrawn_at", "accepted_at"))
    Invitation.objects.filter(pk=invitation.pk).update(**fresh, **none, **changes)


def withdraw(actor: User, invitation: Invitation) -> bool:
    """Take an invitation back, with the account it made; False when it has been accepted.

    The mailed link stops working. Raises AuthProblem, and changes nothing then.
    """
    if invitation.accepted_at or not _account_removed(invitation.subject):
        return False
    with transaction.atomic(), acting(actor):
        invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if invitation.withdrawn_at:
            return True
        now = timezone.now()
        changes: dict[str, Any] = {"withdrawn_at": now, "subject": None}
        if invitation.state == State.PENDING:
            changes |= {"state": State.CANCELLED, "finished_at": now}
        Invitation.objects.filter(pk=invitation.pk).update(**changes)
        audit.record("invitation.withdrawn", invitation=str(invitation.pk))
    return True


def _account_removed(subject: UUID | None) -> bool:
    """Delete an account that nobody has confirmed; False when somebody has."""
    record = admin.get_user(subject) if subject else None
    if record is None:
        return True
    if record.get("email_confirmed_at"):
        return False
    admin.delete_user(subject)
    return True


def deliver(invitation: Invitation) -> None:
    """Have the Auth server mail one leased invitation. May mail twice, never not at all."""
    if invitation.withdrawn_at or invitation.accepted_at:
        raise Cancelled("It was withdrawn or accepted before it was sent.")
    try:
        record = admin.invite(
            invitation.email,
            name=invitation.name,
            redirect_to=settings.PUBLIC_URL + reverse("accounts:new-password"),
        )
    except Refused as refusal:
        if refusal.code == "email_exists":
            raise Cancelled("This address has an account already.") from refusal
        why = refusal.code or "no reason given"
        raise Permanent(f"The sign-in service refuses this address ({why}).") from refusal
    subject = UUID(str(record.get("id")))
    if Invitation.objects.filter(pk=invitation.pk, withdrawn_at__isnull=False).exists():
        _account_removed(subject)
        raise Cancelled("It was withdrawn while it was being sent.")
    invitation.subject = subject


def accept(instance: Identity, *, created: bool = True, **kwargs: Any) -> None:
    """Note that somebody who was invited has confirmed their address. Idempotent."""
    if not instance.email_confirmed_at or not (created or instance.invited_at):
        return  # nobody invited them
    mine = Invitation.objects.filter(email=instance.email_seen, withdrawn_at=None)
    if mine.filter(accepted_at=None).update(accepted_at=timezone.now()):
        audit.record("invitation.accepted", target=instance.user_id)


def connect() -> None:
    post_save.connect(accept, sender=Identity, dispatch_uid="accounts.invitations")


def status_of(invitation: Invitation) -> str | Promise:
    """Return where an invitation stands, in words."""
    if invitation.accepted_at:
        return _("Accepted")
    if invitation.withdrawn_at:
        return _("Withdrawn")
    return {
        State.PENDING: _("Waiting to be sent"),
        State.DONE: _("Invited"),
        State.CANCELLED: _("Not needed"),
        State.DEAD: _("Could not be sent"),
    }[State(invitation.state)]

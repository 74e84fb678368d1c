"""Mails about accounts. They follow from the audit log: what is not in it is not mailed.

Mails about somebody's own account go to them whatever they chose to hear; what endangers the
whole portal goes to every administrator.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.db.models.signals import post_save
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry
from notifications.outbox import Recipient, enqueue, recipient_of
from notifications.rendering import current_brand

TEMPLATE = "account-notice"
YOURS = _("You get this because it is about your account. We tell you whatever else you chose.")
EVERYBODYS = _("You get this because you are an administrator.")
NOT_YOU = _("If that was not you, choose a new password at once and write to us.")


@dataclass(frozen=True)
class Notice:
    """The words of one event's mail, and whom it goes to."""

    title: Promise
    happened: Promise
    to: Callable[[AuditEntry], list[Recipient]]
    address: str  # name of the page that the button opens
    label: Promise
    advice: Promise | str = ""
    why: Promise = YOURS


def administrators(entry: AuditEntry | None = None) -> list[Recipient]:
    """Return everybody who answers for the portal and may receive mail."""
    people = (
        get_user_model()
        .objects.select_related("identity")
        .filter(is_superuser=True, is_active=True)
    )
    return [recipient_of(person) for person in people if person.may_enter]


def administrators_and_office(entry: AuditEntry) -> list[Recipient]:
    """Return the other administrators and the organisation's own address.

    Who broke the glass is left out: it may be somebody who should not have.
    """
    brand = current_brand()
    others = [one for one in administrators() if one.user.pk != entry.target_id]
    known = {one.address.lower() for one in others}
    office = Recipient(address=brand["email"], name=brand["name"])
    return others if office.address.lower() in known else [*others, office]


def the_person(entry: AuditEntry) -> list[Recipient]:
    return [recipient_of(person) for person in _people(entry.target_id)]


def who_takes_over(entry: AuditEntry) -> list[Recipient]:
    return [recipient_of(person) for person in _people(entry.details.get("to"))]


def _people(pk: Any) -> QuerySet:
    return get_user_model().objects.select_related("identity").filter(pk=pk)


SECURITY = {"address": "accounts:security", "label": _("Look at your account")}
NOTICES = {
    "password.changed": Notice(
        _("Your password was changed"),
        _("Your account has a new password. Other devices were signed out."),
        the_person,
        advice=NOT_YOU,
        **SECURITY,
    ),
    "factor.added": Notice(
        _("Two-factor sign-in is on"),
        _("An authenticator app was added to your account. Signing in asks for its code now."),
        the_person,
        advice=NOT_YOU,
        **SECURITY,
    ),
    "factor.removed": Notice(
        _("An authenticator app was removed"),
        _("Signing in to your account does not ask for its code any more."),
        the_person,
        advice=NOT_YOU,
        **SECURITY,
    ),
    "person.second-factor-reset": Notice(
        _("Your second factor was reset"),
        _("An administrator took the authenticator apps of your account away."),
        the_person,
        advice=_("If you did not ask for it, write to us at once. Else set one up again."),
        **SECURITY,
    ),
    "deletion.requested": Notice(
        _("Your account will be deleted"),
        _("You asked us to delete your account. Until then you can still change your mind."),
        the_person,
        "accounts:data",
        _("Keep my account"),
        advice=NOT_YOU,
    ),
    "deletion.withdrawn": Notice(
        _("Your account stays"),
        _("Your account will not be deleted. Everything is as it was."),
        the_person,
        "accounts:data",
        _("Look at your data"),
    ),
    "export.ready": Notice(
        _("The copy of your data is ready"),
        _("You can download it once, within a day."),
        the_person,
        "accounts:data",
        _("Download your copy"),
        advice=NOT_YOU,
    ),
    "person.handed-over": Notice(
        _("You have taken something over"),
        _("An administrator made you responsible for what somebody else had."),
        who_takes_over,
        "tasks:my-work",
        _("To my work"),
        why=_("You get this because you are responsible for it now."),
    ),
    "break-glass.used": Notice(
        _("Emergency access was used"),
        _("Somebody signed in with the local administrator’s password."),
        administrators_and_office,
        "audit-log:index",
        _("Look at the audit log"),
        advice=_("If nobody can tell you why, run make_break_glass now and look what was done."),
        why=EVERYBODYS,
    ),
    "administrator.made": Notice(
        _("There is a new administrator"),
        _("Somebody was made an administrator of everything, by a command on the server."),
        administrators,
        "audit-log:index",
        _("Look at the audit log"),
        advice=_("If nobody can tell you why, look at once who may run commands there."),
        why=EVERYBODYS,
    ),
    "break-glass.made": Notice(
        _("Emergency access was set up"),
        _("The local administrator was made, or has a new password."),
        administrators_and_office,
        "audit-log:index",
        _("Look at the audit log"),
        why=EVERYBODYS,
    ),
    "sweep.stopped": Notice(
        _("Synchronisation has stopped itself"),
        _("It would have closed an unusual number of accounts, so it closed none."),
        administrators,
        "sweeps:index",
        _("Look at the sweeps"),
        advice=_("Look whether Supabase really lost these accounts before you let it go on."),
        why=EVERYBODYS,
    ),
    "account.same-address": Notice(
        _("Two accounts with one address"),
        _("A new account has come with the address of somebody who has rights here."),
        administrators,
        "wagtailusers_users:index",
        _("Look at the people"),
        advice=_("It has no rights. Ask them whether it is theirs."),
        why=EVERYBODYS,
    ),
}


def tell(sender: type, instance: AuditEntry, created: bool, raw: bool, **kwargs: Any) -> None:
    """Owe the mails of one entry, in the transaction that wrote it."""
    notice = NOTICES.get(instance.event)
    if notice is None or not created or raw:
        return
    enqueue(
        key=f"audit-{instance.pk}",
        template=TEMPLATE,
        to=notice.to(instance),
        context={
            "title": str(notice.title),
            "happened": str(notice.happened),
            "advice": str(notice.advice),
            "moments": _moments(instance),
            "facts": _facts(instance),
            "url": settings.PUBLIC_URL + reverse(notice.address),
            "label": str(notice.label),
            "why": str(notice.why),
        },
    )


def _moments(entry: AuditEntry) -> list[list[str]]:
    """Return [label, ISO 8601 instant]: rendered in the time zone of whoever reads it."""
    moments = [[str(_("When")), entry.at.isoformat()]]
    if "until" in entry.details:
        moments.append([str(_("Until")), entry.details["until"]])
    return moments


def _facts(entry: AuditEntry) -> list[list[str]]:
    """Return [label, value] of what a reader needs to judge the event."""
    facts = []
    if entry.address:
        facts.append([str(_("From")), str(entry.address)])
    things = entry.details.get("things", {})
    return facts + [[str(label), str(count)] for label, count in things.items()]


def connect() -> None:
    post_save.connect(tell, sender=AuditEntry, dispatch_uid="notifications.account_mails")

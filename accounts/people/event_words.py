"""What the events of the audit log are called in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Promise] = {
    "access-settings.changed": _("Rules of sign-in and registration changed"),
    "account.closed": _("Account closed"),
    "account.created": _("Account came in"),
    "account.reopened": _("Account opened again"),
    "account.same-address": _("Another account has this address"),
    "administrator.made": _("Made an administrator"),
    "break-glass.failed": _("Emergency access failed"),
    "break-glass.limited": _("Emergency access: too many attempts"),
    "break-glass.made": _("Emergency access set up"),
    "break-glass.used": _("Emergency access used"),
    "deletion.requested": _("Asked to be deleted"),
    "deletion.withdrawn": _("Stays after all"),
    "email.change-asked": _("Asked for another address"),
    "export.downloaded": _("Fetched a copy of the data"),
    "export.ready": _("Copy of the data is ready"),
    "export.requested": _("Asked for a copy of the data"),
    "factor.added": _("Second factor added"),
    "factor.removed": _("Second factor removed"),
    "invitation.accepted": _("Invitation accepted"),
    "invitation.resent": _("Invitation sent again"),
    "invitation.withdrawn": _("Invitation withdrawn"),
    "invitation.written": _("People invited"),
    "link.opened": _("Mailed link opened"),
    "link.refused": _("Mailed link refused"),
    "membership.added": _("Taken into a project"),
    "membership.changed": _("Role in a project changed"),
    "membership.left": _("Left a project"),
    "membership.removed": _("Taken out of a project"),
    "newcomer.reported": _("Administrators told of a newcomer"),
    "password.changed": _("Password changed"),
    "person.banned": _("Banned"),
    "person.confirmation-sent": _("Confirmation sent again"),
    "person.erased": _("Erased"),
    "person.groups-changed": _("Groups changed"),
    "person.handed-over": _("Handed over"),
    "person.password-mail-sent": _("Password mail sent"),
    "person.second-factor-reset": _("Second factor reset"),
    "person.synchronised": _("Synchronised by hand"),
    "person.unbanned": _("Ban lifted"),
    "registration.refused": _("Registration refused"),
    "role.granted": _("Right given by rule"),
    "role.lost": _("Right taken by rule"),
    "role-rule.changed": _("Role rule changed"),
    "role-rule.created": _("Role rule made"),
    "role-rule.deleted": _("Role rule deleted"),
    "session.refused": _("Session refused"),
    "sign-in.confirmed": _("Confirmed that it is they"),
    "sign-in.done": _("Signed in"),
    "sign-in.failed": _("Sign-in failed"),
    "sign-up.asked": _("Asked for an account"),
    "sweep.mass-confirmed": _("Many closures confirmed"),
    "sweep.stopped": _("Sweep stopped by the brake"),
}


def in_words(event: str) -> str:
    """Return what an event is called; one that has no words yet is shown as it is."""
    return str(WORDS.get(event, event))

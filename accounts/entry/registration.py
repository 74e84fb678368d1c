"""Who may get an account of their own accord, as administrators decided."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import domains
from accounts.models import AccessSettings, Invitation


def refusal(email: str) -> str:
    """Return why nobody may register with this address, "" when they may.

    An open invitation opens what is closed to others, except for refused domains. Tells
    nothing about accounts: the same address gets the same answer with and without one.
    """
    email = email.strip().lower()
    access = AccessSettings.load()
    if access.refuses(email):
        domain = email.rpartition("@")[2]
        return _("Addresses at %(domain)s cannot register here. Use another.") % {"domain": domain}
    if access.registration == AccessSettings.Registration.OPEN:
        return ""
    if email and Invitation.objects.waiting().filter(email=email).exists():
        return ""
    if access.registration == AccessSettings.Registration.INVITED:
        return _("Registration is by invitation. Ask an administrator for one.")
    return "" if access.allows(email) else _not_among(domains.lines(access.allowed_domains)[0])


def _not_among(allowed: list[str]) -> str:
    if not allowed:
        return _("Nobody can register here at the moment. Write to us.")
    return ngettext(
        "Only addresses at %(domains)s can register here.",
        "Only addresses at one of these can register here: %(domains)s.",
        len(allowed),
    ) % {"domains": ", ".join(allowed)}

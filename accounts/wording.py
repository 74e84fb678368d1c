"""What people read when the Auth server says no. Chosen by its error code, never by its text."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.supabase.errors import AuthProblem, Limited, Refused, Unavailable

UNAVAILABLE = _(
    "Sign-in is not available right now. The pages and your tasks in open windows keep working. "
    "Try again in a few minutes."
)
LIMITED = _("There were too many attempts. Wait a few minutes, then try again.")
GENERIC = _("That did not work. Try again, or write to us.")
WEAK = _("This password is too easy to guess. Choose a longer one.")
BY_REASON = {
    "pwned": _("This password is on a list of stolen ones. Choose another."),
    "characters": _("The password needs other kinds of characters too: letters, digits, signs."),
    "length": _("The password is too short. Choose a longer one."),
}
BAD_ADDRESS = _("We cannot use this address. Check it, or use another.")
TOO_OLD = _("You signed in too long ago for this. Ask for a link by e-mail instead.")

# code -> (field of the form, or None for the form as a whole; text)
BY_CODE: dict[str, tuple[str | None, Promise]] = {
    "invalid_credentials": (
        None,
        _("E-mail or password is not right. Try again, or choose a new password."),
    ),
    "email_not_confirmed": (
        None,
        _("Your address is not confirmed yet. Open the link in our mail, or ask for a new one."),
    ),
    "user_banned": (None, _("This account may not sign in at the moment. Write to us.")),
    "signup_disabled": (None, _("Nobody can register here at the moment. Write to us.")),
    "email_provider_disabled": (None, _("Signing in with a password is switched off here.")),
    "email_address_invalid": ("email", BAD_ADDRESS),
    "email_address_not_authorized": ("email", BAD_ADDRESS),
    "same_password": ("password", _("This is your password already. Choose another.")),
    "reauthentication_needed": (None, TOO_OLD),
    "insufficient_aal": (None, TOO_OLD),
    "session_not_found": (None, TOO_OLD),
    "session_expired": (None, TOO_OLD),
    "bad_jwt": (None, TOO_OLD),
}


def explain(problem: AuthProblem) -> tuple[str | None, str | Promise]:
    """Return the field a problem belongs to (None: the form as a whole) and what to say."""
    if isinstance(problem, Unavailable):
        return None, UNAVAILABLE
    if isinstance(problem, Limited):
        return None, LIMITED
    if isinstance(problem, Refused) and problem.code == "weak_password":
        return "password", next((BY_REASON[r] for r in BY_REASON if r in problem.reasons), WEAK)
    return BY_CODE.get(getattr(problem, "code", ""), (None, GENERIC))


def status_of(problem: AuthProblem) -> int:
    """Return the HTTP status of the page that explains the problem."""
    if isinstance(problem, Unavailable):
        return 503
    return 429 if isinstance(problem, Limited) else 422

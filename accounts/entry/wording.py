"""What people read when the Auth server says no. Chosen by its error code, never by its text.

The one exception is what our own hook said to it, which comes back with the code "unknown".
"""

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
NO_ANSWER = _("We did not learn who you are there. Try again, or choose another way.")
TOO_SLOW = _("This took too long, or was used already. Try again: you have five minutes.")
NOT_ASKED_FOR = _(
    "Nobody was signed in: this browser did not ask for it, or it took too long. Start again."
)
TOO_OLD = _("You signed in too long ago for this. Ask for a link by e-mail instead.")
WRONG_DIGITS = _("This code is wrong or too old. Take the latest mail, or ask for another.")
NO_APPS = _("Authenticator apps are switched off here. Write to us.")

# code -> (field of the form, or None for the form as a whole; text)
BY_CODE: dict[str, tuple[str | None, Promise]] = {
    "invalid_credentials": (
        None,
        _("E-mail or password is not right. Try again, or let us e-mail you a sign-in link."),
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
    "otp_expired": (
        "digits",
        _("This code is not right, or it is too old. Check it, or have a new mail sent."),
    ),
    "provider_failed": (None, NO_ANSWER),
    "server_error": (None, NO_ANSWER),
    "provider_email_needs_verification": (
        None,
        _("Your address is not confirmed there. We sent it a mail: open the link in it."),
    ),
    "same_password": ("password", _("This is your password already. Choose another.")),
    "reauthentication_needed": ("nonce", _("Enter the code that we have just mailed to you.")),
    "reauthentication_not_valid": ("nonce", WRONG_DIGITS),
    "current_password_required": (
        "current_password",
        _("Enter the password that you have had until now."),
    ),
    "current_password_invalid": ("current_password", _("This is not your password. Try again.")),
    "mfa_verification_failed": (
        "code",
        _(
            "This code is not right. It changes every 30 seconds: wait for the next, and check "
            "that your phone shows the right time."
        ),
    ),
    "mfa_verification_rejected": (None, _("This code was not accepted. Write to us.")),
    "mfa_challenge_expired": ("code", _("That took too long. Enter the code your app shows now.")),
    "mfa_factor_not_found": (None, _("This app is not set up any more. Begin again.")),
    "mfa_factor_name_conflict": ("name", _("You have an app with this name. Choose another name.")),
    "too_many_enrolled_mfa_factors": (
        None,
        _("You have as many apps as an account can have. Remove one first."),
    ),
    "mfa_totp_enroll_not_enabled": (None, NO_APPS),
    "mfa_totp_verify_not_enabled": (None, NO_APPS),
    "insufficient_aal": (None, TOO_OLD),
    "session_not_found": (None, TOO_OLD),
    "session_expired": (None, TOO_OLD),
    "bad_jwt": (None, TOO_OLD),
}
# Codes of a social sign-in that came back too late or twice.
OLD_FLOWS = ("flow_state_not_found", "flow_state_expired", "bad_code_verifier", "bad_oauth_state")
BY_CODE |= dict.fromkeys(OLD_FLOWS, (None, TOO_SLOW))

# type of a mailed link -> (heading, what it does, words on the button, what is said afterwards)
CONFIRM: dict[str, tuple[Promise, Promise, Promise, Promise]] = {
    "email": (
        _("Confirm that it is you"),
        _("This signs you in, and confirms that the address is yours."),
        _("Confirm and sign in"),
        _("You are signed in."),
    ),
    "signup": (
        _("Confirm your address"),
        _("This confirms that the address is yours and signs you in for the first time."),
        _("Confirm and sign in"),
        _("Your address is confirmed. Welcome."),
    ),
    "magiclink": (
        _("Sign in"),
        _("You asked for this link. It signs you in on this device."),
        _("Sign in"),
        _("You are signed in."),
    ),
    "invite": (
        _("Welcome"),
        _("You are invited. This opens your account, and you choose a password."),
        _("Go on"),
        _("Your account is open. Choose a password for the next time."),
    ),
    "recovery": (
        _("Choose a new password"),
        _("This opens your account, and you choose a new password."),
        _("Go on"),
        _("You are signed in. Choose your new password."),
    ),
    "email_change": (
        _("Confirm your new address"),
        _("This agrees that the e-mail address of your account changes."),
        _("Agree to the change"),
        _("Your e-mail address has changed."),
    ),
}


def explain(problem: AuthProblem) -> tuple[str | None, str | Promise]:
    """Return the field a problem belongs to (None: the form as a whole) and what to say."""
    if isinstance(problem, Unavailable):
        return None, UNAVAILABLE
    if isinstance(problem, Limited):
        return None, LIMITED
    if isinstance(problem, Refused) and problem.code == "weak_password":
        return "password", next((BY_REASON[r] for r in BY_REASON if r in problem.reasons), WEAK)
    if isinstance(problem, Refused) and problem.message:
        return None, problem.message
    return BY_CODE.get(getattr(problem, "code", ""), (None, GENERIC))


def status_of(problem: AuthProblem) -> int:
    """Return the HTTP status of the page that explains the problem."""
    if isinstance(problem, Unavailable):
        return 503
    if isinstance(problem, Limited):
        return 429
    return 403 if getattr(problem, "code", "") == "user_banned" else 422

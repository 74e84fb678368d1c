"""What people type to get in. Passwords are never rendered again; addresses are kept."""

import re
import unicodedata

from django import forms
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.utils.translation import gettext_lazy as _

from accounts.entry import registration, wording
from accounts.supabase.errors import AuthProblem, Unavailable

MAX_PASSWORD_BYTES = 72  # the Auth server's bcrypt takes no more
PURPOSES = ("signup", "recovery", "magiclink")
DIGITS = re.compile(r"[0-9]{6,10}")
SEPARATORS = "-–.\u200b\u200e\u200f\ufeff"  # the last four take no room at all


class AuthForm(forms.Form):
    """A form that the Auth server answers."""

    alert = ""  # an outage: said above the form, not as a mistake of the person
    retry_after = 120  # seconds, told to browsers with the statuses 429 and 503

    def explain(self, problem: AuthProblem) -> int:
        """Say on the form what went wrong and return the page's HTTP status."""
        place, text = wording.explain(problem)
        self.retry_after = getattr(problem, "retry_after", self.retry_after)
        if isinstance(problem, Unavailable):
            self.alert = text
        else:
            self.add_error(place if place in self.fields else None, text)
        return wording.status_of(problem)


class EmailField(forms.EmailField):
    """An address as people type it, returned in lower case as the Auth server keeps it."""

    def __init__(self) -> None:
        super().__init__(
            label=_("E-mail"),
            max_length=254,
            error_messages={
                "required": _("Enter your e-mail address."),
                "invalid": _("Enter an e-mail address like name@example.org."),
            },
        )

    def clean(self, value: str) -> str:
        return super().clean(value).lower()


class NewPasswordField(forms.CharField):
    def __init__(self) -> None:
        super().__init__(
            label=_("Password"),
            strip=False,
            widget=forms.PasswordInput,
            help_text=_("At least 8 characters. Three unusual words are easy to remember."),
            min_length=8,
            error_messages={
                "required": _("Choose a password."),
                "min_length": _("The password is too short. Use at least 8 characters."),
            },
        )

    def clean(self, value: str) -> str:
        value = super().clean(value)
        if len(value.encode()) > MAX_PASSWORD_BYTES:
            raise forms.ValidationError(_("The password is too long. Use up to 72 characters."))
        try:
            CommonPasswordValidator().validate(value)
        except forms.ValidationError as error:
            message = _("This password is among the first that people guess. Choose another.")
            raise forms.ValidationError(message) from error
        return value


class SignInForm(AuthForm):
    email = EmailField()
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput,
        error_messages={"required": _("Enter your password.")},
    )


class SignUpForm(AuthForm):
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        help_text=_("As your neighbours know you."),
        error_messages={"required": _("Enter your name.")},
    )
    email = EmailField()
    password = NewPasswordField()

    def clean_email(self) -> str:
        # Before the Auth server is asked: it would refuse unknown addresses only.
        refusal = registration.refusal(self.cleaned_data["email"])
        if refusal:
            raise forms.ValidationError(refusal)
        return self.cleaned_data["email"]


class MailForm(AuthForm):
    """Where a mail should go."""

    email = EmailField()


class CodeForm(AuthForm):
    digits = forms.CharField(
        label=_("Code from the mail"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "size": 12}
        ),
        error_messages={
            "required": _("Enter the digits from the mail."),
            "max_length": _("Enter only the digits from the mail, such as 123456."),
        },
    )

    def clean_digits(self) -> str:
        """Return 6 to 10 plain digits; mail programs copy spaces and signs along."""
        typed = unicodedata.normalize("NFKC", self.cleaned_data["digits"])
        digits = "".join(sign for sign in typed if sign not in SEPARATORS and not sign.isspace())
        if not DIGITS.fullmatch(digits):
            raise forms.ValidationError(_("Enter the digits from the mail, such as 123456."))
        return digits


class ResendForm(AuthForm):
    """Which mail to send again, and where to."""

    email = EmailField()
    purpose = forms.ChoiceField(choices=[(purpose, purpose) for purpose in PURPOSES])


class LinkForm(AuthForm):
    """What a mailed link carries. Both parts travel on as hidden fields."""

    token_hash = forms.CharField(max_length=255, widget=forms.HiddenInput)
    type = forms.ChoiceField(
        choices=[(kind, kind) for kind in wording.CONFIRM], widget=forms.HiddenInput
    )

"""What people type to get in. Passwords are never rendered again; addresses are kept."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.entry import registration, wording
from accounts.forms.fields import DigitsField, EmailField, NewPasswordField, PasswordField
from accounts.supabase.errors import AuthProblem, Unavailable

PURPOSES = ("signup", "recovery", "magiclink")


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


class SignInForm(AuthForm):
    email = EmailField()
    password = PasswordField()


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
    digits = DigitsField(
        _("Code from the mail"),
        most=10,
        error_messages={
            "required": _("Enter the digits from the mail."),
            "invalid": _("Enter the digits from the mail, such as 123456."),
            "max_length": _("Enter only the digits from the mail, such as 123456."),
        },
    )


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

"""What people type to keep their account safe."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.entry import wording
from accounts.forms.entering import AuthForm
from accounts.forms.fields import DigitsField, EmailField, NewPasswordField, PasswordField
from accounts.models import Identity
from accounts.supabase.errors import AuthProblem

MAILED = _("The digits in the mail that we have just sent you.")


class PasswordProofForm(AuthForm):
    password = PasswordField(_("Your password"))

    def explain(self, problem: AuthProblem) -> int:
        """As the base class; whose password it is nobody has to ask here."""
        if getattr(problem, "code", "") != "invalid_credentials":
            return super().explain(problem)
        text = _("This is not your password. Try again, or let us e-mail you a code.")
        self.add_error("password", text)
        return wording.status_of(problem)


class NewPasswordForm(AuthForm):
    """A new password. Some Auth servers want the old one too, or a mailed code."""

    current_password = PasswordField(_("Your password until now"), required=False)
    password = NewPasswordField()
    nonce = DigitsField(_("Code"), most=10, help_text=MAILED, required=False)
    PROOFS = {
        "reauthentication_needed": "nonce",
        "reauthentication_not_valid": "nonce",
        "current_password_required": "current_password",
        "current_password_invalid": "current_password",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("New password")
        self.asked = {name for name in self.PROOFS.values() if name in self.data}

    def explain(self, problem: AuthProblem) -> int:
        """As the base class; and from now on show the proof that the Auth server wants."""
        self.asked.add(self.PROOFS.get(getattr(problem, "code", ""), ""))
        return super().explain(problem)


class ChangeEmailForm(AuthForm):
    email = EmailField()

    def __init__(self, *args: Any, identity: Identity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.identity = identity
        self.fields["email"].label = _("New e-mail")

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if email == self.identity.email_seen:
            raise forms.ValidationError(_("This is your address already. Enter another."))
        return email


class FactorNameForm(AuthForm):
    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("So that you know later which one it is, like “My phone”."),
        error_messages={"required": _("Enter a name.")},
    )

    def __init__(self, *args: Any, identity: Identity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.identity = identity

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        taken = {factor["friendly_name"].lower() for factor in self.identity.verified_factors}
        if name.lower() in taken:
            raise forms.ValidationError(_("You have an app with this name. Choose another name."))
        return name


class FactorCodeForm(AuthForm):
    """A code of an authenticator app, and of which one when there are several."""

    code = DigitsField(_("Code"), help_text=_("The 6 digits that your app shows now."))


class RemoveFactorForm(AuthForm):
    """Nothing to type: the button is the answer."""


class SecondFactorForm(FactorCodeForm):
    factor = forms.ChoiceField(label=_("App"), required=False)

    field_order = ["factor", "code"]

    def __init__(self, *args: Any, identity: Identity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [
            (factor["id"], factor["friendly_name"] or _("Unnamed app"))
            for factor in identity.verified_factors
        ]
        self.fields["factor"].choices = names
        self.only = names[0][0] if len(names) == 1 else ""
        self.fields["factor"].required = not self.only

    def clean_factor(self) -> str:
        return self.only or self.cleaned_data["factor"]

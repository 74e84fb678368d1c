"""What people type to keep their account safe."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.entering import AuthForm, EmailField, NewPasswordField
from accounts.models import Identity
from accounts.supabase.errors import AuthProblem

MAILED = _("The digits in the mail that we have just sent you.")


class DigitsField(forms.CharField):
    """Digits as people type them, with spaces or without. Returned as "123456".

    Apps show six; how many a mail holds is the Auth server's setting, six to ten.
    """

    def __init__(self, label: Any, *, most: int = 6, **options: Any) -> None:
        self.most = most
        attributes = {
            "inputmode": "numeric",
            "autocomplete": "one-time-code",
            "spellcheck": "false",
        }
        super().__init__(
            label=label,
            max_length=20,
            widget=forms.TextInput(attrs=attributes),
            error_messages={"required": _("Enter the digits.")},
            **options,
        )

    def clean(self, value: str) -> str:
        digits = re.sub(r"[\s-]", "", super().clean(value))
        if digits and not re.fullmatch(f"[0-9]{{6,{self.most}}}", digits):
            raise forms.ValidationError(_("Enter the digits only, like 123 456."))
        return digits


class PasswordProofForm(AuthForm):
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput,
        error_messages={"required": _("Enter your password.")},
    )


class NewPasswordForm(AuthForm):
    """A new password. Some Auth servers want the old one too, or a mailed code."""

    current_password = forms.CharField(
        label=_("Your password until now"),
        strip=False,
        max_length=1000,
        required=False,
        widget=forms.PasswordInput,
    )
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

"""Fields that several of our forms have: addresses, passwords, digits."""

import re
import unicodedata
from typing import Any

from django import forms
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MAX_PASSWORD_BYTES = 72  # the Auth server's bcrypt takes no more
SEPARATORS = "-–.\u200b\u200e\u200f\ufeff"  # the last four take no room at all


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


class PasswordField(forms.CharField):
    """A password that somebody has. It is taken as it is typed, and never rendered again."""

    default_error_messages = {"required": _("Enter your password.")}

    def __init__(self, label: str | Promise = "", **options: Any) -> None:
        super().__init__(
            label=label or _("Password"),
            strip=False,
            max_length=1000,
            widget=forms.PasswordInput,
            **options,
        )


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


class DigitsField(forms.CharField):
    """Digits as people type and paste them, with spaces or signs between. Returned as "123456".

    Apps show six; how many a mail holds is the Auth server's setting, six to ten.
    """

    default_error_messages = {
        "required": _("Enter the digits."),
        "invalid": _("Enter the digits only, like 123 456."),
        "max_length": _("Enter the digits only, like 123 456."),
    }

    def __init__(self, label: str | Promise, *, most: int = 6, **options: Any) -> None:
        self.digits = re.compile(f"[0-9]{{6,{most}}}")
        attributes = {
            "inputmode": "numeric",
            "autocomplete": "one-time-code",
            "spellcheck": "false",
        }
        super().__init__(
            label=label, max_length=40, widget=forms.TextInput(attrs=attributes), **options
        )

    def clean(self, value: str) -> str:
        typed = unicodedata.normalize("NFKC", super().clean(value))
        digits = "".join(sign for sign in typed if sign not in SEPARATORS and not sign.isspace())
        if typed and not self.digits.fullmatch(digits):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return digits

"""Fields of the account forms: what people type and paste becomes one spelling."""

import pytest
from django.core.exceptions import ValidationError

from accounts.forms.fields import DigitsField, PasswordField


@pytest.mark.parametrize(
    "typed",
    ["123456", " 123 456 ", "123-456", "123\u2013456", "\uff11\uff12\uff13456", "\u200b123456"],
)
def test_digits_are_taken_as_they_are_pasted(typed):
    assert DigitsField("Code").clean(typed) == "123456"


@pytest.mark.parametrize("typed", ["12345", "1234567", "12345a", "\u0661\u0662\u0663456", "1" * 41])
def test_anything_else_is_refused_in_words(typed):
    with pytest.raises(ValidationError, match="Enter the digits only"):
        DigitsField("Code").clean(typed)


def test_a_mail_may_hold_more_digits_than_an_app_shows():
    assert DigitsField("Code", most=10).clean("1234567890") == "1234567890"


def test_digits_that_nobody_has_to_type_may_be_left_out():
    assert DigitsField("Code", required=False).clean("") == ""


def test_a_password_is_taken_as_it_is_typed():
    assert PasswordField().clean("  two words ") == "  two words "

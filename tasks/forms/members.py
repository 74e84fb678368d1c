"""What managers say about who belongs to a project, checked."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.templatetags import portal_tags
from tasks.forms.fields import DueField
from tasks.models import Membership
from tasks.projects.members import last_day

BIGGEST_ID = 2**31 - 1  # of a group


class UntilField(DueField):
    """The last day of a role; its value is the moment after it, in the member's time zone."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("Until"),
            help_text=gettext_lazy("The last day. Leave it empty for no end."),
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        return last_day(value) if isinstance(value, datetime) else value

    def clean(self, value: Any) -> datetime | None:
        day = super().clean(value)
        if day is None:
            return None
        if day < timezone.localdate():
            raise ValidationError(_("This day is over. Choose today or a later one."))
        try:
            return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
        except OverflowError as error:
            raise ValidationError(_("Enter a date before the year 9999.")) from error


class MemberForm(forms.Form):
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=Membership.Role.choices,
        initial=Membership.Role.MEMBER,
        error_messages={"invalid_choice": gettext_lazy("Choose one of the roles.")},
    )
    expires_at = UntilField()

    def compare(self, row: Membership) -> None:
        """Say what somebody else has made of ``row`` meanwhile, where this person chose otherwise."""
        said = _("Somebody has set this to “%(theirs)s” meanwhile. Save again to keep yours.")
        if row.role != self.cleaned_data["role"]:
            self.add_error("role", said % {"theirs": row.get_role_display()})
        if row.expires_at != self.cleaned_data.get("expires_at"):
            end = portal_tags.day(last_day(row.expires_at)) if row.expires_at else _("no end")
            self.add_error("expires_at", said % {"theirs": end})


class WhoField(forms.CharField):
    """ "person:" and the id of an active person, or "group:" and the id of a group."""

    def clean(self, value: Any) -> AbstractBaseUser | Group:
        kind, _sep, pk = super().clean(value).partition(":")
        if kind == "person":
            found = _person(pk)
        else:
            is_id = kind == "group" and pk.isascii() and pk.isdigit() and int(pk) <= BIGGEST_ID
            found = Group.objects.filter(pk=pk).first() if is_id else None
        if found is None:
            raise ValidationError(_("Choose somebody from the list."))
        return found


def _person(pk: str) -> AbstractBaseUser | None:
    try:
        return get_user_model().objects.filter(pk=UUID(pk), is_active=True).first()
    except ValueError:
        return None


class AddMemberForm(MemberForm):
    who = WhoField(
        label=gettext_lazy("Who"),
        max_length=60,
        error_messages={"required": gettext_lazy("Choose somebody from the list.")},
    )
    field_order = ("who", "role", "expires_at")

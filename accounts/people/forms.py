"""What administrators fill in before something happens to a person."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput

from accounts.models import User
from accounts.people import actions


class ConfirmForm(forms.Form):
    """Nothing to fill in: the button is the answer."""

    def __init__(self, *args: Any, actor: User, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.person = actor, person


class BanForm(ConfirmForm):
    LENGTHS = [("good", _("For good, until somebody lifts the ban")), ("until", _("Until a date"))]

    length = forms.ChoiceField(
        label=_("For how long?"), choices=LENGTHS, widget=forms.RadioSelect, initial="good"
    )
    until = forms.DateTimeField(
        label=_("Until"),
        required=False,
        widget=AdminDateTimeInput,
        help_text=_("Only for a ban that ends on a date."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("For administrators. The person does not read it."),
        error_messages={"required": _("Say why, for whoever has to lift the ban.")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("length") == "good":
            data["until"] = None
        elif "until" not in self.errors:
            if data.get("until") is None:
                self.add_error("until", _("Choose the date on which the ban ends."))
            elif data["until"] <= timezone.now():
                self.add_error("until", _("This date has passed. Choose one in the future."))
        return data


class GroupsForm(ConfirmForm):
    groups = forms.ModelMultipleChoiceField(
        label=_("Groups"),
        queryset=Group.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        changeable = {group.pk for group in actions.changeable_groups(self.actor, self.person)}
        field = self.fields["groups"]
        field.queryset = Group.objects.filter(pk__in=changeable).order_by("name")
        field.initial = [group.pk for group in self.person.groups.all() if group.pk in changeable]
        if not self.actor.is_superuser:
            field.help_text = _("The groups that you are in yourself.")
        if not changeable:
            field.help_text = _("There is no group that you could give or take away.")


class EraseForm(ConfirmForm):
    typed = forms.CharField(
        label=_("Type the person’s e-mail address"),
        help_text=_("So that nobody is erased by a slip."),
        error_messages={"required": _("Type the address to confirm.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.person.email:
            self.fields["typed"].label = _("Type the person’s name")

    def clean_typed(self) -> str:
        wanted = self.person.email or self.person.get_full_name()
        typed = self.cleaned_data["typed"].strip()
        if typed.casefold() != wanted.casefold():
            raise forms.ValidationError(_("This is not “%(wanted)s”.") % {"wanted": wanted})
        return typed


class HandOverForm(ConfirmForm):
    to = forms.CharField(
        label=_("Who takes it over?"),
        max_length=254,
        help_text=_("The e-mail address of somebody who signs in here."),
        error_messages={"required": _("Enter the address of the person who takes over.")},
    )

    def clean_to(self) -> User:
        email = self.cleaned_data["to"].strip()
        found = User.objects.select_related("identity").filter(email__iexact=email)
        found = [one for one in found if one.may_enter]
        if len(found) != 1:
            raise forms.ValidationError(
                _("Nobody who may sign in has this address.")
                if not found
                else _("More than one person has this address.")
            )
        if found[0].pk == self.person.pk:
            raise forms.ValidationError(_("This is the person who hands over. Choose another."))
        return found[0]

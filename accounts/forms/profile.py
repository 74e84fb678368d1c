"""What people say about themselves, and how they like to see the portal."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.users.models import UserProfile

from accounts.models import User
from accounts.profile import avatars

AS_PORTAL = "portal"  # stored as ""
REGIONS = (
    "Europe",
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Indian",
    "Pacific",
)


def time_zones() -> list[tuple[str, Any]]:
    """Return the choices of time zones: the portal's own, then every city by region.

    Names that are only other words for these, such as "US/Eastern", are left out.
    """
    names = sorted(available_timezones())
    as_portal = format_lazy(_("As the portal: {zone}"), zone=_words(settings.TIME_ZONE))
    groups: list[tuple[str, Any]] = [(AS_PORTAL, as_portal), ("UTC", "UTC")]
    for region in REGIONS:
        cities = [name for name in names if name.startswith(f"{region}/")]
        groups.append((region, [(name, _city(name)) for name in cities]))
    return groups


def _words(name: str) -> str:
    return name.replace("_", " ")


def _city(name: str) -> str:
    """Return "Buenos Aires, Argentina" for "America/Argentina/Buenos_Aires"."""
    return ", ".join(reversed(_words(name).split("/")[1:]))


def _none_if_portals(value: str) -> str:
    return "" if value == AS_PORTAL else value


class ProfileForm(forms.ModelForm):
    time_zone = forms.TypedChoiceField(
        label=_("Time zone"),
        choices=time_zones,
        coerce=_none_if_portals,
        widget=forms.Select({"data-time-zone": settings.TIME_ZONE}),
        error_messages={"invalid_choice": _("Choose a time zone from the list.")},
    )
    language = forms.TypedChoiceField(
        label=_("Dates and times"),
        choices=[(AS_PORTAL, _("As the portal")), *settings.LANGUAGES],
        coerce=_none_if_portals,
        error_messages={"invalid_choice": _("Choose one from the list.")},
    )

    class Meta:
        model = User
        fields = ["display_name", "time_zone", "language", "theme"]
        widgets = {"theme": forms.RadioSelect({"class": "form-check-input"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].help_text = self._clock()
        name = self.fields["display_name"]
        name.required = True
        name.label = _("Your name")
        name.help_text = _("As the others know you. It stands beside what you do here.")
        name.error_messages["required"] = _("Enter your name.")

    def _clock(self) -> SafeString:
        """Say what time it is where the person is; the script follows the list."""
        now = timezone.localtime()
        return format_html(
            _('Now it is <time datetime="{}" data-clock="{}">{}</time> there.'),
            now.isoformat(timespec="seconds"),
            self.instance.language or settings.LANGUAGE_CODE,
            date_format(now, "CLOCK"),
        )

    def clean_display_name(self) -> str:
        """Return the name on one line, without letters that nobody sees."""
        typed = self.cleaned_data["display_name"]
        name = " ".join("".join(letter for letter in typed if letter.isprintable()).split())
        if not name:
            raise forms.ValidationError(_("Enter your name."))
        return name

    def save(self, commit: bool = True) -> User:
        """Save what is on this form and nothing else of the row.

        A name that was changed here is the person's own: synchronisation leaves it alone.
        """
        user, fields = self.instance, list(self._meta.fields)
        if "display_name" in self.changed_data:
            user.name_is_own = True
            user.first_name, _space, user.last_name = user.display_name.partition(" ")
            fields += ["name_is_own", "first_name", "last_name"]
        with transaction.atomic():
            user.save(update_fields=fields)
            # The editing area goes by a profile of its own, and else by the portal's zone.
            UserProfile.objects.update_or_create(
                user=user, defaults={"current_time_zone": user.time_zone}
            )
        return user


class PictureForm(forms.Form):
    picture = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG, WebP or HEIC, up to 5 MB. We cut it to a square."),
        error_messages={
            "required": _("Choose a picture first."),
            "empty": _("This file is empty. Choose another."),
        },
    )

    def clean_picture(self) -> bytes:
        return avatars.check(self.cleaned_data["picture"])


class ThemeForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["theme"]

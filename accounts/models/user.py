"""The person, whatever account they came with."""

import uuid
from pathlib import PurePath

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.storage import private_storage

HUES = ("teal", "blue", "violet", "amber", "red", "green", "grey")


class User(AbstractUser):
    """A person. The e-mail is an attribute, not a key: it changes and may repeat."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("As my device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Django wants one unique name. Nobody types or sees it: people sign in by e-mail.
    username = models.CharField(max_length=150, unique=True, default=uuid.uuid4)
    email = models.EmailField(_("e-mail"), blank=True)
    display_name = models.CharField(_("name"), max_length=120, blank=True)
    # Chosen on the profile page: synchronisation then leaves the name alone.
    name_is_own = models.BooleanField(default=False)
    avatar = models.FileField(storage=private_storage, upload_to="avatars", blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)  # IANA name
    language = models.CharField(_("language"), max_length=15, blank=True)
    theme = models.CharField(_("colours"), max_length=5, choices=Theme, default=Theme.AUTO)
    # Set while somebody who asked to be deleted may still change their mind.
    erase_after = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["display_name", "email"]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        return self.display_name or self.email.partition("@")[0] or str(_("Unnamed person"))

    def get_short_name(self) -> str:
        return self.get_full_name().split()[0]

    @property
    def may_enter(self) -> bool:
        """Whether this person may use the portal, and be told what happens in it, right now."""
        identity = getattr(self, "identity", None)
        return self.is_active and (identity is None or identity.may_enter)

    @property
    def opens_admin(self) -> bool:
        """Whether this person may open the editing area; `accounts.backends` asks beforehand."""
        if "admin_granted" not in self.__dict__:
            return self.has_perm("wagtailadmin.access_admin")
        return self.is_active and (self.is_superuser or self.admin_granted)

    @property
    def initials(self) -> str:
        words = self.get_full_name().replace("-", " ").replace(".", " ").split()
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()

    @property
    def avatar_url(self) -> str:
        """Where signed-in people find the picture, "" without one. A new one has a new address."""
        if not self.avatar:
            return ""
        return f"{reverse('accounts:avatar', args=[self.pk])}?{PurePath(self.avatar.name).stem[:8]}"

    @property
    def hue(self) -> str:
        """One of the design's hues, the same one each time for the same person."""
        return HUES[self.pk.int % len(HUES)]

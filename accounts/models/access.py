"""Who may get an account and what they need to sign in, as administrators decide it."""

import uuid
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from accounts import domains
from portal.queue.models import LeasedQuerySet, LeasedRow


@register_setting(icon="lock")
class AccessSettings(BaseGenericSetting):
    class Registration(models.TextChoices):
        OPEN = "open", _("Anybody")
        DOMAINS = "domains", _("Only addresses of the domains below")
        INVITED = "invited", _("Only people who were invited")

    class SecondFactor(models.TextChoices):
        OPTIONAL = "optional", _("Whoever wants it")
        EDITORS = "editors", _("Everybody who opens the editing area")
        MEMBERS = "members", _("Everybody who signs in")

    registration = models.CharField(
        _("who may register"), max_length=8, choices=Registration, default=Registration.OPEN
    )
    allowed_domains = models.TextField(
        _("allowed domains"),
        blank=True,
        help_text=_("One a line, like example.org. Subdomains need a line of their own."),
    )
    denied_domains = models.TextField(
        _("refused domains"),
        blank=True,
        help_text=_("One a line. Nobody registers with an address there, invited or not."),
    )
    second_factor = models.CharField(
        _("second factor"), max_length=8, choices=SecondFactor, default=SecondFactor.OPTIONAL
    )

    panels = [
        MultiFieldPanel(
            ["registration", "allowed_domains", "denied_domains"], heading=_("Registration")
        ),
        FieldPanel(
            "second_factor",
            help_text=_("Who has none yet is asked to set one up on the way in; so are you."),
        ),
    ]

    class Meta:
        verbose_name = _("sign-in and registration")

    def __str__(self) -> str:
        return str(_("Sign-in and registration"))

    def clean(self) -> None:
        problems = {}
        for name in ("allowed_domains", "denied_domains"):
            good, bad = domains.lines(getattr(self, name))
            if bad:
                text = _("Write each domain on its own line, like example.org. Correct: %(bad)s")
                problems[name] = ValidationError(text, params={"bad": ", ".join(bad)})
            setattr(self, name, "\n".join([*good, *bad]))
        if self.registration == self.Registration.DOMAINS and not self.allowed_domains:
            problems["allowed_domains"] = _("Name at least one domain, or nobody can register.")
        if problems:
            raise ValidationError(problems)

    def refuses(self, email: str) -> bool:
        """Return whether nobody may have an account with this address, invited or not."""
        return domains.of_address(email) in domains.lines(self.denied_domains)[0]

    def allows(self, email: str) -> bool:
        """Return whether the address belongs to one of the allowed domains."""
        return domains.of_address(email) in domains.lines(self.allowed_domains)[0]


class InvitationQuerySet(LeasedQuerySet):
    def waiting(self) -> Self:
        """Invitations that somebody may still accept."""
        return self.filter(
            state__in=[LeasedRow.State.PENDING, LeasedRow.State.DONE],
            accepted_at=None,
            withdrawn_at=None,
        )


class Invitation(LeasedRow):
    """Somebody who was asked to join. The worker asks the Auth server to mail them."""

    email = models.EmailField(unique=True)  # lower case
    name = models.CharField(max_length=120, blank=True)
    batch = models.UUIDField(default=uuid.uuid4, db_index=True)  # one list that was uploaded
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    subject = models.UUIDField(null=True, blank=True)  # of the account that the invitation made
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    RESULTS = ("subject",)

    class Meta(LeasedRow.Meta):
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

"""Who people are: the person (`User`), their Supabase account (`Identity`), their sessions."""

import uuid

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.queue.models import LeasedRow

HUES = ("teal", "blue", "violet", "amber", "red", "green", "grey")


class User(AbstractUser):
    """A person. The e-mail is an attribute, not a key: it changes and may repeat."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Django wants one unique name. Nobody types or sees it: people sign in by e-mail.
    username = models.CharField(max_length=150, unique=True, default=uuid.uuid4)
    email = models.EmailField(_("e-mail"), blank=True)
    display_name = models.CharField(_("name"), max_length=120, blank=True)
    time_zone = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=15, blank=True)

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
    def initials(self) -> str:
        words = self.get_full_name().replace("-", " ").replace(".", " ").split()
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()

    @property
    def hue(self) -> str:
        """One of the design's hues, the same one each time for the same person."""
        return HUES[self.pk.int % len(HUES)]


class Identity(models.Model):
    """A Supabase account, keyed by who issued it and its subject; never by e-mail."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="identity"
    )
    issuer = models.CharField(max_length=255)
    subject = models.UUIDField()
    email_seen = models.EmailField(blank=True)
    email_confirmed_at = models.DateTimeField(null=True, blank=True)
    banned_until = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    is_anonymous = models.BooleanField(default=False)
    app_metadata = models.JSONField(default=dict, blank=True)
    applied_updated_at = models.DateTimeField(null=True, blank=True)
    last_sign_in_at = models.DateTimeField(null=True, blank=True)
    last_synced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "identities"
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"], name="accounts_one_identity_per_subject"
            )
        ]

    def __str__(self) -> str:
        return f"{self.email_seen or self.subject}"

    @property
    def is_banned(self) -> bool:
        return self.banned_until is not None and self.banned_until > timezone.now()

    @property
    def may_enter(self) -> bool:
        """Whether this account may use the portal right now."""
        return not (self.is_banned or self.deleted_at or self.is_anonymous)


class AuthSession(models.Model):
    """The Supabase session behind one Django session. Tokens are encrypted and stay here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="sessions")
    # No foreign key: Django deletes and renames session rows behind the ORM's back.
    session_key = models.CharField(max_length=40, unique=True)
    supabase_session_id = models.UUIDField(null=True, blank=True)
    access_token = models.TextField()
    refresh_token = models.TextField()
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"session of {self.identity_id}"

    def end(self) -> None:
        """Delete this row and the Django session it belongs to."""
        Session.objects.filter(session_key=self.session_key).delete()
        self.delete()


class SyncEvent(LeasedRow):
    """Webhook inbox. A hint that somebody changed; the worker reads the truth itself."""

    dedupe_key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=20)
    subject = models.UUIDField()
    hint = models.JSONField(default=dict)

    class Meta(LeasedRow.Meta):
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject}"

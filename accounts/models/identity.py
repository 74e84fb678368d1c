"""A Supabase account and the sessions it has here."""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone

from accounts.models.devices import device_words

WANTED_FOR = timedelta(hours=24)  # links to a new address are dead by then


class Identity(models.Model):
    """A Supabase account, keyed by who issued it and its subject; never by e-mail."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="identity"
    )
    issuer = models.CharField(max_length=255)
    subject = models.UUIDField()
    email_seen = models.EmailField(blank=True, db_index=True)
    email_confirmed_at = models.DateTimeField(null=True, blank=True)
    banned_until = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    is_anonymous = models.BooleanField(default=False)
    providers = models.JSONField(default=list, blank=True)  # names: "email", "google", …
    app_metadata = models.JSONField(default=dict, blank=True)
    applied_updated_at = models.DateTimeField(null=True, blank=True)
    # Tells two records with the same updated_at apart: SQL edits at Supabase do not move it.
    applied_hash = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(null=True, blank=True)  # at the Auth server
    invited_at = models.DateTimeField(null=True, blank=True)
    ban_reason = models.CharField(max_length=200, blank=True)  # ours; Supabase keeps none
    last_sign_in_at = models.DateTimeField(null=True, blank=True)
    last_synced_at = models.DateTimeField(null=True, blank=True)
    # Second factors as the Auth server shows them: id, friendly_name, factor_type, status.
    factors = models.JSONField(default=list, blank=True)
    # An address asked for here that both mailboxes have yet to confirm.
    email_wanted = models.EmailField(blank=True)
    email_wanted_at = models.DateTimeField(null=True, blank=True)

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

    @property
    def email_pending(self) -> str:
        """The address that waits for its confirmation, "" for none."""
        asked_at = self.email_wanted_at
        fresh = asked_at is not None and asked_at > timezone.now() - WANTED_FOR
        return self.email_wanted if fresh and self.email_wanted != self.email_seen else ""

    @property
    def verified_factors(self) -> list[dict[str, Any]]:
        """The authenticator apps this person signs in with."""
        return [
            factor
            for factor in self.factors
            if factor.get("status") == "verified" and factor.get("factor_type") == "totp"
        ]


class AuthSession(models.Model):
    """The Supabase session behind one Django session. Tokens are encrypted and stay here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="sessions")
    # No foreign key: Django deletes and renames session rows behind the ORM's back.
    session_key = models.CharField(max_length=40, unique=True)
    supabase_session_id = models.UUIDField(null=True, blank=True)
    access_token = models.TextField()
    refresh_token = models.TextField()
    expires_at = models.DateTimeField()  # of the access token
    # One request refreshes the tokens; the others wait until then, and take over afterwards.
    refreshing_until = models.DateTimeField(null=True, blank=True)
    aal = models.CharField(max_length=4, default="aal1")  # "aal2" after a second factor
    authenticated_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(default=timezone.now)
    user_agent = models.CharField(max_length=300, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)

    def __str__(self) -> str:
        return f"session of {self.identity_id}"

    @property
    def device(self) -> str:
        return device_words(self.user_agent)

    def end(self) -> None:
        """Delete this row and the Django session it belongs to."""
        Session.objects.filter(session_key=self.session_key).delete()
        self.delete()


class EndedSession(models.Model):
    """A Supabase session that was ended here. Its access token lives on, and is refused."""

    session_id = models.UUIDField(primary_key=True)
    ended_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return str(self.session_id)

"""What `accounts` knows of a person."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, AuthSession, DataExport, Identity, Invitation, User
from accounts.personal_data import (
    FORMER_MEMBER,
    File,
    Holding,
    Part,
    Rows,
    addresses,
    delete_on_commit,
)

HOLDINGS = {
    "accounts.User": Holding(
        ("username", "first_name", "last_name", "email", "display_name", "avatar"),
        "account.json, files/",
        "the row stays as a “Former member”, everything else in it is emptied",
    ),
    "accounts.User_groups": Holding(("user",), "account.json", "deleted"),
    "accounts.User_user_permissions": Holding(
        ("user",), "- nobody is given single permissions here", "deleted"
    ),
    "accounts.Identity": Holding(
        ("user", "subject", "email_seen", "email_wanted", "factors"),
        "account.json",
        "a tombstone stays: issuer and subject, so that a late webhook brings nobody back",
    ),
    "accounts.AuthSession": Holding(
        ("identity", "address", "user_agent", "supabase_session_id"), "sessions.json", "deleted"
    ),
    "accounts.RoleGrant": Holding(("user",), "account.json", "deleted"),
    "accounts.DataExport": Holding(
        ("user", "file"), "- it is the copy itself", "deleted with the file"
    ),
    "accounts.Invitation": Holding(
        ("email", "name", "invited_by", "subject"),
        "account.json",
        "theirs is deleted; those they sent to others stay without their name",
    ),
    "accounts.AuditEntry": Holding(
        ("actor_id", "target_id", "address"),
        "account-events.json",
        "stays, because the log proves what happened: ids and network addresses, no names",
    ),
    "accounts.SyncEvent": Holding(
        ("subject",), "- an id without a name", "goes after 30 days like all of them"
    ),
    "accounts.SweepRequest": Holding(
        ("requested_by",), "- work for the portal, not about them", "leads to “Former member”"
    ),
}
IDENTITY_KEPT = {"id", "user", "issuer", "subject", "applied_updated_at"}
USER_KEPT = {"id", "date_joined"}


def export(user: User) -> Iterator[Part]:
    yield Rows("account.json", [_account(user)])
    sessions = AuthSession.objects.filter(identity__user=user)
    names = ("created_at", "last_seen_at", "address", "user_agent", "aal")
    yield Rows("sessions.json", sessions.values(*names).iterator())
    concerned = AuditEntry.objects.filter(Q(target_id=user.pk) | Q(actor_id=user.pk))
    names = ("at", "event", "address")
    yield Rows("account-events.json", concerned.order_by("at").values(*names).iterator())
    if user.avatar:
        yield File("files/picture.webp", user.avatar)


def _account(user: User) -> dict[str, Any]:
    identity = Identity.objects.filter(user=user).first()
    invitations = Invitation.objects.filter(email__in=addresses(user))
    account = {
        name: getattr(user, name)
        for name in ("id", "display_name", "email", "time_zone", "language", "theme", "date_joined")
    }
    account["groups"] = [group.name for group in user.groups.all()]
    account["invited_at"] = [invitation.created_at for invitation in invitations]
    if identity:
        names = ("issuer", "subject", "providers", "app_metadata", "email_confirmed_at")
        account["supabase"] = {name: getattr(identity, name) for name in names}
    return account


def obstacles(user: User) -> Iterator[str]:
    """The portal needs one administrator who stays."""
    staying = User.objects.filter(is_superuser=True, is_active=True, erase_after=None)
    if user.is_superuser and not staying.exclude(pk=user.pk).exists():
        yield _("You are the only administrator. Make somebody else one first.")


def erase(user: User) -> None:
    identity = Identity.objects.select_for_update().filter(user=user).first()
    subjects = [identity.subject] if identity else []
    Invitation.objects.filter(Q(email__in=addresses(user)) | Q(subject__in=subjects)).delete()
    for copy in DataExport.objects.filter(user=user):
        delete_on_commit(copy.file)
        copy.delete()
    user.role_grants.all().delete()
    user.groups.clear()
    user.user_permissions.clear()
    if identity:
        _bury(identity)
    delete_on_commit(user.avatar)
    _empty(user)


def _bury(identity: Identity) -> None:
    """Leave issuer and subject: whoever comes again under them is known to be erased."""
    for session in identity.sessions.all():
        session.end()
    for field in Identity._meta.concrete_fields:
        if field.name not in IDENTITY_KEPT:
            setattr(identity, field.name, field.get_default())
    identity.deleted_at = identity.last_synced_at = timezone.now()
    identity.save()


def _empty(user: User) -> None:
    for field in User._meta.concrete_fields:
        if field.name not in USER_KEPT:
            setattr(user, field.name, field.get_default())
    user.set_unusable_password()
    user.display_name = user.first_name = FORMER_MEMBER
    user.is_active = False
    user.erased_at = timezone.now()
    user.save()

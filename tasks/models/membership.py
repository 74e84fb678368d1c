"""Who belongs to a project, and as what."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tasks.models.versioned import Versioned


class MembershipQuerySet(models.QuerySet):
    def current(self) -> Self:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=Now()))

    def of(self, user) -> Self:
        """Memberships that ``user`` has now, personally or through a group."""
        groups = Group.objects.filter(user=user).values("pk")
        return self.current().filter(Q(user=user) | Q(group__in=groups))

    def ways_of(self, user) -> tuple[Self, Self]:
        """The same apart, personal and through groups: an index finds each, but no "or" of both."""
        return self.current().filter(user=user), self.current().filter(group__user=user)


class Membership(Versioned):
    class Role(models.TextChoices):
        VIEWER = "viewer", _("Viewer")
        GUEST = "guest", _("Guest")
        MEMBER = "member", _("Member")
        CONTRIBUTOR = "contributor", _("Contributor")
        MANAGER = "manager", _("Manager")

    class Source(models.TextChoices):
        MANUAL = "manual", _("Added by a person")
        ROLE_RULE = "role_rule", _("From a role in Supabase")

    project = models.ForeignKey(
        "tasks.Project", on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="memberships",
    )
    group = models.ForeignKey(
        Group, null=True, blank=True, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=12, choices=Role, default=Role.MEMBER)
    source = models.CharField(max_length=10, choices=Source, default=Source.MANUAL)
    # Of a role rule; the row goes with it.
    granted_by = models.ForeignKey(
        "tasks.ProjectRole",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.CASCADE,
        related_name="memberships",
    )
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None, group__isnull=False) | Q(user__isnull=False, group=None),
                name="tasks_membership_user_or_group",
            ),
            models.UniqueConstraint(
                fields=["project", "user"],
                condition=Q(granted_by=None),
                name="tasks_one_manual_membership",
                violation_error_message=_("This person belongs to the project already."),
            ),
            models.UniqueConstraint(
                fields=["granted_by", "user"], name="tasks_one_membership_by_rule"
            ),
            models.UniqueConstraint(fields=["project", "group"], name="tasks_one_group_membership"),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.group} in {self.project}"

    def clean(self) -> None:
        if self.granted_by_id:
            raise ValidationError(_("A role rule gives this. Change the rule instead."))

    def validate_constraints(self, exclude: set[str] | None = None) -> None:
        # Forms leave it out, and Django would then not look at the constraint that names it.
        super().validate_constraints({*(exclude or ())} - {"granted_by"})

"""Rules that turn what Supabase says about an account into rights here."""

import uuid

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.models import ClusterableModel


class RoleRuleQuerySet(models.QuerySet):
    def current(self) -> "RoleRuleQuerySet":
        return self.filter(models.Q(expires_at=None) | models.Q(expires_at__gt=timezone.now()))


class RoleRule(ClusterableModel):
    """Accounts whose `app_metadata` has this value get a group. Never makes a superuser.

    Project roles hang on a rule from outside (`tasks.ProjectRole`), because projects live
    on a higher floor.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    claim = models.CharField(
        _("claim"),
        max_length=100,
        default="role",
        validators=[
            RegexValidator(
                r"^[^.\s]+(\.[^.\s]+)*$",
                _("Write words with a dot between them, like teams.repairs."),
            )
        ],
        help_text=_("Key in app_metadata, with dots for nested ones: role, or teams.repairs."),
    )
    value = models.CharField(
        _("value"),
        max_length=100,
        help_text=_("The claim equals this, or is a list that contains it."),
    )
    group = models.ForeignKey(
        Group,
        verbose_name=_("group"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,  # the rule may give project roles as well
        related_name="role_rules",
    )
    expires_at = models.DateTimeField(_("ends"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RoleRuleQuerySet.as_manager()

    class Meta:
        ordering = ["claim", "value"]
        verbose_name = _("role rule")

    def __str__(self) -> str:
        return f"{self.claim} = {self.value}"


class RoleGrant(models.Model):
    """A group that a person has because of a rule, and not because somebody put them in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="role_grants"
    )
    # Without its rule a grant still says that nobody put the person in by hand.
    rule = models.ForeignKey(RoleRule, null=True, on_delete=models.SET_NULL, related_name="grants")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "rule", "group"], name="accounts_one_grant_per_rule"
            )
        ]

    def __str__(self) -> str:
        return f"{self.group_id} by {self.rule_id}"

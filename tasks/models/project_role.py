"""Roles in projects that come from what Supabase says about an account."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey

from tasks.models.membership import Membership
from tasks.models.project import Project
from tasks.models.row import Row


class ProjectRole(Row):
    """What a role rule gives in one project.

    Everybody whom the rule applies to has a `Membership` of its own for it, beside one that
    somebody gave them by hand: neither changes the other, and what a person may do is the
    union. It ends with the rule.
    """

    rule = ParentalKey("accounts.RoleRule", on_delete=models.CASCADE, related_name="project_roles")
    project = models.ForeignKey(
        Project, verbose_name=_("project"), on_delete=models.CASCADE, related_name="+"
    )
    role = models.CharField(
        _("role"), max_length=12, choices=Membership.Role, default=Membership.Role.MEMBER
    )

    class Meta:
        ordering = ["project__name"]
        verbose_name = _("project role")
        constraints = [
            models.UniqueConstraint(fields=["rule", "project"], name="tasks_one_role_per_rule")
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} of {self.project}"

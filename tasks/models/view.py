"""A list or board as somebody likes to see it, kept under a name."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tasks.models.project import Project
from tasks.models.versioned import Versioned


class SavedView(Versioned):
    """What stands behind the "?" of a list's or board's address, under a name.

    Private to its owner, or, ``shared``, offered to everybody of the project. It grants
    nothing: each reader sees in it what they may see anyway.
    """

    class Layout(models.TextChoices):
        LIST = "list", _("List")
        BOARD = "board", _("Board")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="saved_views")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    name = models.CharField(_("name"), max_length=60)
    layout = models.CharField(max_length=6, choices=Layout, default=Layout.LIST)
    query = models.CharField(max_length=2_000, blank=True)  # "status=doing&owner=me"
    shared = models.BooleanField(_("for everybody of the project"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "owner", "name"], name="tasks_one_view_name"
            ),
            models.UniqueConstraint(
                fields=["project", "name"],
                condition=Q(shared=True),
                name="tasks_one_shared_view_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name

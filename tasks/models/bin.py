"""What hangs on a task can be put in the bin and taken back, like the task itself."""

from django.db import models


class AliveManager(models.Manager):
    """Rows that are not in the bin."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(deleted_at=None)

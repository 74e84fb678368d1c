"""What all rows of tasks share."""

import uuid

from django.db import models


class Row(models.Model):
    """A row with a UUID key. Wagtail's index of references, which is for pages, leaves it out."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True

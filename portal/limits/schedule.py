"""What the schedule does for limits."""

import time

from portal.limits.models import Bucket


def clear_full_buckets() -> None:
    """Delete the buckets that are full again: one without a row is full."""
    Bucket.objects.filter(full_at__lt=time.time()).delete()

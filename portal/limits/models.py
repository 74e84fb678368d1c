"""The buckets' one table. `portal.limits.buckets` is the only writer of its rows."""

from django.db import models


class Bucket(models.Model):
    """A bucket that is not full. Without a row it is.

    One number says how full: the moment from which it is full again, if nobody spends.
    """

    # A keyed hash: nobody reads an address or an e-mail from this table.
    key = models.CharField(max_length=64, primary_key=True)
    # Unix seconds. No index on purpose: PostgreSQL then rewrites a row in its place.
    full_at = models.FloatField()

    class Meta:
        verbose_name = "request limit"

    def __str__(self) -> str:
        return f"bucket {self.key[:8]}"

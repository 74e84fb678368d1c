"""An aggregate that Django has for one database only."""

from typing import Any

from django.db.models import Aggregate, JSONField


class JSONList(Aggregate):
    """The values of a group as one JSON array, in no order.

    In a subquery it brings what belongs to a row along with the row: one query less.
    """

    function = "JSONB_AGG"
    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return super().as_sql(compiler, connection, function="JSON_GROUP_ARRAY", **context)

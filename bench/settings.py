"""The portal's settings, with the count of queries on each answer."""

from portal.settings import *  # noqa: F403 - the same settings, one middleware more

MIDDLEWARE = ["bench.count_queries.CountQueries", *MIDDLEWARE]  # noqa: F405 - see above

"""A middleware of the benchmarks only: each answer says how many statements it cost."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse


class CountQueries:
    """Say in `X-Queries` how many SQL statements the answer took, all middleware included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        count = 0

        def counting(execute, statement, params, many, context):
            nonlocal count
            count += 1
            return execute(statement, params, many, context)

        with connection.execute_wrapper(counting):
            response = self.get_response(request)
        response.headers["X-Queries"] = str(count)
        return response

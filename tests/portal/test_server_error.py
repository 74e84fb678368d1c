"""What people see when we fail: 503 without a database, 500 for our own mistakes."""

import pytest
from django.db import OperationalError

from portal.views import server_error


@pytest.mark.parametrize(
    ("error", "status"), [(OperationalError("gone"), 503), (ValueError("ours"), 500)]
)
def test_it_tells_an_outage_from_a_mistake(rf, error, status):
    try:
        raise error
    except type(error):
        response = server_error(rf.get("/"))
    assert response.status_code == status
    assert str(error) not in response.content.decode()


def test_an_outage_says_when_to_come_back(rf):
    try:
        raise OperationalError
    except OperationalError:
        assert server_error(rf.get("/"))["Retry-After"] == "60"

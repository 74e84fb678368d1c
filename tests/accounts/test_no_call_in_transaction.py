"""No row stays locked while the Auth server thinks: `conftest.auth` looks at every call."""

import pytest
from django.db import transaction

from accounts.supabase import auth as calls


def test_a_call_inside_a_transaction_would_be_seen(auth):
    with pytest.raises(AssertionError, match="inside a transaction"), transaction.atomic():
        calls.send_recovery("ada@lindencourt.example", "")
    assert not auth.requests


def test_a_call_outside_is_let_through(auth):
    auth.answers["POST /recover"] = (200, {})
    calls.send_recovery("ada@lindencourt.example", "")
    assert len(auth.requests) == 1

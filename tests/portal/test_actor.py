"""Who acts: the person of the request, or of the block, and nobody afterwards."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory

from portal.actor import ActorMiddleware, acting, current_actor


def act(user) -> list:
    seen = []

    def view(request) -> HttpResponse:
        seen.append(current_actor())
        return HttpResponse()

    request = RequestFactory().get("/")
    request.user = user
    ActorMiddleware(view)(request)
    return seen


def test_it_is_the_requests_user(amara):
    assert act(amara) == [amara]


def test_it_is_nobody_for_a_visitor(db):
    assert act(AnonymousUser()) == [None]


def test_it_is_nobody_outside_of_a_request(amara):
    act(amara)
    assert current_actor() is None


def test_it_is_whoever_a_block_names_and_ends_with_it(amara, tomasz):
    with acting(amara):
        with acting(tomasz):
            assert current_actor() == tomasz
        assert current_actor() == amara
    assert current_actor() is None


def test_it_ends_with_a_block_that_fails(amara):
    with pytest.raises(RuntimeError), acting(amara):
        raise RuntimeError
    assert current_actor() is None

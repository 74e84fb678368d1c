"""Who is acting: the person whose request, form or command is being carried out.

Models record it without being handed it, so that a change in the Wagtail admin, which
calls `instance.save()` and nothing else, names its author too.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse

_actor: ContextVar[Callable[[], AbstractBaseUser | None]] = ContextVar(
    "actor", default=lambda: None
)
_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


def current_actor() -> AbstractBaseUser | None:
    """Return the signed-in person who is acting, or None for a visitor or the system."""
    user = _actor.get()()
    return user if user is not None and user.is_authenticated else None


def current_request() -> HttpRequest | None:
    """Return the request being handled, or None in a command or worker."""
    return _request.get()


@contextmanager
def acting(user: AbstractBaseUser | None) -> Iterator[None]:
    """Make ``user`` the actor inside the block: for commands, workers and tests."""
    token = _actor.set(lambda: user)
    try:
        yield
    finally:
        _actor.reset(token)


class ActorMiddleware:
    """Make the request's user the actor while the request is handled.

    The user is asked for only when something changes, so an anonymous page needs no
    session query because of it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor, current = _actor.set(lambda: request.user), _request.set(request)
        try:
            return self.get_response(request)
        finally:
            _actor.reset(actor)
            _request.reset(current)

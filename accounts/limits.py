"""How often somebody may try to come in or be mailed, before the Auth server is asked.

Counted per client and per address typed, whether or not the address has an account.
"""

from dataclasses import dataclass

from accounts.supabase.errors import Limited
from portal import limits
from portal.actor import current_request


@dataclass(frozen=True)
class Bounds:
    """Attempts that pass at once, and the seconds after which as many pass again."""

    client: tuple[int, int]
    person: tuple[int, int] | None = None  # None where nobody says who they are


# docs/operators.md lists them.
BOUNDS = {
    "sign-in": Bounds(client=(30, 300), person=(10, 300)),
    "sign-up": Bounds(client=(20, 300), person=(5, 300)),
    "mail": Bounds(client=(20, 300), person=(5, 900)),
    "code": Bounds(client=(30, 300), person=(5, 300)),
    "second-factor": Bounds(client=(30, 300), person=(5, 300)),
    "social": Bounds(client=(30, 300)),  # each begins a row in the table of sessions
}


def check(act: str, person: str = "") -> None:
    """Count one attempt at ``act`` by the client of this request and for ``person``.

    ``person`` is an address as typed, or the id of an account. Raises Limited with the
    seconds after which it makes sense to try again. Call it outside a transaction.
    """
    bounds, request = BOUNDS[act], current_request()
    buckets = [(f"{act} person", limits.same_text(person), bounds.person)] if bounds.person else []
    if request is not None:
        buckets.insert(0, (f"{act} client", limits.client_key(request), bounds.client))
    for name, key, (tries, seconds) in buckets:
        decision = limits.spend(name, key, limit=tries, seconds=seconds)
        if not decision.allowed:
            raise Limited("portal_limit", decision.retry_after)


def succeeded(act: str, person: str) -> None:
    """Forget the attempts for ``person``, who has just come in. The client's stay counted."""
    limits.refill(f"{act} person", limits.same_text(person))

"""Facts of an e-mail that nobody may read in the database: one-time links and digits."""

import json
from typing import Any

from accounts.sessions import token_vault

SEALED = "sealed"  # the context's key


class Unopened(Exception):
    """The secret facts are gone, or were sealed with another SECRET_KEY."""


def seal(secrets: dict[str, str]) -> dict[str, str]:
    """Return the part of an e-mail's context that holds ``secrets`` encrypted."""
    return {SEALED: token_vault.seal(json.dumps(secrets))}


def opened(context: dict[str, Any]) -> dict[str, Any]:
    """Return the context with its secret facts, for rendering only. Raises Unopened."""
    if SEALED not in context:
        return context
    if not context[SEALED]:
        raise Unopened
    try:
        secrets = json.loads(token_vault.unseal(context[SEALED]))
    except token_vault.Unreadable as error:
        raise Unopened from error
    return {name: value for name, value in context.items() if name != SEALED} | secrets


def emptied(context: dict[str, Any]) -> dict[str, Any]:
    """Return the context without its secret facts; that it had some can still be seen."""
    return {**context, SEALED: ""} if SEALED in context else context

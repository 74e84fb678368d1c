"""What `notifications` knows of a person: the e-mails that they got, or that name them."""

import json
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from accounts.personal_data import FORMER_MEMBER, Holding, Part, Rows, addresses
from notifications.models import Email

HOLDINGS = {
    "notifications.Email": Holding(
        ("recipient", "to_name", "to_address", "context", "subject", "idempotency_key"),
        "e-mails.json",
        "those to them are deleted, sent ones that name them too; waiting ones lose the name",
    ),
}


def export(user: AbstractBaseUser) -> Iterator[Part]:
    mails = Email.objects.filter(recipient=user).order_by("created_at")
    # Not the facts in them: some hold one-time links.
    names = ("to_address", "subject", "template", "state", "created_at", "finished_at")
    yield Rows("e-mails.json", mails.values(*names).iterator())


def erase(user: AbstractBaseUser) -> None:
    theirs = Q(recipient=user)
    for address in addresses(user):
        theirs |= Q(to_address__iexact=address)
    wanted = getattr(getattr(user, "identity", None), "email_wanted", "")
    if wanted:  # perhaps somebody else's: only what was mailed because of the wish
        theirs |= Q(to_address__iexact=wanted, template="auth-email-change-new")
    Email.objects.filter(theirs).delete()
    forget({user.get_full_name(), *addresses(user)})


def forget(words: set[str]) -> None:
    """Take names and addresses out of the facts of e-mails to other people.

    Only facts that are such a word and nothing else: what people wrote stays theirs.
    """
    words = {word for word in words if word}
    for email in _mentioning(words):
        if not words & set(_texts(email.context)):
            continue
        if email.state == Email.State.PENDING:
            context = _without(email.context, words)
            Email.objects.filter(pk=email.pk).update(context=context, subject="")
        else:
            email.delete()


def _mentioning(words: set[str]) -> list[Email]:
    found = Q(pk=None)
    for word in words:
        # SQLite keeps JSON as it was written, with escapes; PostgreSQL without them.
        for ascii_only in (True, False):
            found |= Q(facts_text__contains=json.dumps(word, ensure_ascii=ascii_only))
    return list(Email.objects.annotate(facts_text=Cast("context", TextField())).filter(found))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _without(value: Any, words: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(part, words) for key, part in value.items()}
    if isinstance(value, list):
        return [_without(part, words) for part in value]
    return FORMER_MEMBER if isinstance(value, str) and value in words else value

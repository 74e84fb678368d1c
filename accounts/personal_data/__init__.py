"""What the portal knows of a person: a copy for them, and forgetting it.

The modules named in `settings.PERSONAL_DATA` answer for their apps. Each has

* ``HOLDINGS: dict[str, Holding]``: every model that holds personal data, by its label;
* ``export(user) -> Iterator[Part]``: what goes into the person's copy. Parts are small, the
  rows in them are read when they are written;
* ``erase(user) -> None``: forget the person. Called inside a transaction with the user row
  locked, from the top floor down, so that the name is still known on each floor. No network;
  files are deleted on commit. Idempotent;
* optionally ``obstacles(user) -> Iterator[str]``: sentences that say what the person has to
  do first before they can delete their account.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models.fields.files import FieldFile

FORMER_MEMBER = "Former member"


@dataclass(frozen=True)
class Holding:
    """What one model holds of people and what becomes of it."""

    fields: tuple[str, ...]  # those that name a person, lead to one, or hold what they are
    copy: str  # the file in the person's copy, or "-" and why it is not in there
    erasure: str


@dataclass(frozen=True)
class Rows:
    """A list of JSON objects, as one file of the copy."""

    path: str  # ends in .json
    rows: Iterable[dict[str, Any]]


@dataclass(frozen=True)
class File:
    """A file of the person's own."""

    path: str  # begins with files/
    file: FieldFile


Part = Rows | File


def modules() -> list[ModuleType]:
    """Return the modules of `settings.PERSONAL_DATA`, lowest floor first."""
    return [import_module(name) for name in settings.PERSONAL_DATA]


def addresses(user: AbstractBaseUser) -> set[str]:
    """Return the e-mail addresses we know to be the person's, in lower case.

    Not one that they only wish for: anybody may type anybody's there.
    """
    identity = getattr(user, "identity", None)
    known = [user.email, identity.email_seen if identity is not None else ""]
    return {address.lower() for address in known if address}


def delete_on_commit(file: FieldFile) -> None:
    """Delete a stored file once the change that lets go of it is certain."""
    if file:
        storage, name = file.storage, file.name
        transaction.on_commit(lambda: storage.delete(name))

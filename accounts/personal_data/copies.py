"""A person's copy of their data: one ZIP, made by the worker, fetched once, gone after a day."""

import hashlib
import json
import shutil
import time
import zipfile
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.files import File as StoredFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import audit
from accounts.models import DataExport, User
from accounts.personal_data import File, Part, Rows, delete_on_commit, modules
from portal.queue.models import Cancelled

KEPT = timedelta(hours=24)
A_DAY = 3  # copies one person may ask for
HEARTBEAT_SECONDS = 10  # keeps the lease while a large file is packed


class TooMany(Exception):
    """This person asked for as many copies as one may within a day."""


class LeaseLost(Exception):
    """Another worker makes this copy now."""


class Gone(Exception):
    """This copy was fetched before, or its day is over."""


def latest(user: User) -> DataExport | None:
    """Return the copy the person asked for last."""
    return user.data_exports.first()


def ask(user: User) -> DataExport:
    """Ask for a copy; while one is being made, return that one. Raises TooMany."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # two clicks at once ask once
        last = latest(user)
        if last and last.is_open:
            return last
        since = timezone.now() - timedelta(days=1)
        if user.data_exports.filter(created_at__gt=since).count() >= A_DAY:
            raise TooMany
        for old in user.data_exports.exclude(file=""):
            _discard(old)
        audit.record("export.requested", target=user.pk)
        return DataExport.objects.create(user=user)


def address(copy: DataExport) -> str:
    """Return the path that fetches the copy: once, and for its owner only."""
    return reverse("accounts:export-file", args=[_token(copy)])


def _token(copy: DataExport) -> str:
    # Made again when it is needed: the database holds nothing that opens a copy.
    return salted_hmac("accounts.copies", str(copy.pk), algorithm="sha256").hexdigest()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find(user: User, token: str) -> DataExport:
    """Return the copy that ``token`` fetches for ``user``. Raises Gone, or Http404."""
    copy = DataExport.objects.filter(user=user, token_hash=_hash(token)).first()
    if copy is None:
        raise Http404
    if not copy.is_ready:
        raise Gone
    return copy


def hand_out(user: User, token: str) -> IO[bytes]:
    """Return the open ZIP and delete it: of two who ask at once, one gets it.

    Raises Gone for a copy that was fetched before or is too old, Http404 for no such copy.
    """
    copy = find(user, token)
    with transaction.atomic():
        unfetched = DataExport.objects.filter(pk=copy.pk, downloaded_at=None)
        if not unfetched.update(downloaded_at=timezone.now()):
            raise Gone
        file = copy.file.storage.open(copy.file.name)
        _discard(copy)
        audit.record("export.downloaded", target=user.pk)
    return file


def make(copy: DataExport) -> None:
    """Make the ZIP of a leased row, note how far it is, and have the person told. Idempotent."""
    if copy.expires_at:  # it was made, but the worker died before it could say so
        return
    if not copy.user.may_enter:
        raise Cancelled("The account is closed or banned.")
    path = f"exports/{copy.pk.hex}.zip"
    _advance(copy, file=path, progress=0)
    storage = copy.file.storage
    folder = Path(settings.PRIVATE_MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=folder) as target:  # vanishes with this process
        pack(parts(copy.user), target, lambda percent: _advance(copy, progress=percent))
        target.seek(0)
        storage.delete(path)
        storage.save(path, StoredFile(target))
    with transaction.atomic():
        expires_at = timezone.now() + KEPT
        _advance(copy, progress=100, expires_at=expires_at, token_hash=_hash(_token(copy)))
        audit.record("export.ready", target=copy.user_id, until=expires_at.isoformat())


def _advance(copy: DataExport, **changes: Any) -> None:
    if not copy.advance(**changes):
        raise LeaseLost


def parts(user: User) -> list[Part]:
    """Return everything that goes into the copy; what is in it is read while it is packed."""
    return [part for module in modules() for part in module.export(user)]


def pack(parts: list[Part], target: IO[bytes], report: Callable[[int], None]) -> None:
    """Write ``parts`` as a ZIP into ``target``; ``report`` is told per cent, now and then.

    Memory does not grow with the size of the parts. Files that are lost are listed in the
    ZIP instead of stopping it.
    """
    missing, last, heard = [], 0, time.monotonic()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, part in enumerate(parts):
            if isinstance(part, Rows):
                _write_rows(archive, part.path, part.rows)
            elif not _write_file(archive, part):
                missing.append({"file": part.path})
            percent = (number + 1) * 99 // len(parts)
            if percent > last or time.monotonic() - heard > HEARTBEAT_SECONDS:
                report(percent)
                last, heard = percent, time.monotonic()
        if missing:
            _write_rows(archive, "missing-files.json", missing)


def _write_rows(archive: zipfile.ZipFile, path: str, rows: Iterable[dict[str, Any]]) -> None:
    with archive.open(_entry(path, zipfile.ZIP_DEFLATED), "w", force_zip64=True) as entry:
        between = "[\n"
        for row in rows:
            text = json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
            entry.write((between + text).encode(errors="replace"))
            between = ",\n"
        entry.write(b"[]\n" if between == "[\n" else b"\n]\n")


def _write_file(archive: zipfile.ZipFile, part: File) -> bool:
    """Write one file of theirs; return False when it is lost. Pictures do not shrink further."""
    try:
        source = part.file.storage.open(part.file.name)
    except OSError:
        return False
    with (
        source,
        archive.open(_entry(part.path, zipfile.ZIP_STORED), "w", force_zip64=True) as entry,
    ):
        shutil.copyfileobj(source, entry, 1024 * 1024)
    return True


def _entry(path: str, compression: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, timezone.localtime().timetuple()[:6])
    entry.compress_type = compression
    entry.external_attr = 0o600 << 16
    return entry


def clear_expired() -> None:
    """Delete ZIPs that were fetched, whose day is over, or that were never finished."""
    over = Q(expires_at__lte=timezone.now()) | Q(downloaded_at__isnull=False)
    unfinished = Q(state__in=[DataExport.State.DEAD, DataExport.State.CANCELLED], expires_at=None)
    for copy in DataExport.objects.filter(over | unfinished).exclude(file=""):
        with transaction.atomic():
            _discard(copy)


def _discard(copy: DataExport) -> None:
    delete_on_commit(copy.file)
    DataExport.objects.filter(pk=copy.pk).update(file="")

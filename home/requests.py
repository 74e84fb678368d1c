"""A form opens a task: the one place where what visitors send reaches the task floor."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from portal import limits
from tasks import files, services
from tasks.files import CheckedFile as Photo
from tasks.models import Request, Task

if TYPE_CHECKING:
    from home.models import RequestFormPage
    from home.visitor_forms import Parts, VisitorForm


TITLE_WORDS = 70  # characters of a title that come from the description
# Up to the first end of a sentence that leaves more than an abbreviation: "Mr. Klein's tap".
SENTENCE = re.compile(r".{12,}?[.!?](?=\s)|.*")
HOURLY_LIMIT = 10
CLIENT_LIMIT, CLIENT_SECONDS = 20, 600  # a house or an office may share one address
OVERALL_LIMIT, OVERALL_SECONDS = 600, 3600


def check_photo(upload: UploadedFile) -> Photo:
    """Return a visitor's photo checked, or raise ValidationError that says what to do."""
    return files.check(upload, images_only=True)


def too_many_from(address: str) -> bool:
    """Return whether ``address`` sent HOURLY_LIMIT requests within the last hour.

    Each is answered by e-mail, and nobody has shown that the address is theirs.
    """
    lately = timezone.now() - timedelta(hours=1)
    sent = Request.objects.filter(email__iexact=address, created_at__gt=lately)
    return bool(address) and sent.count() >= HOURLY_LIMIT


def wait_seconds(request: HttpRequest) -> int:
    """Count one sent form; return how long to wait before the next, 0 when this one may pass."""
    client = limits.client_key(request)
    decision = limits.spend("form client", client, limit=CLIENT_LIMIT, seconds=CLIENT_SECONDS)
    if decision.allowed:
        decision = limits.spend("form", "", limit=OVERALL_LIMIT, seconds=OVERALL_SECONDS)
    return decision.retry_after


def open_task(page: "RequestFormPage", form: "VisitorForm", user: AbstractBaseUser) -> Request:
    """Open a task in the page's project from a valid ``form``; return the request.

    Sent twice, the same form opens one task. Writes rows only: mails go out later.
    """
    parts = form.parts()
    return services.open_request(
        project=page.project,
        title=_title(parts) or page.title,
        body=parts.body,
        name=parts.name or _("A visitor"),
        email=parts.email,
        form_title=page.title,
        answers=parts.answers,
        priority=parts.priority or Task.Priority.NORMAL,
        requester=user if user.is_authenticated else None,
        files=form.photos(),
        submission_key=form.submission_key,
    )


def _title(parts: "Parts") -> str:
    """Return what is wrong and where: the words of the description come first."""
    words = _first_words(parts.body) if parts.title_begins_with_body or not parts.title else ""
    return " · ".join(part for part in [words, *parts.title] if part)


def _first_words(text: str) -> str:
    """Return the first sentence of ``text``, cut at a word to at most TITLE_WORDS characters."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    # "Good morning," is no news, unless it is all there is.
    line = next((line for line in lines if not line.endswith(",")), "".join(lines[:1]))
    line = SENTENCE.match(line)[0].rstrip(" .,")
    line = line[:1].upper() + line[1:]
    if len(line) <= TITLE_WORDS:
        return line
    cut = line[: TITLE_WORDS - 1]
    if line[TITLE_WORDS - 1] != " ":
        cut = cut.rpartition(" ")[0] or cut
    return cut.rstrip(" .,;:–") + "…"

"""How a view that changed something answers: in place for htmx, else back to the page."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form gets: the data sent, also when empty, and None when nothing was."""
    return request.POST if request.method == "POST" else None


def began_at(request: HttpRequest) -> int | None:
    """Return the version of the row that a form was opened with, if it says one."""
    version = request.POST.get("version", "")[:9]
    return int(version) if version.isascii() and version.isdigit() else None


def back(request: HttpRequest, default: Any) -> HttpResponseRedirect:
    """Return a redirect to the page named by the form's `next`, if it is ours."""
    url = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure()):
        return HttpResponseRedirect(url)
    return redirect(default)


@contextmanager
def refusing() -> Iterator[None]:
    """Answer 403 with the reason where a button asks for what cannot be done.

    There is no form to show the mistake in. With htmx it is said beside the button.
    """
    try:
        yield
    except ValidationError as error:
        raise PermissionDenied(" ".join(error.messages)) from error


def changed(
    request: HttpRequest,
    said: str,
    template: str,
    context: dict[str, Any],
    default: Any,
    *,
    change_id: UUID | None = None,
    warning: str = "",
) -> HttpResponse:
    """Return the fragment ``template``, which says ``said`` to the live region, for htmx.

    Otherwise say it as a message on the page it came from, or on ``default``. With a
    ``change_id`` (see `one_change`) both come with a button that takes the change back.
    A ``warning`` says what did not come of it, for all to see.
    """
    if request.htmx:
        context |= {"said": said, "change_id": change_id, "warning": warning}
        return render(request, template, context)
    tell(request, said, change_id=change_id)
    if warning:
        messages.warning(request, warning)
    return back(request, default)


def tell(request: HttpRequest, said: str, *, change_id: UUID | None = None) -> None:
    """Say on the next page what was done, with "Undo" where that can be taken back."""
    messages.success(request, said, extra_tags=f"undo:{change_id}" if change_id else "")

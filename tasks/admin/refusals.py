"""Rows that cannot be deleted now: the page says why, and what to do."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from wagtail.admin.views.generic import DeleteView


class ReasonedDeleteView(DeleteView):
    """`why_not` returns the reason against it, or ""; asked again when it is done.

    ``instead`` leads to the page where the next best is done, and says what that is.
    """

    template_name = "tasks/admin/row_delete.html"
    instead: tuple[str, str] | None = None

    def why_not(self) -> str:
        return ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reason = kwargs.pop("reason", None) or self.why_not()
        return super().get_context_data(**kwargs) | {"reason": reason, "is_protected": bool(reason)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if reason := self.why_not():
                raise ValidationError(reason)
            return super().post(request, *args, **kwargs)
        except ValidationError as error:
            context = self.get_context_data(reason=" ".join(error.messages))
            return self.render_to_response(context, status=409)

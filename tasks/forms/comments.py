"""What people say about tasks, checked."""

from typing import Any

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext_lazy as _

from tasks import permissions
from tasks.forms.fields import TextField
from tasks.models import Comment, Task

COMMENT_MAX = Comment._meta.get_field("body").max_length
REPLY_MAX = 2_000  # characters, of a visitor


class CommentForm(forms.Form):
    """Something to say on ``task``, or below ``parent``. Who is of the team chooses the readers.

    What visitors asked for is talked about among the team unless somebody says otherwise.
    """

    body = TextField(
        label=_("Comment"),
        max_length=COMMENT_MAX,
        error_messages={"required": _("Write a comment first.")},
    )

    def __init__(
        self,
        *args: Any,
        task: Task,
        user: AbstractBaseUser,
        parent: Comment | None = None,
        **kwargs: Any,
    ) -> None:
        if parent is not None:
            kwargs.setdefault("auto_id", f"reply-{parent.pk.hex}-%s")
        super().__init__(*args, **kwargs)
        rows = permissions.comments_of(task, user).filter(parent=None)
        self.fields["parent"] = forms.ModelChoiceField(
            rows, required=False, widget=forms.HiddenInput, initial=parent
        )
        self.visitor = task.request.name if task.request_id else ""
        audience = Comment.Audience.TEAM if self.visitor else Comment.Audience.EVERYONE
        if parent is not None:
            self.fields["body"].label, audience = _("Reply"), parent.audience
        if permissions.may(user, permissions.INTERNAL, task):
            self.fields["audience"] = forms.ChoiceField(
                label=_("Who reads it"),
                choices=self._audiences(),
                required=False,
                initial=audience,
            )

    def _audiences(self) -> list[tuple[str, Any]]:
        everyone = _("Everyone who sees the task")
        if self.visitor:
            everyone = _("Everyone, also %(name)s, who asked") % {"name": self.visitor}
        return [(Comment.Audience.EVERYONE, everyone), (Comment.Audience.TEAM, _("The team only"))]

    def clean_audience(self) -> str:
        return self.cleaned_data["audience"] or self.fields["audience"].initial


class EditCommentForm(forms.Form):
    body = TextField(
        label=_("Comment"),
        max_length=COMMENT_MAX,
        error_messages={"required": _("Write something, or delete the comment.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def against(self, row: Comment) -> "EditCommentForm":
        """Return the form with what was typed, ready to be saved over ``row`` as it is now."""
        data = self.data.copy()
        data["version"] = row.version
        form = EditCommentForm(data, auto_id=self.auto_id)
        form.theirs = row.body
        return form


class ReplyForm(forms.Form):
    """What a visitor writes back about their request."""

    body = TextField(
        label=_("Write to us about it"),
        max_length=REPLY_MAX,
        error_messages={"required": _("Write something first.")},
    )

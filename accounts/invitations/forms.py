"""Whom to invite: one person, or a list that is pasted or uploaded."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.invitations.services import MAX_LINES, Line, TooLong, Verdict, read_list

MAX_BYTES = 500_000


class InviteForm(forms.Form):
    people = forms.CharField(
        label=_("Who?"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("One person a line: name, comma, e-mail address. The name may be left out."),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
        help_text=_("A list saved as CSV, with the same two columns."),
    )
    lines: list[Line]  # what the list says; there after a successful clean()

    def clean_file(self) -> str:
        file = self.cleaned_data["file"]
        if file is None:
            return ""
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is too large. Use at most half a megabyte."))
        content = file.read()
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return content.decode("cp1252", errors="replace")  # what Excel saves on Windows

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.errors:
            return data
        text = "\n".join(filter(str.strip, [data["people"][:MAX_BYTES], data["file"]]))
        try:
            self.lines = read_list(text)
        except TooLong as error:
            message = _("The list is too long. Invite at most %(n)s people at once.")
            raise forms.ValidationError(message % {"n": MAX_LINES}) from error
        if not self.lines:
            self.add_error("people", _("Enter at least one address, or choose a file."))
        return data

    @property
    def valid(self) -> list[Line]:
        return [line for line in self.lines if line.verdict == Verdict.VALID]

    @property
    def as_text(self) -> str:
        """The people who will be invited, to be posted again with the answer to the preview."""
        return "\n".join(f"{_cell(line.name)},{line.email}" for line in self.valid)


def _cell(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if name else ""

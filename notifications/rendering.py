"""Turn a mail template and its facts into subject, text and HTML."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.module_loading import import_string


def render(template: str, context: dict[str, Any]) -> tuple[str, str, str]:
    """Return (subject, plain text, HTML) of one e-mail.

    templates/emails/<template>.txt holds the subject in its first line, then an empty line,
    then the text; templates/emails/<template>.html the same facts as HTML. Both see the
    context, ``brand`` (name, colour, address) and ``public_url``.
    """
    facts = {
        **context,
        "brand": import_string(settings.MAIL_BRAND)(),
        "public_url": settings.PUBLIC_URL,
    }
    # The text is no HTML: `autoescape off` in the .txt keeps "O'Neil" as it is.
    subject, _, text = render_to_string(f"emails/{template}.txt", facts).strip().partition("\n")
    html = render_to_string(f"emails/{template}.html", {**facts, "subject": subject})
    return " ".join(subject.split()), text.strip() + "\n", html

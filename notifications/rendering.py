"""Turn a mail template and its facts into subject, text and HTML."""

import colorsys
import re
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.module_loading import import_string

PAPER, NIGHT = "#faf9f7", "#252522"  # the lightest and the darkest ground of templates/emails
READABLE = 4.5  # WCAG 2.2, contrast of text
CONTROL_CHARACTERS = dict.fromkeys([*range(32), *range(127, 160)], " ")


def current_brand() -> dict[str, Any]:
    """Return what e-mails show of the organisation.

    Keys: name, legal_name, address, email, phone, and colour (for light grounds) and
    colour_dark (for dark ones), which keep text readable.
    """
    brand = import_string(settings.MAIL_BRAND)()
    brand["colour"], brand["colour_dark"] = readable(brand["colour"])
    return brand


def render(template: str, context: dict[str, Any], brand: dict[str, Any]) -> tuple[str, str, str]:
    """Return (subject, plain text, HTML) of one e-mail.

    templates/emails/<template>.txt holds the subject in its first line, then an empty line,
    then the text; templates/emails/<template>.html the same facts as HTML. Both see the
    context, ``brand`` (see `current_brand`) and ``public_url``.
    """
    facts = {**context, "brand": brand, "public_url": settings.PUBLIC_URL}
    subject, _, text = render_to_string(f"emails/{template}.txt", facts).strip().partition("\n")
    subject = one_line(subject)
    html = render_to_string(f"emails/{template}.html", {**facts, "subject": subject})
    # Facts that are missing leave empty lines behind.
    return subject, re.sub(r"\n\s*\n", "\n\n", text).strip() + "\n", html


def one_line(value: str) -> str:
    """Return ``value`` fit for a mail header and a database: one line of real characters."""
    encodable = value.encode(errors="replace").decode()
    return " ".join(encodable.translate(CONTROL_CHARACTERS).split())


def readable(colour: str) -> tuple[str, str]:
    """Return ``colour`` ("#1f6b4a") darkened for PAPER and lightened for NIGHT, as text needs.

    The site does this with oklch() in CSS, which mail programs do not know.
    """
    return _shift(colour, PAPER, -0.01), _shift(colour, NIGHT, 0.01)


def contrast(one: str, other: str) -> float:
    """Return the WCAG contrast of two colours like "#1f6b4a": 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _shift(colour: str, ground: str, step: float) -> str:
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    while contrast(colour, ground) < READABLE:
        lightness = min(max(lightness + step, 0), 1)
        channels = colorsys.hls_to_rgb(hue, lightness, saturation)
        colour = "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)
    return colour


def _channels(colour: str) -> list[float]:
    return [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def _luminance(colour: str) -> float:
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

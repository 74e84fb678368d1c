"""The words and tags of the catcher's pages. Everything from a mail is escaped here."""

import re
from collections.abc import Iterable, Sequence
from html import escape

from notifications.catcher.mailbox import Mail

LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
REFRESH_SECONDS = 3
VIEWS = ("html", "text", "headers")


def inbox(mails: list[Mail]) -> str:
    """Return the page that lists the mails and looks again every few seconds."""
    rows = "".join(_row(mail) for mail in mails)
    body = f'<ol class="mails">{rows}</ol>' if mails else _empty()
    count = "1 mail" if len(mails) == 1 else f"{len(mails)} mails"
    heading = f'<h1>Caught mail</h1><p class="muted">{count}. Nothing here was sent to anyone.</p>'
    refresh = (
        '<script type="module" src="/catcher.js"></script>'
        f'<noscript><meta http-equiv="refresh" content="{REFRESH_SECONDS}"></noscript>'
    )
    return _page("Caught mail", heading + body, head=refresh)


def detail(mail: Mail, view: str) -> str:
    """Return the page of one mail; ``view`` is one of VIEWS."""
    if view == "html" and not mail["html"]:
        view = "text"
    subject = escape(mail["subject"] or "(no subject)")
    facts = {"From": mail["from"], "To": ", ".join(mail["to"]), "Received": mail["received_at"]}
    if mail["attachments"]:
        facts["Attached"] = ", ".join(mail["attachments"])
    body = (
        '<p class="back"><a href="/">All mails</a></p>'
        f"<h1>{subject}</h1>{_definitions(facts.items(), 'facts')}"
        f'<nav class="views" aria-label="Views of this mail">{_tabs(mail, view)}</nav>'
        f"{_content(mail, view)}"
    )
    return _page(mail["subject"] or "(no subject)", body)


def not_found() -> str:
    """Return the page for an address that leads to no mail."""
    words = "<h1>This mail is gone</h1><p>Only the last 500 mails are kept.</p>"
    return _page("Error: this mail is gone", f'{words}<p><a href="/">All mails</a></p>')


def linked(text: str) -> str:
    """Return text as HTML in which the addresses can be followed."""
    parts, end = [], 0
    for match in LINK.finditer(text):
        address = escape(match.group())
        parts.append(escape(text[end : match.start()]))
        parts.append(f'<a href="{address}" target="_blank" rel="noreferrer">{address}</a>')
        end = match.end()
    return "".join([*parts, escape(text[end:])])


def _row(mail: Mail) -> str:
    return (
        f'<li><a href="/mail/{mail["id"]}/">{escape(mail["subject"] or "(no subject)")}</a>'
        f'<span class="to">{escape(", ".join(mail["to"]))}</span>'
        f"<time>{_clock(mail)}</time></li>"
    )


def _empty() -> str:
    return (
        '<p class="empty">No mail yet. What the portal sends shows up here within '
        f"{REFRESH_SECONDS} seconds.</p>"
    )


def _clock(mail: Mail) -> str:
    return f"{mail['received_at'][11:19]} UTC"


def _tabs(mail: Mail, current: str) -> str:
    names = {"html": "HTML", "text": "Text", "headers": "Headers"}
    shown = [view for view in VIEWS if view != "html" or mail["html"]]
    return "".join(
        f'<a href="?view={view}"{" aria-current=page" if view == current else ""}>{names[view]}</a>'
        for view in shown
    )


def _content(mail: Mail, view: str) -> str:
    if view == "headers":
        return _definitions(mail["headers"], "headers")
    if view == "text":
        return f'<pre class="text" tabindex="0">{linked(mail["text"]) or "This mail has no text part."}</pre>'
    return (
        f'<iframe src="/mail/{mail["id"]}/html" title="The mail as HTML" '
        'sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>'
    )


def _definitions(pairs: Iterable[Sequence[str]], name: str) -> str:
    items = "".join(
        f"<div><dt>{escape(key)}</dt><dd>{escape(value)}</dd></div>" for key, value in pairs
    )
    return f'<dl class="{name}">{items}</dl>'


def _page(title: str, body: str, head: str = "") -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'{head}<title>{escape(title)}</title><link rel="stylesheet" href="/catcher.css">'
        f"</head><body><main>{body}</main></body></html>"
    )

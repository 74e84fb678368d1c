"""The caught mails, kept in memory."""

import threading
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session

KEPT = 500

Mail = dict[str, Any]


class Mailbox:
    """The newest ``KEPT`` mails; numbers go on counting after ``clear``."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.mails: deque[Mail] = deque(maxlen=KEPT)
        self.last_id = 0

    def add(self, content: bytes, sender: str, recipients: Iterable[str]) -> Mail:
        """Keep one mail and return it in the shape of ``newest_first``."""
        mail = _parse(content)
        with self.lock:
            self.last_id += 1
            mail |= {"id": self.last_id, "from": sender, "to": list(recipients)}
            self.mails.append(mail)
        return mail

    def newest_first(self) -> list[Mail]:
        """Return the mails as dictionaries.

        Keys: ``id``, ``from`` and ``to`` (the envelope's, ``to`` is a list), ``subject``,
        ``text``, ``html``, ``headers`` (a list of [name, value]), ``message_id``,
        ``attachments`` (names) and ``received_at`` (ISO 8601, UTC).
        """
        with self.lock:
            return list(reversed(self.mails))

    def get(self, mail_id: int) -> Mail | None:
        return next((mail for mail in self.newest_first() if mail["id"] == mail_id), None)

    def clear(self) -> None:
        with self.lock:
            self.mails.clear()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the library asks for this name
        """Answer aiosmtpd, which looks for a handler of this name."""
        content = cast(bytes, envelope.content)  # text only when aiosmtpd is told to decode
        self.add(content, envelope.mail_from or "", envelope.rcpt_tos)
        return "250 Kept"


def _parse(content: bytes) -> Mail:
    message = cast(EmailMessage, message_from_bytes(content, policy=policy.default))
    return {
        "subject": str(message.get("Subject", "")).strip(),  # folded headers begin with a space
        "text": _body(message, "plain"),
        "html": _body(message, "html"),
        "headers": [[name, str(value)] for name, value in message.items()],
        "message_id": str(message.get("Message-ID", "")),
        "attachments": [
            part.get_filename() or part.get_content_type() for part in message.iter_attachments()
        ],
        "received_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    try:
        return part.get_content().replace("\r\n", "\n") if part else ""
    except (LookupError, ValueError) as error:  # a charset that Python does not know
        return f"This part cannot be shown: {error}"

"""A real SMTP server for tests: it keeps what it accepts and refuses what it is told to."""

import asyncio
import email
import email.policy
import socket
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


@dataclass(frozen=True)
class Received:
    """One accepted e-mail: the addresses of the envelope, and the message."""

    to: list[str]
    message: EmailMessage


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MailServer:
    """Listens from ``start`` to ``stop``.

    ``refuse_recipient`` and ``refuse_message`` are answers such as "550 No such mailbox";
    ``seconds`` is how long it thinks about each message; with ``mails_per_connection`` it
    hangs up after so many.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.received: list[Received] = []
        self.connections: set[tuple[str, int]] = set()
        self.refuse_recipient = self.refuse_message = ""
        self.seconds = 0.0
        self.mails_per_connection = 1000
        self.begun = 0
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        if self._controller.loop.is_running():
            self._controller.stop()

    @property
    def message_ids(self) -> list[str]:
        return [mail.message["Message-ID"] for mail in self.received]

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.refuse_recipient:
            return self.refuse_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.begun += 1
        await asyncio.sleep(self.seconds)
        if self.refuse_message:
            return self.refuse_message
        self.connections.add(session.peer)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.received.append(Received(envelope.rcpt_tos, message))
        if len(self.received) % self.mails_per_connection == 0:
            asyncio.get_running_loop().call_later(0.02, server.transport.close)
        return "250 OK"

"""A mail server that is really there, and mails owed to it."""

from collections.abc import Iterator

import pytest

from notifications.models import Email
from notifications.outbox import Recipient, enqueue
from portal.queue import worker
from tests.notifications.mail_server import MailServer

FACTS = {
    "actor": "Amara Okafor",
    "key": "REP-12",
    "title": "Bike store door does not close",
    "body": "The lock is stiff.",
    "project": "Repairs",
    "status": "To do",
    "priority": "High",
    "due": "Thursday 26 November",
    "owner": "Tomasz Zielinski",
    "comment": "I can come on Thursday.",
    "requester": "Priya Raman",
    "files": 2,
    "name": "Priya Raman",
    "form_title": "Report a repair",
    "reason": "",
    "url": "http://testserver/tasks/REP-12/",
}


@pytest.fixture
def mail_server(settings) -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_TIMEOUT = 1
    yield server
    server.stop()


def owe(*addresses: str, template: str = "task-assigned", key: str = "change-1", **facts) -> None:
    """Write one e-mail for each address into the outbox; ``facts`` replace some of FACTS."""
    people = [Recipient(address) for address in addresses or ["tomasz@lindencourt.example"]]
    enqueue(key=key, template=template, to=people, context=FACTS | facts, thread="task-7")


def deliver_due() -> Email:
    """Do what the worker does once, and return the latest e-mail as it is then."""
    (queue,) = [queue for queue in worker.queues() if queue.rows.model is Email]
    worker.process(queue)
    return Email.objects.latest("created_at")

"""A request that owes e-mails never talks to the mail server."""

import socket
import time
from collections.abc import Iterator

import pytest

from notifications.models import Email
from tasks.models import Task
from tests import factories
from tests.notifications.mail_server import free_port


@pytest.fixture
def silent_server(settings) -> Iterator[socket.socket]:
    """A mail server that takes calls and never says a word: who calls it waits."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = listener.getsockname()
        yield listener


def comment_as(client, user, task: Task) -> float:
    """Post a comment and return how many seconds the answer took."""
    client.force_login(user)
    begun = time.perf_counter()
    answer = client.post(f"/tasks/{task.key}/comment/", {"body": "I can come on Thursday."})
    assert answer.status_code == 302
    return time.perf_counter() - begun


def test_it_answers_without_calling_the_mail_server(client, amara, tomasz, project, silent_server):
    task = factories.make_task(project, owner=tomasz)
    assert comment_as(client, amara, task) < 2
    assert Email.objects.filter(template="task-commented", recipient=tomasz).count() == 1
    with pytest.raises(BlockingIOError):
        silent_server.accept()


def test_it_answers_when_the_mail_server_is_down(client, amara, tomasz, project, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    task = factories.make_task(project, owner=tomasz)
    assert comment_as(client, amara, task) < 2
    assert Email.objects.filter(state=Email.State.PENDING).exists()

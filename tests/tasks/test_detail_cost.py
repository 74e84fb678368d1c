"""The page of a task costs the same with 1 and with 50 of everything that hangs on it."""

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks import services
from tasks.models import Attachment, ChecklistItem, Label, Relation, Task
from tests.factories import make_member, make_task

OWN = 8  # queries more than a page of the same frame with one small form


@pytest.fixture(autouse=True)
def private(settings, tmp_path):
    settings.PRIVATE_MEDIA_ROOT = tmp_path


def hang_on(task, user, many):
    """Hang ``many`` rows of each kind on ``task``, written as the pages write them."""
    project, people = task.project, []
    for n in range(many):
        person = make_member(project)
        people.append(person)
        task.watches.create(user=person)
        make_task(project, parent=task, owner=person)
        Relation(source=make_task(project), target=task, kind="blocks").save()
        ChecklistItem(task=task, text=f"Item {n}").save()
        file = ContentFile(b"text", "a.txt")
        Attachment(task=task, file=file, name="a.txt", content_type="text/plain", size=4).save()
        Label.objects.create(project=project, name=f"Label {Label.objects.count()}")
        services.add_comment(task=task, user=user, body="Said.")
    task = Task.objects.with_row().get(pk=task.pk)
    services.set_labels(task=task, user=user, labels=project.labels.all())
    services.set_collaborators(task=task, user=user, people=people)


def queries(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in found]


@pytest.mark.parametrize("role", ["amara", "mei"])
@pytest.mark.parametrize("query", ["", "?in=list"])
def test_it_costs_the_same_with_50_of_each(client, request, task, tomasz, role, query):
    client.force_login(request.getfixturevalue(role))
    hang_on(task, tomasz, 1)
    one = queries(client, f"/tasks/REP-1/{query}")
    hang_on(task, tomasz, 49)
    many = queries(client, f"/tasks/REP-1/{query}")
    assert len(many) == len(one)


def test_it_asks_little(client, task, tomasz, amara):
    hang_on(task, tomasz, 2)
    client.force_login(amara)
    asked = queries(client, "/tasks/REP-1/")
    shell = queries(client, "/tasks/REP-1/due/")  # the same frame around one form
    assert len(asked) - len(shell) <= OWN

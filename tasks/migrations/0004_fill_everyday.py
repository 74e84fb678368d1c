"""Give the rows of earlier databases what new rows are born with."""

from django.db import migrations
from django.db.models import Count, F
from django.db.models.functions import Coalesce

GAP = 65_536.0
BATCH = 500


def fill(apps, schema_editor):
    Project, Task = apps.get_model("tasks", "Project"), apps.get_model("tasks", "Task")
    keys = apps.get_model("tasks", "ProjectKey").objects
    for project in Project.objects.iterator():
        keys.get_or_create(key=project.key, defaults={"project": project})
    place, rows = {}, []
    tasks = Task.objects.annotate(talk=Count("comments", distinct=True))
    tasks = tasks.annotate(files=Count("attachments", distinct=True)).order_by("-created_at")
    for task in tasks.iterator(chunk_size=BATCH):
        place[task.status_id] = place.get(task.status_id, 0) + GAP
        task.position, task.comment_count = place[task.status_id], task.talk
        task.attachment_count = task.files
        rows.append(task)
        if len(rows) == BATCH:
            Task.objects.bulk_update(rows, FILLED)
            rows = []
    Task.objects.bulk_update(rows, FILLED)
    ended = Task.objects.filter(status__category__in=["done", "cancelled"])
    ended.update(closed_at=Coalesce(F("completed_at"), F("updated_at")))


FILLED = ["position", "comment_count", "attachment_count"]


class Migration(migrations.Migration):
    dependencies = [("tasks", "0003_everyday")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

"""What the tests of the Task desk share."""

from django.contrib.auth.models import Group, Permission

DESK = "/admin/tasks/task/"


def let_in(user, *codenames):
    group = Group.objects.create(name=f"Desk {user}")
    codenames = ["access_admin", *codenames]
    group.permissions.set(Permission.objects.filter(codename__in=codenames))
    user.groups.add(group)
    return user


def listed(response):
    return [task.title for task in response.context["object_list"]]


def form(task, **changes):
    fields = {
        "title": task.title,
        "body": "",
        "status": str(task.status_id),
        "owner": "",
        "priority": "3",
        "due_on": "",
    }
    return fields | changes

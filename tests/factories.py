"""Plain functions that make rows; every argument has a sensible default."""

import itertools
from typing import Any

from accounts.models import User
from tasks.models import Membership, Project, Status, Task

_numbers = itertools.count(1)


def make_user(name: str = "", **fields: Any) -> User:
    number = next(_numbers)
    name = name or f"Person {number}"
    fields.setdefault("email", f"{name.split()[0].lower()}.{number}@lindencourt.example")
    return User.objects.create(display_name=name, **fields)


def make_project(key: str = "", **fields: Any) -> Project:
    key = key or f"P{next(_numbers)}"
    fields.setdefault("name", f"Project {key}")
    return Project.objects.create(key=key, **fields)


def make_member(project: Project, role: str = Membership.Role.CONTRIBUTOR, name: str = "") -> User:
    user = make_user(name)
    Membership.objects.create(project=project, user=user, role=role)
    return user


def make_task(project: Project | None = None, category: str = "todo", **fields: Any) -> Task:
    project = project or make_project()
    fields.setdefault("title", f"Task {next(_numbers)}")
    fields.setdefault("status", Status.objects.get(project=project, category=category))
    task = Task(project=project, **fields)
    task.save()
    return task

from django.apps import AppConfig
from django.core.checks import Tags, register


class TasksConfig(AppConfig):
    name = "tasks"

    def ready(self) -> None:
        from tasks import checks, project_roles, signal_handlers

        register(checks.search_knows_every_task, Tags.database)
        signal_handlers.connect()
        project_roles.connect()

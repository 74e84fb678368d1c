from django.apps import AppConfig
from django.core.checks import Tags, register


class TasksConfig(AppConfig):
    name = "tasks"

    def ready(self) -> None:
        from tasks import checks, signal_handlers
        from tasks.people import project_roles

        register(checks.search_knows_every_task, Tags.database)
        signal_handlers.connect()
        project_roles.connect()

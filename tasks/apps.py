from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "tasks"

    def ready(self) -> None:
        from tasks import project_roles, signal_handlers

        signal_handlers.connect()
        project_roles.connect()

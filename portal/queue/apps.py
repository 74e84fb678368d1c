from django.apps import AppConfig


class QueueConfig(AppConfig):
    name = "portal.queue"
    label = "queue"

    def ready(self) -> None:
        from portal import checks  # noqa: F401 - registers the portal's system checks

from django.apps import AppConfig


class QueueConfig(AppConfig):
    name = "portal.queue"
    label = "queue"

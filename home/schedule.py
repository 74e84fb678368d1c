"""What the website does by the clock."""

from django.core.management import call_command


def publish_scheduled_pages() -> None:
    """Publish and unpublish pages whose time has come."""
    call_command("publish_scheduled")

"""What the website does by the clock."""

from django.core.management import call_command

from home import kept_photos


def publish_scheduled_pages() -> None:
    """Publish and unpublish pages whose time has come."""
    call_command("publish_scheduled")


def clear_kept_photos() -> None:
    """Delete photos of forms that nobody sent in the end."""
    kept_photos.clear_old()

from accounts.models import SyncEvent


def apply(event: SyncEvent) -> None:
    raise RuntimeError("filled next")

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import checks, ended_sessions  # noqa: F401 - checks register themselves
        from accounts.people import invitations

        ended_sessions.connect()
        invitations.connect()

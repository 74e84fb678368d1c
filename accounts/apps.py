from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import ended_sessions
        from accounts.people import invitations

        ended_sessions.connect()
        invitations.connect()

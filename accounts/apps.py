from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import checks  # noqa: F401 - checks register themselves
        from accounts.people import invitations
        from accounts.sessions import ended

        ended.connect()
        invitations.connect()

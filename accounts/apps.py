from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import checks  # noqa: F401 - checks register themselves
        from accounts.entry import access_log
        from accounts.invitations import services as invitations
        from accounts.sessions import ended

        access_log.connect()
        ended.connect()
        invitations.connect()

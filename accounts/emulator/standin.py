"""The parts of a running stand-in, put together from its options."""

from dataclasses import dataclass
from pathlib import Path

from accounts.emulator.hooks import Webhooks
from accounts.emulator.limits import Limits
from accounts.emulator.mails import Mailer
from accounts.emulator.store import Store
from accounts.emulator.tokens import Signer


@dataclass(frozen=True)
class Options:
    """What the command line and the environment decide. Times are in seconds."""

    url: str  # the API's own address, ends in /auth/v1
    site_url: str
    database: Path
    publishable_key: str
    secret_key: str
    jwt_secret: str
    jwt_algorithm: str
    smtp_host: str
    smtp_port: int
    mail_from: str
    webhook_url: str
    webhook_secrets: tuple[str, ...]
    hook_secrets: tuple[str, ...]
    before_user_created_hook: str
    send_email_hook: str
    rate_limit: int
    mail_cooldown: int
    otp_lifetime: int
    token_lifetime: int
    reuse_interval: int
    reauthenticate_after: int  # age of a session that needs a nonce for a new password; 0: none
    require_current_password: bool
    flow_lifetime: int  # of a social sign-in, from its start
    providers: tuple[str, ...]
    disable_signup: bool
    autoconfirm: bool


class StandIn:
    """Everything an endpoint needs; made once per process and shared by its threads."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.webhooks = Webhooks(options.webhook_url, options.webhook_secrets)
        self.store = Store(options.database, self.webhooks.put)
        self.signer = Signer(
            self.store,
            issuer=options.url,
            algorithm=options.jwt_algorithm,
            secret=options.jwt_secret,
            lifetime_seconds=options.token_lifetime,
        )
        self.limits = Limits(options.rate_limit)
        self.mailer = Mailer(
            options.smtp_host, options.smtp_port, options.mail_from, options.site_url
        )

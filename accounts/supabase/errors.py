"""How asking Supabase Auth can fail. Views turn these into words by class and code."""


class AuthProblem(Exception):
    """Supabase Auth did not do what was asked."""


class Refused(AuthProblem):
    """The Auth server said no. Asking again with the same values will not help.

    ``code`` is Supabase's error code ("invalid_credentials", …), "" when it sent none.
    ``reasons`` says why a password is weak: "length", "characters", "pwned". ``message`` is
    what a hook of ours answered, with the code "unknown"; "" otherwise.
    """

    def __init__(self, code: str, reasons: tuple[str, ...] = (), message: str = "") -> None:
        super().__init__(code or "no code")
        self.code = code
        self.reasons = reasons
        self.message = message


class Limited(AuthProblem):
    """Too many requests or mails (429). Trying again can help after ``retry_after`` seconds."""

    def __init__(self, code: str, retry_after: int = 120) -> None:
        super().__init__(code or "no code")
        self.code = code
        self.retry_after = retry_after


class Unavailable(AuthProblem):
    """No answer, or none that can be used: network, timeout, 5xx, HTML, our own key refused.

    Says nothing about the person who asked; trying again later can help.
    """


class KeyRefused(Unavailable):
    """The Auth server refuses our own API key: an operator has to correct it."""

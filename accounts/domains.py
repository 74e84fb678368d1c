"""Mail domains in one spelling, so that they can be compared as text."""

import re

DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


def cleaned(typed: str) -> str:
    """Return a domain as typed in one spelling: "@Bücher.Example." is "xn--bcher-kva.example".

    Raises ValueError for what is no domain.
    """
    name = typed.strip().lstrip("@").rstrip(".").lower()
    ascii_name = name.encode("idna").decode()  # UnicodeError is a ValueError
    if not DOMAIN.fullmatch(ascii_name):
        raise ValueError(typed)
    return ascii_name


def of_address(email: str) -> str:
    """Return the domain of an e-mail address in that spelling, "" for none that mail reaches."""
    mailbox, _, domain = email.rpartition("@")
    try:
        return cleaned(domain) if mailbox else ""
    except ValueError:
        return ""


def lines(text: str) -> tuple[list[str], list[str]]:
    """Return (domains, lines that are none) of a text with one domain a line."""
    good, bad = [], []
    for line in filter(None, (each.strip() for each in text.splitlines())):
        try:
            good.append(cleaned(line))
        except ValueError:
            bad.append(line)
    return list(dict.fromkeys(good)), bad

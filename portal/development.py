"""The guard of the development tools, which show mails and accounts to whoever asks."""

import ipaddress
import os


def refusal(tool: str, host: str) -> str:
    """Return why ``tool`` must not listen on ``host``, or "" when it may."""
    if os.environ.get("DEBUG", "").strip().lower() != "true":
        return f"{tool} is for development only: it starts when DEBUG=true."
    if not is_loopback(host):
        return f"{tool} listens on loopback only, not on {host}."
    return ""


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address never leaves this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

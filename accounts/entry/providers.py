"""Social providers as people know them. The Auth server decides which are offered."""

from collections.abc import Iterable
from typing import NamedTuple


class Provider(NamedTuple):
    name: str  # as the Auth server calls it
    label: str
    icon: str  # our own glyphs: the providers' logos are theirs


# name -> (label, symbol in icons.svg)
KNOWN = {
    "apple": ("Apple", "initial-a"),
    "azure": ("Microsoft", "initial-m"),
    "bitbucket": ("Bitbucket", "code"),
    "discord": ("Discord", "comment"),
    "facebook": ("Facebook", "users"),
    "figma": ("Figma", "pencil"),
    "github": ("GitHub", "code"),
    "gitlab": ("GitLab", "code"),
    "google": ("Google", "initial-g"),
    "kakao": ("Kakao", "comment"),
    "keycloak": ("Keycloak", "key"),
    "linkedin": ("LinkedIn", "users"),
    "linkedin_oidc": ("LinkedIn", "users"),
    "notion": ("Notion", "file"),
    "slack": ("Slack", "comment"),
    "slack_oidc": ("Slack", "comment"),
    "spotify": ("Spotify", "globe"),
    "twitch": ("Twitch", "comment"),
    "twitter": ("X", "comment"),
    "workos": ("WorkOS", "key"),
    "x": ("X", "comment"),
    "zoom": ("Zoom", "users"),
}


def provider(name: str) -> Provider:
    """Return what to show for a provider; one we do not know gets its name and a general glyph."""
    label, icon = KNOWN.get(name, (name.replace("_", " ").title(), "globe"))
    return Provider(name, label, icon)


def providers(names: Iterable[str]) -> list[Provider]:
    """Return the providers in the order of their labels."""
    return sorted(map(provider, names), key=lambda each: each.label.lower())

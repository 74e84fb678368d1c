"""The SQL for the Supabase side, with the portal's address filled in."""

from pathlib import Path

FOLDER = Path(__file__).parent
# Columns whose change the portal wants to know about.
WATCHED = (
    "email",
    "phone",
    "role",
    "aud",
    "email_confirmed_at",
    "phone_confirmed_at",
    "banned_until",
    "deleted_at",
    "is_anonymous",
    "is_sso_user",
    "raw_app_meta_data",
    "raw_user_meta_data",
)


def install(webhook_url: str, reader: str = "") -> str:
    """Return the SQL that logs changes of accounts and posts them to ``webhook_url``.

    ``reader`` is a database role that may read the change log besides its owner.
    """
    old, new = (", ".join(f"{row}.{column}" for column in WATCHED) for row in ("old", "new"))
    text = (FOLDER / "install.sql").read_text()
    for name, value in (
        ("webhook_url", _literal(webhook_url)),
        ("changed", f"({old})\n    is distinct from ({new})"),
        ("grants", _grants(reader) if reader else ""),
    ):
        text = text.replace("{{ " + name + " }}", value)
    return text


def uninstall() -> str:
    """Return the SQL that takes everything away again."""
    return (FOLDER / "uninstall.sql").read_text()


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _grants(role: str) -> str:
    name = '"' + role.replace('"', '""') + '"'
    return (
        f"grant usage on schema portal_sync to {name};\n"
        f"grant select on portal_sync.changes to {name};\n\n"
    )

"""What makes the audit log append-only in PostgreSQL too, for whoever gets past the models.

TRUNCATE stays possible: only the table's owner may, and tests empty their database with it.
"""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from accounts.models.audit import RETENTION

PROTECT = f"""
CREATE FUNCTION accounts_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.at < now() - interval '{RETENTION.days} days' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'Audit entries are never changed, and kept for {RETENTION.days} days.';
END $$;
CREATE TRIGGER accounts_audit_append_only BEFORE UPDATE OR DELETE ON accounts_auditentry
  FOR EACH ROW EXECUTE FUNCTION accounts_audit_is_append_only();
"""
UNPROTECT = """
DROP TRIGGER IF EXISTS accounts_audit_append_only ON accounts_auditentry;
DROP FUNCTION IF EXISTS accounts_audit_is_append_only();
"""


def protect(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(PROTECT)


def unprotect(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(UNPROTECT)


# The last operation of the migration that makes the table; nothing to do on SQLite.
PROTECT_AUDIT_LOG = migrations.RunPython(protect, unprotect)

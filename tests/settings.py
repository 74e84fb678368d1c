"""Hermetic settings for the tests: no `.env` is read, only DATABASE_URL chooses the database."""

import os
import tempfile
from pathlib import Path

os.environ.update(
    {
        "DEBUG": "false",
        "SECRET_KEY": "tests-only-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789",
        "PUBLIC_URL": "http://testserver",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "SUPABASE_URL": "http://127.0.0.1:9",  # the discard port: nothing answers there
        "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_test",
        "SUPABASE_SECRET_KEY": "sb_secret_test",
        "SUPABASE_WEBHOOK_SECRETS": "v1,whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "DEFAULT_FROM_EMAIL": "Linden Court <office@lindencourt.example>",
        "TIME_ZONE": "Europe/London",
    }
)

from portal.settings import *  # noqa: E402, F403 - the tests' settings are the portal's, changed below

_scratch = Path(tempfile.mkdtemp(prefix="portal-tests-"))
MEDIA_ROOT = _scratch / "public"
PRIVATE_MEDIA_ROOT = _scratch / "private"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_AUTOREFRESH = True
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405 - see the star above
    # A file like in life: threads and processes of the tests meet WAL and its locks there.
    DATABASES["default"]["TEST"] = {"NAME": str(_scratch / "tests.sqlite3")}  # noqa: F405 - same

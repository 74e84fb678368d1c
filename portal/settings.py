"""The one settings file. Differences between environments are values read through `portal.env`."""

from datetime import timedelta
from pathlib import Path

import bootstrap_wrapper
from django.templatetags.static import static
from django.utils.functional import lazy

from portal import env

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"

# Environment ---------------------------------------------------------------------------------
DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.names("SECRET_KEY_FALLBACKS")  # while SECRET_KEY is exchanged
PUBLIC_URL = env.text("PUBLIC_URL").rstrip("/")  # scheme and host people type, no path
_public_host = PUBLIC_URL.split("://", 1)[-1].split(":", 1)[0]
ALLOWED_HOSTS = [_public_host, *env.names("ALLOWED_HOSTS")]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL, *env.names("CSRF_TRUSTED_ORIGINS")]
if DEBUG:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost"]
INTERNAL_IPS = ["127.0.0.1"]

# Applications --------------------------------------------------------------------------------
ADMIN_PATH = "/admin/"
INSTALLED_APPS = [
    "home",  # above wagtail.admin, so that its admin templates win
    "tasks",
    "notifications",
    "accounts",
    "portal.queue",
    "portal.limits",
    "wagtail_modeladmin",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "accounts.people.users_app.PeopleUsersConfig",  # wagtail.users without its forms
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "rest_framework",
    "django_bootstrap5",
    "django_htmx",
    "heroicons",
    "django_tasks",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.ContentSecurityPolicyMiddleware",
    "portal.middleware.CookielessApiMiddleware",
    "portal.middleware.MachineViewMiddleware",
    "portal.middleware.PrivateResponseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "portal.limits.middleware.BodyLimitMiddleware",  # before the first that reads the body
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.actor.ActorMiddleware",
    "accounts.profile.preferences.PreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.AccountMiddleware",
    "portal.middleware.NotAllowedMiddleware",
    "tasks.former_keys.FormerKeys",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]
if DEBUG and env.flag("DEBUG_TOOLBAR"):
    INSTALLED_APPS.append("debug_toolbar")
    MIDDLEWARE.insert(1, "debug_toolbar.middleware.DebugToolbarMiddleware")
# Busy addresses that only machines call, answered before sessions and all that: path -> view.
MACHINE_VIEWS = {
    "/webhooks/supabase/": "accounts.views.webhooks.receive_webhook",
    "/webhooks/supabase": "accounts.views.webhooks.receive_webhook",
}
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

# Templates -----------------------------------------------------------------------------------
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["portal.templatetags.portal_tags"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# Database ------------------------------------------------------------------------------------
DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # Wagtail's page editor posts many

# Accounts ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.backends.SupabaseBackend",
    "accounts.backends.BreakGlassBackend",
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "tasks:my-work"
SESSION_ENGINE, SESSION_COOKIE_SAMESITE = "portal.sessions", "Lax"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.views.csrf_failure"

# Servers in front of this one that append to X-Forwarded-For; 0 when browsers reach it directly.
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)
# What each app knows of a person: modules with export(user) and erase(user), see
# accounts/personal_data; and hand_over(owner, to), see accounts/people.
PERSONAL_DATA = [
    "accounts.personal_data.accounts",
    "notifications.personal_data",
    "tasks.people.personal_data",
    "home.personal_data",
]
HAND_OVER = ["tasks.people.hand_over", "home.hand_over"]
# Auth hooks: name in the address -> callable(payload: dict) -> dict that is answered.
AUTH_HOOKS = {
    "before-user-created": "accounts.entry.hooks.before_user_created",
    "send-email": "notifications.auth_mails.send_email",
}
# Where the site asks for a second factor, people without one get in, out, to the pages that
# give them one, and nowhere else.
SECOND_FACTOR_EXEMPT = {
    "live",
    "ready",
    "home:brand-css",
    "home:admin-brand-css",
    "accounts:sign-in",
    "accounts:sign-out",
    "accounts:magic-link",
    "accounts:code",
    "accounts:social",
    "accounts:callback",
    "accounts:confirm",
    "accounts:check-mail",
    "accounts:resend",
    "accounts:second-factor",
    "accounts:two-factor",
    "accounts:confirm-identity",
    "accounts:break-glass",
}
# A local administrator signs in here when Supabase is lost; nothing links to it.
BREAK_GLASS_PATH = env.text("BREAK_GLASS_PATH", "emergency-access").strip("/")

# Supabase ------------------------------------------------------------------------------------
# SUPABASE_URL is the project's address, such as https://abcd.supabase.co. The Auth server lives
# under /auth/v1 there.
SUPABASE_URL = env.text("SUPABASE_URL").rstrip("/")
SUPABASE_AUTH_URL = f"{SUPABASE_URL}/auth/v1"
SUPABASE_PUBLISHABLE_KEY = env.text("SUPABASE_PUBLISHABLE_KEY")
SUPABASE_SECRET_KEY = env.text("SUPABASE_SECRET_KEY")
SUPABASE_ISSUER = env.text("SUPABASE_ISSUER", SUPABASE_AUTH_URL)
# Name the visitor's address to the Auth server, whose limits count per address.
SUPABASE_FORWARD_CLIENT = env.flag("SUPABASE_FORWARD_CLIENT")
SUPABASE_JWT_SECRET = env.text("SUPABASE_JWT_SECRET", "")  # only for projects that still sign HS256
# v1,whsec_<base64>; several joined by "|" while rotating, as Supabase writes them.
SUPABASE_WEBHOOK_SECRETS = env.names("SUPABASE_WEBHOOK_SECRETS", separator="|")
# What the stock trigger, which cannot sign, sends as X-Portal-Secret; "|" as above.
SUPABASE_WEBHOOK_SHARED_SECRETS = env.names("SUPABASE_WEBHOOK_SHARED_SECRETS", separator="|")
# The same for Auth hooks. Supabase draws a secret for each hook: name them all.
SUPABASE_HOOK_SECRETS = (
    env.names("SUPABASE_HOOK_SECRETS", separator="|") or SUPABASE_WEBHOOK_SECRETS
)
# How long the Auth server lets mailed links and digits live ("Email OTP expiration").
SUPABASE_OTP_SECONDS = env.number("SUPABASE_OTP_SECONDS", 3600)
# The portal's own database is the Supabase project's, and `manage.py supabase_sql` has run there.
SUPABASE_CHANGE_LOG = env.flag("SUPABASE_CHANGE_LOG")

# E-mail --------------------------------------------------------------------------------------
EMAIL_HOST = env.text("EMAIL_HOST", "127.0.0.1")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 15  # seconds for each answer; a mail has about six, and must end within its lease
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"Portal <portal@{_public_host}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Queues and schedule: name -> what the worker leases from and what handles a row ---------------
# A worker that dies leaves its rows to others after this long.
QUEUE_LEASE = timedelta(seconds=env.number("QUEUE_LEASE_SECONDS", 120))
QUEUES = {
    "email": {
        "model": "notifications.Email",
        "handler": "notifications.outbox.deliver",
        "around": "notifications.outbox.one_connection",  # entered for each batch
    },
    "invitations": {
        "model": "accounts.Invitation",
        "handler": "accounts.invitations.services.deliver",
    },
    "sync": {"model": "accounts.SyncEvent", "handler": "accounts.sync.inbox.apply"},
    "sweeps": {"model": "accounts.SweepRequest", "handler": "accounts.sync.sweep.carry_out"},
    "labels": {"model": "tasks.LabelWork", "handler": "tasks.services.labels.carry_out"},
    "export": {"model": "accounts.DataExport", "handler": "accounts.personal_data.copies.make"},
    "schedule": {"model": "queue.ScheduledRun", "handler": "portal.queue.schedule.run"},
}
SCHEDULE = {
    "publish-scheduled-pages": {
        "every": timedelta(minutes=5),
        "call": "home.schedule.publish_scheduled_pages",
    },
    "clear-sessions": {"every": timedelta(days=1), "call": "portal.queue.schedule.clear_sessions"},
    "reread-people-here": {
        "every": timedelta(minutes=1),
        "call": "accounts.sync.reading.reread_active",
    },
    "sweep-changes": {"every": timedelta(minutes=10), "call": "accounts.schedule.sweep_changes"},
    "sweep-everything": {"every": timedelta(days=1), "call": "accounts.schedule.sweep_everything"},
    "empty-the-bin": {"every": timedelta(days=1), "call": "tasks.projects.bin.empty_old"},
    "clear-kept-photos": {"every": timedelta(hours=6), "call": "home.schedule.clear_kept_photos"},
    "forget-ended-sessions": {
        "every": timedelta(hours=6),
        "call": "accounts.schedule.forget_ended_sessions",
    },
    "forget-mailed-tokens": {
        "every": timedelta(minutes=10),
        "call": "notifications.auth_mails.forget_tokens",
    },
    "clear-full-buckets": {
        "every": timedelta(hours=1),
        "call": "portal.limits.schedule.clear_full_buckets",
    },
    "roles-by-the-clock": {"every": timedelta(minutes=5), "call": "accounts.roles.keep_time"},
    "all-roles": {"every": timedelta(days=1), "call": "accounts.roles.apply_all"},
    "forget-ended-tokens": {
        "every": timedelta(days=1),
        "call": "accounts.sessions.ended.forget_old",
    },
    "refresh-signing-keys": {
        "every": timedelta(minutes=5),
        "call": "accounts.schedule.refresh_signing_keys",
    },
    "clear-copies-of-data": {
        "every": timedelta(hours=1),
        "call": "accounts.personal_data.copies.clear_expired",
    },
    "erase-people": {
        "every": timedelta(days=1),
        "call": "accounts.personal_data.erasure.erase_due",
    },
    "forget-old-audit-entries": {
        "every": timedelta(days=1),
        "call": "accounts.schedule.forget_old_audit_entries",
    },
    "report-newcomers": {"every": timedelta(hours=1), "call": "tasks.people.newcomers.report"},
    "clear-finished-rows": {
        "every": timedelta(days=1),
        "call": "portal.queue.schedule.clear_finished_rows",
    },
}
if SUPABASE_CHANGE_LOG:
    SCHEDULE["read-change-log"] = {
        "every": timedelta(minutes=1),
        "call": "accounts.sync.change_log.read",
    }
# A callable that returns the organisation's name, colours and address for e-mails.
MAIL_BRAND = "home.models.settings.mail_brand"

# Language and time ---------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
# What people may choose: the texts are English, portal/formats has the rest.
LANGUAGES = [("en-gb", "English (United Kingdom)"), ("en-us", "English (United States)")]
FORMAT_MODULE_PATH = ["portal.formats"]
TIME_ZONE = env.text("TIME_ZONE", "Europe/London")
USE_I18N = USE_TZ = True

# Static and media ----------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_DIR", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/bootstrap", bootstrap_wrapper.get_bootstrap_dir()),
]
MEDIA_URL = "media/"
_media = Path(env.text("MEDIA_DIR", str(BASE_DIR / "media")))
MEDIA_ROOT = _media / "public"
PRIVATE_MEDIA_ROOT = _media / "private"  # served by permission-checked views only
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "portal.storage.ModuleManifestStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o640
ATTACHMENT_MAX_BYTES = 10 * 1024 * 1024
ATTACHMENT_MAX_COUNT = 5
# A form with all its files and the longest texts; nothing larger is read. Files are streamed
# to disk when a body has more than 2.5 MB.
BODY_MAX_BYTES = ATTACHMENT_MAX_COUNT * ATTACHMENT_MAX_BYTES + 3 * 1024 * 1024

# Security ------------------------------------------------------------------------------------
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("TRUST_PROXY_PROTO") else None
)
SECURE_SSL_REDIRECT = PUBLIC_URL.startswith("https://") and not DEBUG
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_SSL_REDIRECT else 0
# Other people's sites may live on the subdomains, and preloading cannot be taken back.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("HSTS_INCLUDE_SUBDOMAINS")
SECURE_HSTS_PRELOAD = env.flag("HSTS_PRELOAD")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail's preview panel frames our pages
# W019 wants DENY there; W005 and W021 want the two above without asking.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W019", "security.W021"]

# Logging -------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"without_queries": {"()": "portal.log_filters.WithoutQueries"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        # httpx logs every address it asks; Auth addresses may hold one-time tokens.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        # runserver logs every address people ask; some hold one-time tokens.
        "django.server": {
            "handlers": ["console"],
            "level": "INFO",
            "filters": ["without_queries"],
            "propagate": False,
        },
        # Wagtail's index work runs inside the request and would log four lines a saved page.
        "django_tasks": {"level": "WARNING"},
    },
}

# Wagtail -------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Portal"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAILADMIN_LOGIN_URL = WAGTAIL_FRONTEND_LOGIN_URL = "accounts:sign-in"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILIMAGES_IMAGE_MODEL = "home.PortalImage"
WAGTAILDOCS_DOCUMENT_MODEL = "home.PortalDocument"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "pdf", "pptx", "txt", "xlsx", "zip"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 24_000_000
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}  # they are stored in clear text
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # no request to a third party
WAGTAIL_ENABLE_UPDATE_CHECK = False
TAGGIT_CASE_INSENSITIVE = True

# REST API: closed unless a view opens it, and blind to cookies ----------------------------------
API_PATH = "/api/"
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
}

# Bootstrap -----------------------------------------------------------------------------------
_static = lazy(static, str)  # static() may not run while settings load
BOOTSTRAP5 = {
    "css_url": {"url": _static("vendor/bootstrap/css/bootstrap.min.css")},
    "javascript_url": {
        "url": _static("vendor/bootstrap/js/bootstrap.bundle.min.js"),
        "defer": True,
    },
}

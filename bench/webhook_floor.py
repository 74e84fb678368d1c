"""The least a Django view can do with a webhook: check an HMAC, insert one row, answer 202.

A WSGI application of its own with the middleware of a new Wagtail project. It is what
`bench.webhooks` compares the portal with; DATABASE_URL names the same database.
"""

import hashlib
import hmac
import json
import os

import dj_database_url
import django
from django.conf import settings

SECRET = b"floor"
TABLE = (
    "create table if not exists floor_event (id bigserial primary key, "
    "delivery varchar(64) unique not null, body text not null, received timestamptz not null)"
)

settings.configure(
    SECRET_KEY="floor",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=None)},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    USE_TZ=True,
    LOGGING_CONFIG=None,
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402 - Django is set up above
from django.db import connection, models  # noqa: E402 - same
from django.http import HttpRequest, HttpResponse  # noqa: E402 - same
from django.urls import path  # noqa: E402 - same
from django.views.decorators.csrf import csrf_exempt  # noqa: E402 - same


class Event(models.Model):
    id = models.BigAutoField(primary_key=True)
    delivery = models.CharField(max_length=64, unique=True)
    body = models.TextField()
    received = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "floor"
        db_table = "floor_event"

    def __str__(self) -> str:
        return self.delivery


@csrf_exempt
def hook(request: HttpRequest) -> HttpResponse:
    body = request.body
    wanted = "sha256=" + hmac.new(SECRET, body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted, request.headers.get("X-Signature-256", "")):
        return HttpResponse(status=401)
    json.loads(body)
    Event.objects.create(delivery=request.headers["X-Delivery"], body=body.decode())
    return HttpResponse(status=202)


urlpatterns = [path("hook", hook)]
with connection.cursor() as cursor:
    cursor.execute(TABLE)
connection.close()  # each worker opens its own
application = get_wsgi_application()

"""The REST API, version 1. It takes bearer tokens only: see REST_FRAMEWORK in the settings."""

from django.urls import include, path

app_name = "api"
urlpatterns = [
    path("", include("accounts.api")),
]

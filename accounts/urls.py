from django.urls import path  # noqa: F401 - filled next

app_name = "accounts"
urlpatterns: list = []

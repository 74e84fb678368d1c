from django.urls import path  # noqa: F401 - filled next

app_name = "tasks"
urlpatterns: list = []

"""What a visitor sent through a form."""

import secrets

from django.db import models
from django.db.models.functions import Upper
from django.urls import reverse

from tasks.models.row import Row


def new_token() -> str:
    return secrets.token_urlsafe(24)


class Request(Row):
    """What a visitor sent through a form: who asked, their answers, and their status link."""

    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    name = models.CharField(max_length=150)
    email = models.EmailField(blank=True)
    form_title = models.CharField(max_length=255, blank=True)
    # [{"label": "House", "value": "Alder House"}, …] in the order of the form.
    answers = models.JSONField(default=list)
    decline_reason = models.TextField(blank=True)
    # Drawn when the form is shown: the same form sent twice is one request.
    submission_key = models.UUIDField(unique=True, null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(Upper("email"), "created_at", name="tasks_request_sender")]

    def __str__(self) -> str:
        return f"{self.form_title or 'Request'} by {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("tasks:request-status", args=[self.token])

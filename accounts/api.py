"""What the REST API says about the account that asks."""

from django.urls import path
from django.views.decorators.cache import never_cache
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

app_name = "accounts"


@never_cache
@api_view(["GET"])
def me(request: Request) -> Response:
    """Answer with the caller's own profile.

    {"id": UUID, "name": text, "email": text, "aal": "aal1"|"aal2", "groups": [name, …]}
    """
    user = request.user
    groups = user.groups.order_by("name").values_list("name", flat=True)
    return Response(
        {
            "id": user.pk,
            "name": user.get_full_name(),
            "email": user.email,
            "aal": request.auth.aal,
            "groups": list(groups),
        }
    )


urlpatterns = [path("me", me, name="me")]

"""What the tests of the task floor share."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tasks import services
from tests import factories
from tests.tasks.desk import let_in

HTMX = {"HX-Request": "true"}


@pytest.fixture
def asked(project):
    """A new request with an address to answer to, waiting in triage."""
    return services.open_request(
        project=project,
        title="Entry phone is silent",
        body="I see the light, but hear nothing.",
        name="Samir Haddad",
        email="samir@mail.example",
        form_title="Report a repair",
        answers=[{"label": "House", "value": "Alder House"}],
    ).task


@pytest.fixture
def charlie(db):
    """Somebody with a project of their own, who must not see ours."""
    return factories.make_member(factories.make_project("OWN"), "manager", "Charlie Else")


def picture(name="door.png", size=(900, 600)):
    output = io.BytesIO()
    Image.new("RGBA", size, (200, 30, 30, 128)).save(output, "PNG")
    return SimpleUploadedFile(name, output.getvalue(), "image/png")


@pytest.fixture
def photo():
    return picture()


@pytest.fixture
def editor(client, tomasz):
    """May enter the admin, may edit in Repairs, holds no permission on the model."""
    client.force_login(let_in(tomasz))
    return tomasz


@pytest.fixture
def manager(client, amara):
    """May enter the admin and manages Repairs, holds no permission on the model."""
    client.force_login(let_in(amara))
    return amara


@pytest.fixture
def root(client, django_user_model):
    """A superuser who belongs to nothing."""
    root = django_user_model.objects.create(display_name="Root", is_superuser=True)
    client.force_login(root)
    return root

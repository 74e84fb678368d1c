"""Editors' documents are served by Wagtail's view, which asks who may read the collection."""

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from wagtail.models import Collection, CollectionViewRestriction

from home.models import PortalDocument


@pytest.fixture
def document(site):
    collection = Collection.get_first_root_node().add_child(name="Board")
    file = ContentFile(b"The minutes.", name="minutes.txt")
    return PortalDocument.objects.create(title="Minutes", file=file, collection=collection)


def test_it_is_served_from_the_private_folder(client, document):
    assert document.file.path.startswith(str(settings.PRIVATE_MEDIA_ROOT))
    assert client.get(document.url).getvalue() == b"The minutes."


def test_a_private_collection_asks_for_a_sign_in(client, document, otto):
    CollectionViewRestriction.objects.create(
        collection=document.collection, restriction_type=CollectionViewRestriction.LOGIN
    )
    assert client.get(document.url)["Location"].startswith("/accounts/sign-in/")
    client.force_login(otto)
    assert client.get(document.url).getvalue() == b"The minutes."


def test_the_admin_keeps_documents(client, document, django_user_model):
    root = django_user_model.objects.create(display_name="Root", is_superuser=True)
    client.force_login(root)
    assert client.get(f"/admin/documents/edit/{document.pk}/").status_code == 200
    assert b"Minutes" in client.get("/admin/documents/").content

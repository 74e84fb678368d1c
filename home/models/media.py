"""Editors' pictures and documents. Integer keys inside Wagtail, `public_id` outside."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image

from portal.storage import private_storage


class PortalImage(AbstractImage):
    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    admin_form_fields = Image.admin_form_fields

    class Meta(AbstractImage.Meta):
        permissions = [("choose_image", "Can choose image")]


class PortalRendition(AbstractRendition):
    image = models.ForeignKey(PortalImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="home_one_rendition"
            )
        ]


class PortalDocument(AbstractDocument):
    # Beside the pictures, a web server that shows those would show a private collection's too.
    file = models.FileField(_("file"), storage=private_storage, upload_to="documents")
    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    admin_form_fields = Document.admin_form_fields

    class Meta(AbstractDocument.Meta):
        permissions = [("choose_document", "Can choose document")]

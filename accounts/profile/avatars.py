"""Pictures of people: checked before they are decoded, cut to a square, without metadata."""

import io
import secrets
import warnings

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from accounts.models import User
from accounts.personal_data import delete_on_commit
from portal.pictures import MAX_PIXELS, UNREADABLE

MAX_BYTES = 5 * 1024 * 1024
SIDE = 256
# Never by name: Pillow would also try formats that nobody uploads on purpose.
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")


def check(upload: UploadedFile) -> bytes:
    """Return the picture as a square WebP, or raise ValidationError that says what to do.

    Its size in bytes and pixels is known before anything is decoded. Made anew from the
    pixels, it holds nothing of what cameras and phones write into their files.
    """
    if upload.size > MAX_BYTES:
        raise ValidationError(_("The picture is larger than 5 MB. Choose a smaller one."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _square(io.BytesIO(upload.read()))
    except UNREADABLE as error:
        raise ValidationError(
            _("This cannot be read as a picture. Choose a JPEG, PNG, WebP or HEIC file.")
        ) from error


def _square(content: io.BytesIO) -> bytes:
    picture = Image.open(content, formats=FORMATS)
    if picture.width * picture.height > MAX_PIXELS:
        raise ValidationError(
            _("The picture has more than 24 megapixels. Make it smaller and choose it again.")
        )
    picture.draft("RGB", (2 * SIDE, 2 * SIDE))  # JPEG: decodes to an eighth where it can
    picture = ImageOps.exif_transpose(picture)
    if picture.mode not in ("RGB", "L"):
        flat = picture.convert("RGBA")
        picture = Image.new("RGB", flat.size, "white")
        picture.paste(flat, mask=flat.getchannel("A"))
    square = ImageOps.fit(picture.convert("RGB"), (SIDE, SIDE))
    square.info.clear()
    output = io.BytesIO()
    square.save(output, "WEBP", quality=85)
    return output.getvalue()


@transaction.atomic
def put(user: User, picture: bytes) -> None:
    """Give ``user`` a picture that `check` returned; the one before is deleted on commit."""
    row = User.objects.select_for_update().get(pk=user.pk)
    delete_on_commit(row.avatar)
    row.avatar.save(f"{secrets.token_hex(16)}.webp", ContentFile(picture), save=False)
    row.save(update_fields=["avatar"])


@transaction.atomic
def remove(user: User) -> None:
    """Take the picture off. Harmless for somebody without one."""
    row = User.objects.select_for_update().get(pk=user.pk)
    delete_on_commit(row.avatar)
    row.avatar = ""
    row.save(update_fields=["avatar"])

"""Check what people upload before anything of it is stored."""

import io
import unicodedata
import warnings
from dataclasses import dataclass
from pathlib import PurePath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from portal.pictures import MAX_PIXELS, UNREADABLE

IMAGES = {
    "jpg": "JPEG",
    "jpeg": "JPEG",
    "png": "PNG",
    "webp": "WEBP",
    "heic": "HEIF",
    "heif": "HEIF",
}
DOCUMENTS = {
    "pdf": ("application/pdf", b"%PDF-"),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
    "odt": ("application/vnd.oasis.opendocument.text", b"PK"),
    "txt": ("text/plain", b""),
    "csv": ("text/csv", b""),
}
ALLOWED = sorted({*IMAGES, *DOCUMENTS})


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be stored: its shown name, its real type, its bytes without metadata."""

    name: str
    content_type: str
    content: bytes


def check(upload: UploadedFile, *, images_only: bool = False) -> CheckedFile:
    """Return ``upload`` checked, or raise ValidationError that says what to do.

    Pictures are read and written again: that proves they are pictures and drops the place
    and camera data phones put in. HEIC becomes JPEG, which every browser shows.
    """
    limit = settings.ATTACHMENT_MAX_BYTES
    if upload.size > limit:
        raise ValidationError(
            _("%(name)s is %(size)s. Choose a file of up to %(limit)s.")
            % {
                "name": shown_name(upload.name),
                "size": filesizeformat(upload.size),
                "limit": filesizeformat(limit),
            },
            code="too_large",
        )
    name = shown_name(upload.name)
    suffix = PurePath(name).suffix.lower().removeprefix(".")
    content = upload.read()
    upload.seek(0)
    if suffix in IMAGES:
        return _picture(name, content, IMAGES[suffix])
    if images_only or suffix not in DOCUMENTS or not content.startswith(DOCUMENTS[suffix][1]):
        kinds = (
            "JPEG, PNG, WebP, HEIC"
            if images_only
            else "PDF, Word, Excel, text, JPEG, PNG, WebP, HEIC"
        )
        raise ValidationError(
            _("%(name)s is not a file we can take. Choose one of these kinds: %(kinds)s.")
            % {"name": name, "kinds": kinds},
            code="wrong_type",
        )
    return CheckedFile(name, DOCUMENTS[suffix][0], content)


def shown_name(name: str) -> str:
    """Return a file's name without path, control or direction-changing characters."""
    name = PurePath(name.replace("\\", "/")).name
    safe = "".join(c for c in name if unicodedata.category(c)[0] != "C").strip() or "file"
    stem, suffix = PurePath(safe).stem, PurePath(safe).suffix
    return stem[: 200 - len(suffix)] + suffix[:20]


def _picture(name: str, content: bytes, kind: str) -> CheckedFile:
    unreadable = ValidationError(
        _("%(name)s cannot be read as a picture. Save it again as JPEG or PNG and choose that.")
        % {"name": name},
        code="unreadable",
    )
    too_large = ValidationError(
        _("%(name)s has more than 24 megapixels. Make it smaller and choose it again.")
        % {"name": name},
        code="too_many_pixels",
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=[kind])
            # The header alone tells the size: nothing is decoded before this check.
            if picture.width * picture.height > MAX_PIXELS:
                raise too_large
            picture = ImageOps.exif_transpose(picture)
            picture.info.pop("comment", None)  # JPEG would keep it
            output = io.BytesIO()
            if kind == "PNG":
                picture.save(output, "PNG")
            elif kind == "WEBP":
                picture.save(output, "WEBP", quality=85)
            else:
                picture.convert("RGB").save(output, "JPEG", quality=85)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_large from error
    except UNREADABLE as error:
        raise unreadable from error
    if kind == "HEIF":
        name = str(PurePath(name).with_suffix(".jpg"))
    types = {"PNG": "image/png", "WEBP": "image/webp"}
    return CheckedFile(name, types.get(kind, "image/jpeg"), output.getvalue())


THUMBNAIL_PIXELS = 320


def thumbnail(storage: Storage, original: str) -> str:
    """Return the path in ``storage`` of a small JPEG of the picture ``original``.

    Made once and kept beside the original. Raises OSError when the picture is gone.
    """
    path = str(PurePath("thumbnails", *PurePath(original).parts[1:]).with_suffix(".jpg"))
    if not storage.exists(path):
        with storage.open(original) as source, Image.open(source) as picture:
            picture.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
            if picture.mode != "RGB":  # see-through parts become white, not black
                flat = Image.new("RGB", picture.size, "white")
                flat.paste(picture, mask=picture.convert("RGBA").getchannel("A"))
                picture = flat
            output = io.BytesIO()
            picture.save(output, "JPEG", quality=80)
        written = storage.save(path, ContentFile(output.getvalue()))
        if written != path:  # another request was first
            storage.delete(written)
    return path

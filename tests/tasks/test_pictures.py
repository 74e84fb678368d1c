"""Pictures that people add: what the camera noted goes, and none makes the server's memory full."""

import io
import resource
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tasks.files import check, thumbnail

GPS, TURNED, MAKER = 0x8825, 6, "SecretMake"
ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "HEIF": "heic"}


def taken_by_phone(kind):
    """A picture 64 wide that stands upright once it is turned, and says where it was taken."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = TURNED, MAKER
    exif.get_ifd(GPS).update({1: "N", 2: (51.0, 30.0, 26.0), 29: "2026:11:26"})
    more = {} if kind == "PNG" else {"xmp": b"<x:xmpmeta>SecretPlace</x:xmpmeta>"}
    output = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(output, kind, exif=exif.tobytes(), **more)
    return output.getvalue()


def checked(content, ending):
    return check(SimpleUploadedFile(f"a.{ending}", content)).content


@pytest.mark.parametrize("kind", ENDINGS)
def test_place_and_camera_go_and_it_stands_upright(kind):
    photo = taken_by_phone(kind)
    assert b"SecretMake" in photo and b"2026:11:26" in photo  # the control: it was there
    kept = checked(photo, ENDINGS[kind])
    picture = Image.open(io.BytesIO(kept))
    assert picture.size == (48, 64)
    assert not picture.getexif() and not picture.getexif().get_ifd(GPS)
    assert b"Secret" not in kept and b"2026:11:26" not in kept


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_thumbnail_says_as_little(kind, db):
    storage = storages["default"]
    path = storage.save(f"attachments/x.{ENDINGS[kind]}", ContentFile(taken_by_phone(kind)))
    with storage.open(thumbnail(storage, path)) as small:
        content = small.read()
    assert b"Secret" not in content
    assert max(Image.open(io.BytesIO(content)).size) <= 320


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def huge_png(width, height):
    """All black and whole: a few kilobytes that unpack to gigabytes."""
    packer, row = zlib.compressobj(9), bytes(1 + width // 8 + 1)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def huge_webp(width, height):
    """34 bytes: one colour everywhere. 16,384 to each side is all the format can say."""
    output = io.BytesIO()
    Image.new("RGB", (60, 50)).save(output, "WEBP", lossless=True, method=0)
    content = bytearray(output.getvalue())
    at = content.index(b"VP8L") + 9
    (bits,) = struct.unpack_from("<I", content, at)
    struct.pack_into("<I", content, at, bits >> 28 << 28 | (height - 1) << 14 | (width - 1))
    return bytes(content)


@pytest.mark.parametrize(
    ("ending", "content"),
    [
        ("png", huge_png(30_000, 30_000)),
        ("png", huge_png(6_001, 4_000)),
        ("webp", huge_webp(16_384, 16_384)),
        ("webp", huge_webp(6_001, 4_000)),
    ],
)
def test_a_bomb_is_refused_before_it_is_unpacked(ending, content):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ValidationError, match="more than 24 megapixels"):
        checked(content, ending)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 10_000  # kilobytes


def test_the_bombs_are_pictures():
    """The control: smaller ones, made in the same way, are taken."""
    assert Image.open(io.BytesIO(checked(huge_png(600, 400), "png"))).size == (600, 400)
    assert Image.open(io.BytesIO(checked(huge_webp(600, 400), "webp"))).size == (600, 400)

"""Pictures for tests: good ones of every kind we take, and hostile ones."""

import io
import struct
import zlib

from PIL import ExifTags, Image

GPS = "Canary-place-51.5N"


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), mode: str = "RGB") -> bytes:
    output = io.BytesIO()
    Image.new(mode, size, 120).save(output, kind)
    return output.getvalue()


def with_metadata() -> bytes:
    """A JPEG of a phone: lying on its side, with the place it was taken at."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.ImageDescription] = GPS
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSMapDatum] = GPS
    image = Image.new("RGB", (400, 200), "white")
    image.paste((255, 0, 0), (0, 0, 200, 200))  # red on the left: on top when turned
    output = io.BytesIO()
    image.save(output, "JPEG", exif=exif, comment=GPS.encode())
    return output.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *, body: bytes = b"", before: bytes = b"") -> bytes:
    """A PNG that says it has this size, whatever its body holds."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(body))
    return b"\x89PNG\r\n\x1a\n" + head + before + data + chunk(b"IEND", b"")


def patched(content: bytes, at: int, new: bytes) -> bytes:
    return content[:at] + new + content[at + len(new) :]


def _jpeg_of_size(width: int, height: int) -> bytes:
    content = picture("JPEG")
    frame = content.index(b"\xff\xc0")
    return patched(content, frame + 5, struct.pack(">HH", height, width))


def hostile() -> dict[str, bytes]:
    """Files that must be refused with words, quickly, and without much memory."""
    jpeg, webp, heic = picture("JPEG"), picture("WEBP"), picture("HEIF")
    bomb = zlib.compress(b"\0" * 50_000_000)
    return {
        "nothing much": b"x",
        "text": b"this is no picture",
        "html": b"<html><script>alert(1)</script></html>",
        "svg with script": b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
        "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        "pdf": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n",
        "zip": b"PK\x03\x04" + b"\0" * 60,
        "gif": picture("GIF"),
        "tiff": picture("TIFF"),
        "bmp": picture("BMP"),
        "icon": picture("ICO", (64, 64)),
        "ppm": picture("PPM"),
        "only a JPEG's head": jpeg[:20],
        "half a JPEG": jpeg[: len(jpeg) // 2],
        "JPEG of 65,000 × 65,000": _jpeg_of_size(65_000, 65_000),
        "JPEG without height": _jpeg_of_size(640, 0),
        "JPEG cut in its tables": jpeg[:150] + b"\xff" * 200,
        "PNG of 100,000 × 100,000": png(100_000, 100_000),
        "PNG of 2³¹ pixels wide": png(0x7FFFFFFF, 1),
        "PNG of no size": png(0, 0),
        "PNG just over 24 megapixels": png(6001, 4000),
        "PNG without its pixels": png(3000, 3000, body=b"\0"),
        "PNG with a text bomb": png(9, 9, before=chunk(b"zTXt", b"a\0\0" + bomb)),
        "PNG with a profile bomb": png(9, 9, before=chunk(b"iCCP", b"a\0\0" + bomb)),
        "PNG with a broken sum": patched(picture("PNG"), 29, b"\0\0\0\0"),
        "half a WebP": webp[: len(webp) // 2],
        "WebP with a wrong length": patched(webp, 4, b"\xff\xff\xff\x7f")[:40],
        "half a HEIC": heic[: len(heic) // 2],
        "only a HEIC's head": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    }

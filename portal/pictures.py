"""What is known about pictures that people upload, wherever they upload them."""

import struct

import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()

MAX_PIXELS = 24_000_000
# What Pillow and its HEIF reader raise for pictures that are damaged or pretend.
UNREADABLE = (
    Image.DecompressionBombError,
    Warning,
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    RuntimeError,
    struct.error,
)

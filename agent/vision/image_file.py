"""`load_image`: the pixels of an image file that may hold anything."""

from __future__ import annotations

import struct
import warnings
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from agent.core.errors import ActionError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

    Pixels = NDArray[np.uint8]

_LARGEST_FILE = 64 * 1024 * 1024
_MOST_PIXELS = 80_000_000
"""Two 8K screens, or a page of A3 at 600 dpi; below Pillow's own limit, which stays in force as well."""
_FORMATS = ("PNG", "BMP", "JPEG", "WEBP", "GIF", "TIFF")
# What Pillow's decoders raise for damaged files.
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, KeyError, struct.error, zlib.error)


def load_image(path: Path) -> Pixels:
    """The file's (first) picture as h × w × 4: red, green, blue, alpha; turned as its camera says.

    Raises ActionError for a file that is missing, damaged or too large.
    """
    import numpy as np
    from PIL import Image, ImageOps

    # A picture that is small as a file and huge in memory is an attack or a mistake; Pillow only warns at first.
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    _check_file(path)
    try:
        with Image.open(path, formats=_FORMATS) as image:
            if image.width * image.height > _MOST_PIXELS:  # known before any of them is decoded
                raise _too_many_pixels(path)
            return np.asarray(ImageOps.exif_transpose(_eight_bits(image)).convert("RGBA"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(path) from error
    except _DAMAGED as error:
        raise ActionError(
            "The image {path} cannot be read: it is damaged, or not a PNG file.",
            "Save it as PNG again.",
            path=path,
        ) from error


def _eight_bits(image: Image.Image) -> Image.Image:
    """The picture with a byte a channel: of 16-bit greys Pillow would make white all that is above 255."""
    import numpy as np
    from PIL import Image

    return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)) if image.mode.startswith("I;16") else image


def _check_file(path: Path) -> None:
    try:
        is_file, size = path.is_file(), path.stat().st_size
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise _missing(path) from error
    if not is_file:  # a folder, or a device that would never end
        raise _missing(path)
    if size > _LARGEST_FILE:
        raise ActionError(
            "The image {path} has {size} MB, and {most} MB are the most.",
            "Cut out the part that matters, and save it as PNG.",
            path=path,
            size=size // 2**20,
            most=_LARGEST_FILE // 2**20,
        )


def _missing(path: Path) -> ActionError:
    return ActionError(
        "There is no image file {path}.",
        "Images lie beside the workflow, or are named with their whole path.",
        path=path,
    )


def _too_many_pixels(path: Path) -> ActionError:
    return ActionError(
        "The image {path} has more pixels than any screen.",
        "Cut out the part that matters, and save it as PNG.",
        path=path,
    )

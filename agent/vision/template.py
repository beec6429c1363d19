"""`Template`: a picture to search on the screen, read from a file that may hold anything."""

from __future__ import annotations

import struct
import warnings
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from agent.core.errors import ActionError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

_LARGEST_FILE = 64 * 1024 * 1024
_FORMATS = ("PNG", "BMP", "JPEG", "WEBP", "GIF")
# What Pillow's decoders raise for damaged files.
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, KeyError, struct.error, zlib.error)


@dataclass(frozen=True, slots=True)
class Template:
    """A picture to search: h × w × 3 (blue, green, red) and which of its pixels count (None: all)."""

    colours: Pixels
    counts: NDArray[np.bool_] | None = None

    @classmethod
    def load(cls, path: Path) -> Template:
        """Read an image file; pixels that are not fully opaque do not count.

        Raises ActionError for a file that is missing, damaged, too large or wholly transparent.
        """
        import numpy as np

        rgba = _decoded(path)
        opaque = rgba[:, :, 3] == 255
        if not opaque.any():
            raise ActionError(
                "The image {path} is transparent all over, so there is nothing to search.",
                "Cut the image out of a screenshot again.",
                path=path,
            )
        return cls(np.ascontiguousarray(rgba[:, :, 2::-1]), None if opaque.all() else opaque)


def _decoded(path: Path) -> Pixels:
    """The file's (first) picture as h × w × 4: red, green, blue, alpha."""
    import numpy as np
    from PIL import Image

    # A picture that is small as a file and huge in memory is an attack or a mistake; Pillow only warns at first.
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    _check_file(path)
    try:
        with Image.open(path, formats=_FORMATS) as image:
            return np.asarray(image.convert("RGBA"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ActionError(
            "The image {path} has more pixels than any screen.",
            "Cut the part that is to be found out of a screenshot.",
            path=path,
        ) from error
    except _DAMAGED as error:
        raise ActionError(
            "The image {path} cannot be read: it is damaged, or not a PNG file.",
            "Save it as PNG again.",
            path=path,
        ) from error


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
            "Cut the part that is to be found out of a screenshot.",
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

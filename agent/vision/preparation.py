"""What is done to a picture before Tesseract reads it, when somebody asks for it. Pure functions on pixels.

The reader's own way (see `cell.prepared`) was measured to be better for text on screens; these are for photos and
scans, and for who knows their pictures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.core.errors import OcrFailed
from agent.core.ocr import OcrSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

_MOST_PIXELS = 100_000_000
"""After scaling: 100 MB, and Tesseract's own copies besides."""
_CHANNELS = {"blue": 0, "green": 1, "red": 2}


def prepared(pixels: Picture, settings: OcrSettings) -> Picture:
    """The grey picture (h × w) that the settings make of BGRA pixels (h × w × 4). Raises OcrFailed for a vast one."""
    grey = grey_of(pixels, settings.grey or "brightness")
    if settings.denoise:
        grey = without_noise(grey, settings.denoise)
    if settings.scale is not None:
        grey = scaled(grey, settings.scale)
    if settings.contrast is not None:
        grey = with_contrast(grey, settings.contrast)
    if settings.sharpen:
        grey = sharpened(grey, settings.sharpen)
    return grey


def grey_of(pixels: Picture, channel: str) -> Picture:
    """One channel (blue, green, red), or the brightness as the eye sees it (ITU-R BT.601)."""
    import cv2
    import numpy as np

    if channel in _CHANNELS:
        return np.ascontiguousarray(pixels[:, :, _CHANNELS[channel]])
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGRA2GRAY), np.uint8)


def without_noise(grey: Picture, size: int) -> Picture:
    """Without specks up to `size` pixels wide: each pixel becomes the median of those around."""
    import cv2
    import numpy as np

    return np.asarray(cv2.medianBlur(grey, 2 * size + 1), np.uint8)


def scaled(grey: Picture, factor: float) -> Picture:
    """Enlarged by cubic interpolation, or made smaller by averaging; at least one pixel remains."""
    import cv2
    import numpy as np

    height, width = max(1, round(grey.shape[0] * factor)), max(1, round(grey.shape[1] * factor))
    if height * width > _MOST_PIXELS:
        raise OcrFailed(
            "At scale {scale} the picture would have {pixels} million pixels, and {most} million are the most.",
            "Read a part of it, or choose a smaller scale.",
            scale=factor,
            pixels=height * width // 1_000_000,
            most=_MOST_PIXELS // 1_000_000,
        )
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(grey, (width, height), interpolation=how), np.uint8)


def with_contrast(grey: Picture, factor: float) -> Picture:
    """Each grey's distance from the picture's mean multiplied; the mean stays."""
    import numpy as np

    mean = float(grey.mean()) if grey.size else 0.0
    greys = np.clip(np.rint((np.arange(256) - mean) * factor + mean), 0, 255).astype(np.uint8)
    return np.asarray(greys[grey], np.uint8)


def sharpened(grey: Picture, strength: float) -> Picture:
    """Edges made steeper: the difference to a blurred copy (sigma 1.5 pixels) is added (unsharp mask)."""
    import cv2
    import numpy as np

    blurred = cv2.GaussianBlur(grey, (0, 0), 1.5)
    return np.asarray(cv2.addWeighted(grey, 1 + strength, blurred, -strength, 0), np.uint8)

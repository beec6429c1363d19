"""`encode`: a frame as a PNG, JPEG or WebP file.

Made for evidence of every step: some milliseconds for a full-HD PNG instead of the fifty that Pillow takes.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from agent.core.errors import ActionError
from agent.core.frame import Frame, PictureFormat, PictureStyle
from agent.core.geometry import Region
from agent.vision.frame import pixels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

_NONE, _UP = 0, 2
"""PNG filters: each row as it is, or as its difference to the row above (https://www.w3.org/TR/png-3/#9Filters)."""
_BANDS, _BAND = 8, 8
"""So many bands of so many rows are tried with each filter: 0.3 ms for full HD."""
_FULL_COLOUR = 90
"""From this quality on a JPEG keeps the colour of every pixel, where coloured text would blur (as ImageMagick does)."""
_MOST_PIXELS = 80_000_000
"""Of an enlarged picture; as many as `agent.vision.image_file` reads."""
_LONGEST_SIDE: dict[PictureFormat, int] = {"png": 2**31 - 1, "jpeg": 65_500, "webp": 16_383}
"""The formats' own limits (libjpeg: JPEG_MAX_DIMENSION, libwebp: WEBP_MAX_DIMENSION)."""
_ZLIB_LEVEL = {2: 1, 3: 2, 4: 3, 5: 3, 6: 6, 7: 7, 8: 8, 9: 9}
"""Ours to zlib's; its 4 and 5 make larger files of drawn windows than its 3 does."""
_WEBP_EFFORT = ((0, 0), (1, 20), (2, 25), (3, 30), (3, 50), (4, 50), (4, 75), (4, 90), (5, 90), (6, 100))
"""(method, quality) of each level of lossless WebP, as in libwebp's WebPConfigLosslessPreset."""
_WEBP_METHOD = 2
"""Of lossy WebP: twice as quick as the default, 4, for 1.5 % more bytes of a drawn window."""


def encode(frame: Frame, style: PictureStyle | None = None, masks: Sequence[Region] = ()) -> bytes:
    """The frame as a picture file without transparency, the masks (screen coordinates) painted black.

    Raises ActionError for a frame without pixels, and for a picture larger than its format or our readers bear.
    """
    style = style or PictureStyle()
    picture = _scaled(_masked(frame, masks), style)
    height, width = picture.shape[:2]
    if max(width, height) > _LONGEST_SIDE[style.format]:
        raise _too_large(width, height, style)
    if style.format == "png":
        return _png(picture, style.compression)
    return _jpeg(picture, style.quality) if style.format == "jpeg" else _webp(picture, style)


def _masked(frame: Frame, masks: Sequence[Region]) -> Pixels:
    """The frame's own pixels (h × w × 4), or a copy with the masks painted."""
    if frame.region.is_empty:
        raise ActionError(
            "There is no picture of {region}, because nothing of it lies on the screen.",
            "Choose a region on one of the monitors.",
            region=frame.region,
        )
    picture = pixels(frame)
    parts = [part for part in map(frame.region.intersection, masks) if not part.is_empty]
    if parts:
        picture = picture.copy()
    for part in parts:
        top, left = part.y - frame.region.y, part.x - frame.region.x
        picture[top : top + part.height, left : left + part.width] = 0
    return picture


def _scaled(picture: Pixels, style: PictureStyle) -> Pixels:
    """The picture in its final size, at least one pixel high and wide."""
    import cv2
    import numpy as np

    height, width = (max(1, round(side * style.scale)) for side in picture.shape[:2])
    if style.scale > 1 and width * height > _MOST_PIXELS:  # a desktop as it is, is never too large
        raise _too_large(width, height, style)
    if (height, width) == picture.shape[:2]:
        return picture
    way = cv2.INTER_AREA if style.scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (width, height), interpolation=way), np.uint8)


def _too_large(width: int, height: int, style: PictureStyle) -> ActionError:
    return ActionError(
        "A {format} picture of {width} × {height} pixels is too large.",
        "Choose a smaller scale or region.",
        format=style.format.upper(),
        width=width,
        height=height,
    )


# --- PNG ---


def _png(picture: Pixels, compression: int) -> bytes:
    height, width = picture.shape[:2]
    flat = compression == 0 or not _is_photo(picture)
    rows = _plain_rows(picture) if flat else _up_rows(picture)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits a channel, RGB
    data = _deflated(rows.data, compression, flat=flat)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _plain_rows(picture: Pixels) -> Pixels:
    """The rows as the format wants them, each after the number of its filter."""
    import cv2
    import numpy as np

    height, width = picture.shape[:2]
    rows = np.empty((height, 1 + 3 * width), np.uint8)
    rows[:, 0] = _NONE
    # OpenCV writes between the filter numbers, so that nothing is copied once more.
    inner = np.ndarray((height, width, 3), np.uint8, rows.data, offset=1, strides=(1 + 3 * width, 3, 1))
    cv2.cvtColor(picture, cv2.COLOR_BGRA2RGB, inner)
    return rows


def _up_rows(picture: Pixels) -> Pixels:
    import numpy as np

    plain = _plain_rows(picture)
    rows = np.empty_like(plain)
    rows[0] = plain[0]  # the row above the first one counts as zeros
    np.subtract(plain[1:], plain[:-1], out=rows[1:])  # modulo 256, as the format wants it
    rows[:, 0] = _UP
    return rows


def _is_photo(picture: Pixels) -> bool:
    """Whether differences of rows are the better thing to compress, tried with a part of the picture.

    Windows are drawn of the same pixels over and over, and any filter hides that; of a photo no two are the same.
    """
    height = picture.shape[0]
    tops = range(0, height, max(_BAND, height // _BANDS))
    bands = [picture[top : top + _BAND] for top in tops]
    plain, up = (
        sum(len(_deflated(rows(band).data, 1, flat=True)) for band in bands) for rows in (_plain_rows, _up_rows)
    )
    return up < plain


def _deflated(rows: memoryview, compression: int, *, flat: bool) -> bytes:
    if compression == 0:
        return zlib.compress(rows, 0)
    if compression == 1:
        return _quickest()(rows)
    if flat:
        level, strategy = _ZLIB_LEVEL[compression], zlib.Z_DEFAULT_STRATEGY
    else:
        # Made for differences; below level 4 zlib does not heed the former.
        level, strategy = compression, zlib.Z_FILTERED if compression >= 4 else zlib.Z_RLE
    work = zlib.compressobj(level, zlib.DEFLATED, zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, strategy)
    return work.compress(rows) + work.flush()


@cache
def _quickest() -> Callable[[memoryview], bytes]:
    """The quickest compression there is on this machine."""
    try:
        from isal import isal_zlib
    except ImportError:  # no wheel for this platform: five times slower, same file format
        return lambda data: zlib.compress(data, 1)
    return lambda data: isal_zlib.compress(data, 1)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))


# --- what loses something ---


def _jpeg(picture: Pixels, quality: int) -> bytes:
    import cv2

    sampling = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444 if quality >= _FULL_COLOUR else cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling]
    done, data = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_BGRA2BGR), options)
    if not done:
        raise ValueError(f"OpenCV makes no JPEG of {picture.shape}")
    return bytes(data)


def _webp(picture: Pixels, style: PictureStyle) -> bytes:
    import cv2
    from PIL import Image

    method, quality = _WEBP_EFFORT[style.compression] if style.lossless else (_WEBP_METHOD, style.quality)
    file = io.BytesIO()
    # Pillow, because OpenCV leaves the method where it is slow.
    image = Image.fromarray(cv2.cvtColor(picture, cv2.COLOR_BGRA2RGB))
    image.save(file, "WEBP", lossless=style.lossless, quality=quality, method=method)
    return file.getvalue()

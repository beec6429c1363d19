"""`numbered`: a frame with boxes and numbers around the places that a person may choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from agent.core.frame import Frame
from agent.core.geometry import Region

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

_MOST = 99
_INK, _PAPER = (200, 0, 200, 255), (255, 255, 255, 255)
"""Magenta on white (blue, green, red, and what means nothing): rare, and seen on dark and on light screens."""
_LINE = 2
_MARGIN = 3
"""Pixels between the place and its box, and around the digits."""


def numbered(frame: Frame, places: Sequence[Region]) -> Frame:
    """The frame with a numbered box around each place (screen coordinates), from 1 in their order; the first 99."""
    from agent.vision.frame import pixels

    picture = pixels(frame).copy()
    scale = max(1.0, frame.scale)
    corner = frame.region
    boxes = [place.moved(-corner.x, -corner.y).grown(_MARGIN + _LINE) for place in places[:_MOST]]
    for box in boxes:
        _box(picture, box, round(_LINE * scale))
    for number, box in enumerate(boxes, 1):  # after all boxes, so that none of them crosses a number
        _number(picture, box, str(number), scale)
    return replace(frame, pixels=picture.tobytes())


def _box(picture: Pixels, box: Region, thickness: int) -> None:
    import cv2

    corners = (box.x, box.y), (box.right - 1, box.bottom - 1)
    cv2.rectangle(picture, *corners, _PAPER, thickness + 2)
    cv2.rectangle(picture, *corners, _INK, thickness)


def _number(picture: Pixels, box: Region, text: str, scale: float) -> None:
    """On the upper left corner of the box, moved into the picture where that is outside."""
    import cv2

    font, size, thickness = cv2.FONT_HERSHEY_SIMPLEX, 0.6 * scale, round(2 * scale)
    (width, height), _ = cv2.getTextSize(text, font, size, thickness)
    width, height = width + 2 * _MARGIN, height + 2 * _MARGIN
    left = max(0, min(box.x, picture.shape[1] - width))
    top = max(0, min(box.y - height, picture.shape[0] - height))
    cv2.rectangle(picture, (left, top), (left + width, top + height), _INK, cv2.FILLED)
    cv2.putText(picture, text, (left + _MARGIN, top + height - _MARGIN), font, size, _PAPER, thickness, cv2.LINE_AA)

"""What can be done with a `Frame`: look at its pixels, cut it, compare it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.core.frame import Frame
from agent.core.geometry import Region

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

_BAND = 40
"""Rows that are compared at once: a line of text changes one or two bands, and 27 of them make a full-HD frame."""


def pixels(frame: Frame) -> Pixels:
    """A view of the pixels without a copy: h × w × 4, blue, green, red and a meaningless fourth."""
    import numpy as np

    return np.frombuffer(frame.pixels, np.uint8).reshape(frame.region.height, frame.region.width, 4)


def grey(frame: Frame) -> Pixels:
    """The brightness of each pixel: h × w, 0 to 255."""
    import cv2
    import numpy as np

    found = np.zeros((frame.region.height, frame.region.width), np.uint8)
    if not frame.region.is_empty:  # OpenCV refuses those
        cv2.cvtColor(pixels(frame), cv2.COLOR_BGRA2GRAY, found)
    return found


def crop(frame: Frame, region: Region) -> Frame:
    """The part of the frame that lies in the region (screen coordinates); empty where they do not meet."""
    part = frame.region.intersection(region)
    if part == frame.region:
        return frame
    return replace(frame, pixels=_part(pixels(frame), frame.region, part).tobytes(), region=part)


def changed(before: Frame, after: Frame) -> Region | None:
    """The smallest region around all pixels whose colour differs, in screen coordinates; None when none does.

    Raises ValueError when the frames show different regions.
    """
    if before.region != after.region:
        raise ValueError(f"frames of different regions: {before.region} and {after.region}")
    old, new = pixels(before), pixels(after)
    place = None
    for top in range(0, before.region.height, _BAND):
        part = _differing(old[top : top + _BAND], new[top : top + _BAND])
        if part is not None:
            part = part.moved(before.region.x, before.region.y + top)
            place = part if place is None else place.union(part)
    return place


def _part(picture: Pixels, whole: Region, part: Region) -> Pixels:
    """The view of `part` in a picture that shows `whole`; both in screen coordinates."""
    top, left = part.y - whole.y, part.x - whole.x
    return picture[top : top + part.height, left : left + part.width]


def _differing(old: Pixels, new: Pixels) -> Region | None:
    """The smallest region around the pixels that differ, counted from the top left of these bands."""
    import cv2
    import numpy as np

    # The largest difference of any byte: as quick as memcmp, and any buffer will do.
    if not old.size or cv2.norm(old, new, cv2.NORM_INF) == 0:
        return None
    # Four bytes at once; the highest is the one that means nothing.
    different = ((old.view("<u4") ^ new.view("<u4"))[:, :, 0] & 0x00FFFFFF) != 0
    columns, rows = np.flatnonzero(different.any(axis=0)), np.flatnonzero(different.any(axis=1))
    if not rows.size:
        return None
    left, top = int(columns[0]), int(rows[0])
    return Region(left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1)

"""What has changed between two frames: as rectangles, so that only these are read or searched again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.vision.frame import pixels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

_BAND = 40
"""Rows that are compared at once: a line of text changes one or two bands, and 27 of them make a full-HD frame."""
_TILE = 32
"""Columns and rows of a tile; changes in tiles that touch make one rectangle."""


def changes(before: Frame, after: Frame) -> tuple[Region, ...]:
    """The rectangles around all pixels whose colour differs, in screen coordinates; empty when none does.

    They do not overlap and lie as tight as they can. Two frames of the same pixels are told in half a millisecond
    (full HD). Raises ValueError when the frames show different regions.
    """
    if before.region != after.region:
        raise ValueError(f"frames of different regions: {before.region} and {after.region}")
    if before.pixels is after.pixels or _same_bytes(before.pixels, after.pixels):
        return ()
    different = _different(pixels(before), pixels(after))
    found = []
    for part in _tile_groups(different):
        inside = different[part.y : part.bottom, part.x : part.right]
        tight = _bounds(inside).moved(part.x, part.y)
        found.append(tight.moved(after.region.x, after.region.y))
    return _disjoint(found)


def _same_bytes(one: bytes | bytearray | memoryview, two: bytes | bytearray | memoryview) -> bool:
    """Whether they are equal byte by byte; a bytearray compares as quickly as memory can be read."""
    if isinstance(one, memoryview) or isinstance(two, memoryview):
        return False  # those compare item by item, which takes longer than the look at the pixels
    return one == two


def _different(old: Pixels, new: Pixels) -> NDArray[np.bool_]:
    """Where the colours differ: h × w. Bands without a difference are not looked at closely."""
    import cv2
    import numpy as np

    found = np.zeros(old.shape[:2], np.bool_)
    for top in range(0, len(old), _BAND):
        one, two = old[top : top + _BAND], new[top : top + _BAND]
        if cv2.norm(one, two, cv2.NORM_INF):
            # Four bytes at once; the highest is the one that means nothing.
            np.not_equal((one.view("<u4") ^ two.view("<u4"))[:, :, 0] & 0x00FFFFFF, 0, out=found[top : top + _BAND])
    return found


def _tile_groups(different: NDArray[np.bool_]) -> list[Region]:
    """The boxes around the changed tiles that touch, in pixels from the top left."""
    import cv2
    import numpy as np

    height, width = different.shape
    rows, columns = np.arange(0, height, _TILE), np.arange(0, width, _TILE)
    changed = different.any(axis=1)
    tiles = np.zeros((len(rows), len(columns)), np.uint8)
    for row in np.unique(np.flatnonzero(changed) // _TILE).tolist():
        band = different[row * _TILE : (row + 1) * _TILE].any(axis=0)
        tiles[row] = np.logical_or.reduceat(band, columns)
    _, _, boxes, _ = cv2.connectedComponentsWithStats(tiles, connectivity=8)
    return [
        Region(x * _TILE, y * _TILE, min(w * _TILE, width - x * _TILE), min(h * _TILE, height - y * _TILE))
        for x, y, w, h in boxes[1:, :4].tolist()
    ]


def _bounds(inside: NDArray[np.bool_]) -> Region:
    import numpy as np

    columns, rows = np.flatnonzero(inside.any(axis=0)), np.flatnonzero(inside.any(axis=1))
    left, top = int(columns[0]), int(rows[0])
    return Region(left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1)


def _disjoint(regions: list[Region]) -> tuple[Region, ...]:
    """The regions, those that overlap joined: an L of tiles may reach around another group."""
    apart: list[Region] = []
    for region in regions:
        while (other := next((each for each in apart if not each.intersection(region).is_empty), None)) is not None:
            apart.remove(other)
            region = region.union(other)  # noqa: PLW2901 - it grows until it meets no other
        apart.append(region)
    return tuple(apart)

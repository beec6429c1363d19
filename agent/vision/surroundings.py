"""`recognises`: whether a piece of the screen is still the one that was seen before, judged tile by tile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.vision.frame import grey

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Tiles = NDArray[np.float32]

_TILE = 20
"""Pixels: a few letters or a piece of a border."""
_SAME = 0.9
"""Correlation of two tiles with one content; letters and lines of another page rarely come near it."""
_PLAIN = 4.0
"""Standard deviation of the brightness, of 255, below which a tile shows nothing."""


def recognises(before: Frame, after: Frame, *, apart_from: Region) -> bool:
    """Whether any tile of `before` that shows something, outside of `apart_from`, is still there in `after`.

    Compared by correlation, whatever its sign: a form that is dimmed, or turned from light to dark, is still the form.
    True when no tile shows anything, for then nothing speaks against it. Both are of the same region.
    """
    import numpy as np

    old, new = _tiles(before), _tiles(after)
    spread = old.std(axis=2)
    useful = (spread > _PLAIN) & _outside(before.region, apart_from, spread.shape)
    if not useful.any():
        return True
    old, new = (each - each.mean(axis=2, keepdims=True) for each in (old, new))
    norm = np.sqrt((old**2).sum(axis=2) * (new**2).sum(axis=2))
    likeness = np.abs((old * new).sum(axis=2)) / np.maximum(norm, 1.0)
    return bool((likeness[useful] >= _SAME).any())


def _tiles(frame: Frame) -> Tiles:
    """Rows × columns × brightness values of a tile; what is left over at the right and at the bottom is left out."""
    import numpy as np

    rows, columns = frame.region.height // _TILE, frame.region.width // _TILE
    picture = grey(frame)[: rows * _TILE, : columns * _TILE].astype(np.float32)
    return picture.reshape(rows, _TILE, columns, _TILE).swapaxes(1, 2).reshape(rows, columns, _TILE * _TILE)


def _outside(region: Region, hole: Region, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which tiles have nothing of the hole."""
    import numpy as np

    left, top = hole.x - region.x, hole.y - region.y
    rows, columns = np.arange(shape[0]) * _TILE, np.arange(shape[1]) * _TILE
    in_rows = (rows + _TILE > top) & (rows < top + hole.height)
    in_columns = (columns + _TILE > left) & (columns < left + hole.width)
    return ~(in_rows[:, None] & in_columns[None, :])

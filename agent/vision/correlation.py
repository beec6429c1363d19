"""`Correlation`: the sums of products of a template's weights with the pixels below it, block by block of a picture.

As OpenCV's TM_CCORR, by multiplying Fourier transforms of blocks that overlap by the template's size ("overlap-save").
OpenCV chooses blocks that are a few times as large as the template; these here cost as little as they can, which takes
a third of the time off, and what is computed next finds each of them still in the processor's cache.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Floats = NDArray[np.float32]

_SIDES = (64, 96, 128, 160, 192, 216, 256, 288, 320, 384, 400, 480, 576, 640, 720, 768, 800, 960)
"""Sides of blocks whose transforms are quick: products of 2, 3 and 5."""
_TRAP, _TRAPPED = 512, 1.3
"""Floats in a row: with a multiple of so many, the numbers of a column get into each other's way in the cache."""
_TIMES = 2.0
"""What a pixel costs in a block of 1.5 million, compared with a small one whose transforms stay in the cache."""
_CALLS = 60_000
"""What starting with a block costs, in pixels."""


class Correlation:
    """The products of `weights` (h × w) with all places of a picture of some rows and columns. Immutable."""

    def __init__(self, weights: Floats, size: tuple[int, int], *, threads: int = 1) -> None:
        """`size` is that of the picture; the blocks suit so many threads that share the work."""
        import cv2
        import numpy as np

        self._height, self._width = weights.shape
        self._places = size[0] - self._height + 1, size[1] - self._width + 1
        self.block = self._cheapest(size, threads)
        padded = np.zeros(self.block, np.float32)
        padded[: self._height, : self._width] = weights
        self._spectrum = cv2.dft(padded)

    def blocks(self) -> Iterator[tuple[slice, slice]]:
        """The places (of the template's top left pixel) that one block gives, until there are no more."""
        places = self._places
        step = self.block[0] - self._height + 1, self.block[1] - self._width + 1
        for top, left in product(range(0, places[0], step[0]), range(0, places[1], step[1])):
            yield slice(top, min(top + step[0], places[0])), slice(left, min(left + step[1], places[1]))

    def products(self, part: Pixels) -> Floats:
        """The products at all places of a part of the picture no larger than a block."""
        import cv2
        import numpy as np

        filled = np.zeros(self.block, np.float32)
        filled[: part.shape[0], : part.shape[1]] = part
        spectrum = cv2.mulSpectrums(cv2.dft(filled), self._spectrum, 0, conjB=True)
        found = cv2.dft(spectrum, flags=cv2.DFT_INVERSE | cv2.DFT_SCALE | cv2.DFT_REAL_OUTPUT)
        # The rest is of places where the template would reach around to the other side.
        return np.asarray(found[: part.shape[0] - self._height + 1, : part.shape[1] - self._width + 1], np.float32)

    def _cheapest(self, size: tuple[int, int], threads: int) -> tuple[int, int]:
        """The block (rows, columns) with which all places are done soonest."""

        def cost(block: tuple[int, int]) -> float:
            area = block[0] * block[1]
            number = math.ceil(self._places[0] / (block[0] - self._height + 1))
            number *= math.ceil(self._places[1] / (block[1] - self._width + 1))
            each = area * (1 + (_TIMES - 1) * area / 1_500_000) * (_TRAPPED if block[1] % _TRAP == 0 else 1)
            return float(math.ceil(number / threads) * (each + _CALLS))

        return min(product(_sides(size[0], self._height), _sides(size[1], self._width)), key=cost)


def _sides(picture: int, template: int) -> list[int]:
    """The sides from which a block's is chosen; the last one holds the whole picture."""
    import cv2

    whole = int(cv2.getOptimalDFTSize(picture))
    return [side for side in _SIDES if template <= side < whole] + [whole]

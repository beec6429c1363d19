"""How alike a template and every place of a picture are: the normalised correlation of their grey values.

The score of a place is cov(T, I) / sqrt(var(T) · var(I)), as OpenCV's TM_CCOEFF_NORMED has it: 1 is the same shape in
whatever brightness and contrast, 0 or less is none. `Shape.scores` gives it for all places, within `CLOSE` of the true
value; `Shape.at` gives the true value of one place, computed in whole numbers.
"""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from agent.core.devices import Check
from agent.vision.correlation import Correlation
from agent.vision.template import Template

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Scores = NDArray[np.float32]
    Exact = NDArray[np.float64]

CLOSE = 0.001
"""No score of a map is farther from the true one than this.

The sums are exact, the products come from transforms of 32-bit floats. On real windows the scores are 0.00001 off, and
0.0002 at most where a plain with a few pixels that are one grey value off lies beside noise in black and white.
"""
_FLAT = 2.0
"""A picture whose grey values deviate less than this has no shape that could be compared."""
_UNLIKE = 50
"""Grey values that a flat picture may be off before there is no likeness at all: twenty, and it is 0.6."""
_WORTH_A_THREAD = 200_000
"""Pixels, a tenth of full HD, that take longer than to start a thread."""
_MOST_THREADS = 4
_BAND = 100_000
"""Pixels that are divided at once: their sums stay in the processor's cache."""
_TALLEST_BAND = 256
"""Rows: more than `_BAND` says for a tall template, because its height of rows must be summed besides."""


def grey_of(picture: Pixels) -> Pixels:
    """The brightness of each pixel (h × w) of a picture of three or four channels."""
    import cv2
    import numpy as np

    grey = np.empty(picture.shape[:2], np.uint8)
    cv2.cvtColor(picture, cv2.COLOR_BGRA2GRAY if picture.shape[2] == 4 else cv2.COLOR_BGR2GRAY, grey)
    return grey


class Shape:
    """A template made ready to be compared. Immutable."""

    def __init__(self, template: Template) -> None:
        import numpy as np

        self._colours = template.colours
        self._grey = grey_of(template.colours)
        self._mask = None if template.counts is None else template.counts.astype(np.uint8)
        counted = (self._grey if template.counts is None else self._grey[template.counts]).astype(np.int64)
        self._count, self._sum, self._squares = counted.size, int(counted.sum()), int((counted**2).sum())
        self._spread = self._count * self._squares - self._sum**2
        """The variance times the number of pixels squared, a whole number."""
        self._is_flat = self._spread < (_FLAT * self._count) ** 2
        weights = self._grey.astype(np.float64) - self._sum / self._count
        if self._mask is not None:
            weights *= self._mask
        if not self._is_flat:
            weights *= self._count / math.sqrt(self._spread)
        self._weights = weights.astype(np.float32)

    def at(self, grey: Pixels, y: int, x: int) -> float:
        """The true score of the place whose top left pixel is `y`, `x`."""
        import cv2

        height, width = self._grey.shape
        part = grey[y : y + height, x : x + width]
        # Sums of whole numbers, but OpenCV draws the root and squares it again.
        total = round(cv2.norm(part, cv2.NORM_L1, mask=self._mask))
        squares = round(cv2.norm(part, cv2.NORM_L2SQR, mask=self._mask))
        apart = round(cv2.norm(part, self._grey, cv2.NORM_L2SQR, mask=self._mask))
        if self._is_flat:
            return 1 - math.sqrt(apart / self._count) / _UNLIKE
        products = (squares + self._squares - apart) // 2
        spread = self._count * squares - total**2
        if not spread:
            return 0.0
        return (self._count * products - total * self._sum) / math.sqrt(self._spread * spread)

    def colours_at(self, picture: Pixels, y: int, x: int) -> float:
        """1 where all colours are the same, 0 where they are half of the whole range apart (root mean square)."""
        import cv2

        height, width = self._grey.shape
        part = cv2.cvtColor(picture[y : y + height, x : x + width], cv2.COLOR_BGRA2BGR)
        squares = float(cv2.norm(part, self._colours, cv2.NORM_L2SQR, mask=self._mask))
        return max(0.0, 1 - math.sqrt(squares / (3 * self._count)) / 128)

    def scores(self, grey: Pixels, check: Check = lambda: None) -> Scores:
        """The scores of all places: (H - h + 1) × (W - w + 1), by the place's top left pixel.

        At full resolution, for a search on reduced pictures misses one text-like template in four. OpenCV has the
        same in one call, but spends more time on the division than on the transforms, and all of it on one core.
        """
        import numpy as np

        height, width = self._grey.shape
        found = np.empty((grey.shape[0] - height + 1, grey.shape[1] - width + 1), np.float32)
        threads = _threads() if grey.size > _WORTH_A_THREAD else 1
        correlation = Correlation(self._weights, grey.shape, threads=threads)
        blocks = list(correlation.blocks())
        if threads == 1 or len(blocks) == 1:
            for block in blocks:
                check()
                self._score(grey, correlation, block, found[block])
            return found
        pool = ThreadPoolExecutor(threads, "image")
        try:
            jobs = [pool.submit(self._score, grey, correlation, block, found[block]) for block in blocks]
            for job in jobs:
                check()
                job.result()
        finally:
            pool.shutdown(cancel_futures=True)
        return found

    def _score(self, grey: Pixels, correlation: Correlation, block: tuple[slice, slice], found: Scores) -> None:
        """Put the scores of the places in a block into `found`."""
        height, width = self._grey.shape
        rows, columns = block
        part = grey[rows.start : rows.stop + height - 1, columns.start : columns.stop + width - 1]
        products = correlation.products(part)
        # Band by band, because fresh memory for whole blocks costs more than all that is computed in it.
        step = len(found) if self._mask is not None else max(_BAND // part.shape[1], min(height, _TALLEST_BAND))
        for top in range(0, len(found), step):
            band = slice(top, min(top + step, len(found)))
            self._divide(products[band], *self._sums(part[top : band.stop + height - 1]), found[band])

    def _divide(self, products: Scores, total: Exact, squares: Exact, found: Scores) -> None:
        """Put the scores into `found`; `total` and `squares` are used up."""
        import cv2
        import numpy as np

        if self._is_flat:
            squares -= 2 * self._sum / self._count * total
            squares -= 2 * products
            squares += self._squares
            np.subtract(1, np.sqrt(np.maximum(squares, 0) / self._count) / _UNLIKE, out=found, casting="same_kind")
            return
        cv2.multiply(total, total, total)
        spread = cv2.addWeighted(squares, self._count, total, -1, 0, dtype=cv2.CV_32F)
        # All of one colour: no shape, and next to no products. Else it is at least the number of pixels less one.
        # Not cv2.max: OpenCV takes the number for four of them beside a picture of one pixel.
        spread = np.sqrt(np.maximum(spread, self._count / 4, out=spread), out=spread)
        np.divide(products, spread, out=found)

    def _sums(self, grey: Pixels) -> tuple[Exact, Exact]:
        """The sum and the sum of squares of the pixels below the template, for all its places; whole numbers."""
        import cv2
        import numpy as np

        height, width = self._grey.shape
        if self._mask is not None:
            wide, mask = grey.astype(np.float64), self._mask.astype(np.float64)
            places = slice(len(grey) - height + 1), slice(grey.shape[1] - width + 1)
            return np.rint(_below(wide, mask)[places]), np.rint(_below(wide * wide, mask)[places])
        # The sum of very many bytes is too large for 32 bits.
        depth = cv2.CV_32S if grey.size < 2**31 // 255 else cv2.CV_64F
        sums, sums_of_squares = cv2.integral2(grey, sdepth=depth)
        total = cv2.subtract(sums[height:], sums[:-height])
        square = cv2.subtract(sums_of_squares[height:], sums_of_squares[:-height])
        return (
            np.asarray(cv2.subtract(total[:, width:], total[:, :-width], dtype=cv2.CV_64F), np.float64),
            np.asarray(cv2.subtract(square[:, width:], square[:, :-width]), np.float64),
        )


def _below(values: Exact, mask: Exact) -> Exact:
    """The sums below the mask, wherever it may lie; the last rows and columns mean nothing."""
    import cv2
    import numpy as np

    return np.asarray(cv2.filter2D(values, -1, mask, anchor=(0, 0), borderType=cv2.BORDER_CONSTANT))


def _threads() -> int:
    return min(_MOST_THREADS, os.cpu_count() or 1)

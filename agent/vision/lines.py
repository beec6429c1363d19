"""Where text stands in a picture: rows of cells, found by edges, before anything is read.

A *cell* is text without a wide gap or a ruled line in it; a *row* is the cells that stand side by side. Borders,
underlines, boxes and icons are taken out by their shape, so that what is left to read is text alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.vision.box import Box
from agent.vision.strokes import MAX_HEIGHT, MIN_HEIGHT, Strokes, strokes_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Mask = NDArray[np.uint8]

GAP = 0.7
"""A gap wider than this many text heights parts two cells; a blank of proportional type is some 0.5 wide."""


UNDERLINE = 6
"""An underline ends with its text, or at most so many pixels beside it."""
DESCENDER = 0.25
"""How far descenders go down, in heights of the text above its underline."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The text cells of a picture, and the ruled lines among them."""

    rows: list[list[Box]]
    """From top to bottom, each from left to right."""
    ruled: Mask
    """Not 0 where a border, separator or underline is drawn; as large as the picture."""
    ruled_across: Mask
    ruled_down: Mask

    def reach(self, cell: Box) -> Box:
        """What to read for a cell: a pixel more around, or up to three towards a line, which cuts text near it off.

        Under an underline the descenders go on.
        """
        height, width = self.ruled.shape
        left, top = max(cell.x - 3, 0), max(cell.y - 3, 0)
        right, bottom = min(cell.right + 3, width), min(cell.bottom + 3, height)
        before = self.ruled[cell.y : cell.bottom, left : cell.x].any(axis=0)
        behind = self.ruled[cell.y : cell.bottom, cell.right : right].any(axis=0)
        above = self.ruled[top : cell.y, cell.x : cell.right].any(axis=1)
        # An edge is noted at the pixel before it: inside of a left border that is the border's last pixel.
        return Box(
            left + _last(before) + 1 if before.any() else max(cell.x - 1, 0),
            top + _last(above) + 1 if above.any() else max(cell.y - 1, 0),
            cell.right + int(behind.argmax()) + 1 if behind.any() else min(cell.right + 1, width),
            self._bottom(cell, bottom),
        )

    def _bottom(self, cell: Box, bottom: int) -> int:
        height, width = int(self.ruled.shape[0]), int(self.ruled.shape[1])
        below = self.ruled[cell.bottom : bottom, cell.x : cell.right].any(axis=1)
        if not below.any():
            return min(cell.bottom + 1, height)
        line = cell.bottom + int(below.argmax())
        beside = self.ruled[
            line - 1 : line + 2,
            [x for x in (cell.x - UNDERLINE, cell.right + UNDERLINE - 1) if 0 <= x < width],
        ]
        if beside.any():
            return line + 1  # a border, which goes on beyond the text
        return min(bottom + round(DESCENDER * (cell.bottom - cell.y)), height)


def _last(marked: Any) -> int:
    """The place of the last one that is set."""
    return len(marked) - 1 - int(marked[::-1].argmax())


def layout(grey: Mask) -> Layout:
    """Find the text of a grey picture (h × w)."""
    return layout_of(strokes_of(grey))


def layout_of(strokes: Strokes) -> Layout:
    """The text that the strokes make up."""
    cells = [cell for line in _lines(_with_dots(strokes.blobs)) for cell in _cells(line, strokes.ruled_down)]
    across, down = strokes.ruled_across, strokes.ruled_down
    return Layout(_rows(cells), across | down, across, down)


def _with_dots(blobs: Iterable[Box]) -> list[Box]:
    """The blobs, each joined with the dots, accents and commas that stand just above, below or beside it."""
    words = [blob for blob in blobs if blob.height >= MIN_HEIGHT]
    dots = [blob for blob in blobs if blob.height < MIN_HEIGHT]
    grid = _Grid(words)
    joined = list(words)
    left: list[Box] = []
    for dot in dots:
        near = [index for index in grid.around(dot, 10) if _owns(words[index], dot)]
        if near:
            owner = min(
                near, key=lambda index: (_aside(words[index], dot), abs(words[index].middle - dot.middle), index)
            )
            joined[owner] = joined[owner].union(dot)
        elif dot.width >= MIN_HEIGHT:
            left.append(dot)  # a dash of its own
    return [blob for blob in joined if blob.height <= MAX_HEIGHT] + left


def _aside(word: Box, dot: Box) -> bool:
    """Whether the dot stands beside the word, and not above, below or in it."""
    return dot.x >= word.right or dot.right <= word.x


def _owns(word: Box, dot: Box) -> bool:
    """Whether the dot is an accent, i-dot or comma of the word."""
    beside = dot.x <= word.right + word.height // 3 and dot.right >= word.x - 2
    return beside and dot.shared_height(word) >= -max(2, word.height // 4) and dot.width <= 2 * word.height


class _Grid:
    """Boxes by place, so that neighbours are found without looking at all."""

    SIZE = 64

    def __init__(self, boxes: list[Box]) -> None:
        self._places: dict[tuple[int, int], list[int]] = {}
        for index, box in enumerate(boxes):
            for place in self._covered(box, 0):
                self._places.setdefault(place, []).append(index)

    def around(self, box: Box, pixels: int) -> set[int]:
        """The indices of boxes that may come within so many pixels."""
        return {index for place in self._covered(box, pixels) for index in self._places.get(place, ())}

    def _covered(self, box: Box, pixels: int) -> Iterable[tuple[int, int]]:
        for x in range((box.x - pixels) // self.SIZE, (box.right + pixels) // self.SIZE + 1):
            for y in range((box.y - pixels) // self.SIZE, (box.bottom + pixels) // self.SIZE + 1):
                yield x, y


class _OpenLine:
    """A line of text that may go on to the right: its blobs, and where its last few stand."""

    __slots__ = ("blobs", "bottom", "last", "reach", "top")

    def __init__(self, blob: Box) -> None:
        self.blobs = [blob]
        self.last = blob
        self.top, self.bottom, self.reach = blob.y, blob.bottom, _reach([blob])

    def append(self, blob: Box) -> None:
        """Let the line go on with this blob."""
        self.blobs.append(blob)
        if blob.height * 3 >= self.last.height:  # a dot or dash says little of where the line is
            self.last = blob
        tail = self.blobs[-4:]
        self.top, self.bottom = min([box[1] for box in tail]), max([box[3] for box in tail])
        self.reach = _reach(tail)


def _reach(tail: list[Box]) -> int:
    """How far to the right a line goes on. Not much beyond the gaps of a cell: two lines beside a headline stay two."""
    return max([box[2] for box in tail]) + max(round(1.1 * GAP * max([box[3] - box[1] for box in tail])), 10)


def _beside_last(last: Box, y: int, bottom: int) -> bool:
    """Whether a blob of these rows stands beside the last one too: a high icon does not join two lines of text."""
    shared = min(last[3], bottom) - max(last[1], y)
    return shared * 3 >= min(bottom - y, last[3] - last[1])


def _lines(blobs: list[Box]) -> list[list[Box]]:
    """Blobs that follow each other on one line, each line from left to right."""
    lines: list[_OpenLine] = []
    at_height: dict[int, list[_OpenLine]] = {}  # by strips of 32 rows, so that few are looked at
    for blob in sorted(blobs):
        x, y, _, bottom = blob
        strips = range(y // 32, bottom // 32 + 1)
        best, most = None, 0.5
        for strip in strips:
            near = [line for line in at_height.get(strip, ()) if line.reach >= x]
            at_height[strip] = near
            for line in near:
                # How much of the lower one of the two stands beside the other, 0 to 1.
                shared = min(line.bottom, bottom) - max(line.top, y)
                share = shared / max(1, min(bottom - y, line.bottom - line.top))
                if share >= most and line is not best and _beside_last(line.last, y, bottom):
                    best, most = line, share
        if best is None:
            best = _OpenLine(blob)
            lines.append(best)
        else:
            best.append(blob)
        for strip in strips:
            if best not in at_height[strip]:
                at_height[strip].append(best)
    return [line.blobs for line in lines]


def _cells(line: list[Box], down: Mask) -> Iterable[Box]:
    """The line cut at wide gaps, at ruled lines and beside icons; what cannot be text is left out."""
    height = sorted(box.height for box in line)[len(line) // 2]
    cell = line[0]
    for blob in line[1:]:
        gap = blob.x - cell.right
        parted = gap > 2 and (_is_icon(cell, height) != _is_icon(blob, height) or _ruled(cell, blob, down))
        if parted or gap > GAP * max(height, 8):
            if _may_be_text(cell):
                yield cell
            cell = blob
        else:
            cell = cell.union(blob)
    if _may_be_text(cell):
        yield cell


def _is_icon(box: Box, height: int) -> bool:
    """Whether it is so much higher than the text of its line, and not even wide."""
    return box.height > 1.7 * height and box.width <= 1.3 * box.height


def _ruled(left: Box, right: Box, down: Mask) -> bool:
    """Whether a line is ruled between the two."""
    top, bottom = max(left.y, right.y), min(left.bottom, right.bottom)
    between: Any = down[top:bottom, max(left.right - 2, 0) : right.x + 1]
    return bool(between.size and between.all(axis=0).any())


def _may_be_text(box: Box) -> bool:
    # A lone flat thing is a dash, or the arrow of a combo box; the arrow is higher.
    flat = box.height <= 4 and 4 <= box.width <= 40
    return flat or (box.width >= 3 and MIN_HEIGHT < box.height <= MAX_HEIGHT)


def _rows(cells: list[Box]) -> list[list[Box]]:
    """Cells side by side, rows by their middle from top to bottom, each from left to right."""
    found: list[list[Box]] = []
    row: list[Box] = []
    for cell in sorted(cells, key=lambda box: (box.y + box.bottom, box)):
        if row and _beside(row, cell):
            row.append(cell)
        else:
            row = [cell]
            found.append(row)
    return [sorted(row) for row in found]


def _beside(row: Iterable[Box], cell: Box) -> bool:
    """Whether the cell stands beside all of the row, at the same height. Written out, for it is asked so often."""
    x, y, right, bottom = cell
    height, middle = bottom - y, y + bottom
    for left, top, end, low in row:
        if abs(top + low - middle) > 16 or (left < right and x < end):
            return False
        shared = (low if low < bottom else bottom) - (top if top > y else y)
        lower = height if height < low - top else low - top
        if shared * 2 < lower:
            return False
    return True

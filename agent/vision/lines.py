"""Where text stands in a picture: rows of cells, found by edges, before anything is read.

A *cell* is text without a wide gap or a ruled line in it; a *row* is the cells that stand side by side. Borders,
underlines, boxes and icons are taken out by their shape, so that what is left to read is text alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Mask = NDArray[np.uint8]

EDGE = 22
"""Least difference of two neighbouring grey values that counts as an edge; placeholder grey on white has 40."""
BRIDGE = 7
"""Strokes up to so many pixels apart in a row of pixels belong to one blob: letters of a word, never two words."""
GAP = 0.7
"""A gap wider than this many text heights parts two cells; a blank of proportional type is some 0.5 wide."""
MIN_HEIGHT, MAX_HEIGHT = 5, 90
"""Of a text with its ascenders, in pixels; the smallest readable font has 5, a headline of 60 point 80."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in the picture; right and bottom are exclusive. Lighter than `Region`: thousands are made."""

    x: int
    y: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """In pixels."""
        return self.right - self.x

    @property
    def height(self) -> int:
        """In pixels."""
        return self.bottom - self.y

    def union(self, other: Box) -> Box:
        """The smallest box around both."""
        return Box(
            min(self.x, other.x), min(self.y, other.y), max(self.right, other.right), max(self.bottom, other.bottom)
        )

    def shared_height(self, other: Box) -> int:
        """How many rows of pixels both have; negative: how many lie between them."""
        return min(self.bottom, other.bottom) - max(self.y, other.y)


@dataclass(frozen=True, slots=True)
class Layout:
    """The text cells of a picture, and the ruled lines among them."""

    rows: list[list[Box]]
    """From top to bottom, each from left to right."""
    ruled: Mask
    """Not 0 where a border, separator or underline is drawn; as large as the picture."""

    def reach(self, cell: Box) -> Box:
        """The cell with a pixel more around, or three towards a line: text near one was cut off with it."""
        height, width = self.ruled.shape
        left, top = max(cell.x - 3, 0), max(cell.y - 3, 0)
        right, bottom = min(cell.right + 3, width), min(cell.bottom + 3, height)
        ruled = self.ruled
        return Box(
            left if ruled[cell.y : cell.bottom, left : cell.x].any() else max(cell.x - 1, 0),
            top if ruled[top : cell.y, cell.x : cell.right].any() else max(cell.y - 1, 0),
            right if ruled[cell.y : cell.bottom, cell.right : right].any() else min(cell.right + 1, width),
            bottom if ruled[cell.bottom : bottom, cell.x : cell.right].any() else min(cell.bottom + 1, height),
        )


def layout(grey: Mask) -> Layout:
    """Find the text of a grey picture (h × w)."""
    if min(grey.shape) < MIN_HEIGHT:
        return Layout([], grey * 0)
    strokes, across, down = _strokes(grey)
    blobs = [part for blob in _blobs(strokes) for part in _parted(blob, strokes)]
    cells = [cell for line in _lines(_with_dots(blobs)) for cell in _cells(line, down)]
    return Layout(_rows(cells), across | down)


def _strokes(grey: Mask) -> tuple[Mask, Mask, Mask]:
    """Three masks: edges that may be glyphs, ruled lines across, ruled lines down."""
    import cv2
    import numpy as np

    edge_x = np.zeros_like(grey)
    edge_y = np.zeros_like(grey)
    edge_x[:, :-1] = cv2.threshold(cv2.absdiff(grey[:, 1:], grey[:, :-1]), EDGE, 255, cv2.THRESH_BINARY)[1]
    edge_y[:-1] = cv2.threshold(cv2.absdiff(grey[1:], grey[:-1]), EDGE, 255, cv2.THRESH_BINARY)[1]
    # No glyph has an unbroken straight edge this long; borders, separators and underlines have.
    across = _opened(edge_y, (1, 28))
    down = _ruled_down(edge_x, across)
    strokes = edge_x | edge_y
    # Two pixels around, because the corners of frames are rounded.
    strokes &= ~np.asarray(cv2.dilate(across | down, np.ones((5, 5), np.uint8)), np.uint8)
    return strokes, across, down


def _ruled_down(edge_x: Mask, across: Mask) -> Mask:
    """Long lines down, and short ones that run from one line across to another: the sides of fields and cells."""
    import cv2
    import numpy as np

    # A grid's lines are broken where they cross: there is no difference to the side.
    whole = np.asarray(cv2.morphologyEx(edge_x, cv2.MORPH_CLOSE, np.ones((5, 1), np.uint8)), np.uint8)
    long = _opened(whole, (36, 1))
    short = _opened(edge_x, (12, 1)) & ~long
    # The corners between may be rounded. A stem of bold type between two lines keeps more distance.
    ends = cv2.dilate(across, np.ones((9, 13), np.uint8))
    for x, top, bottom in _runs_down(short):
        if ends[top, x] and ends[bottom, x]:
            long[top : bottom + 1, x] = 255
    return long


def _runs_down(mask: Mask) -> Iterable[tuple[int, int, int]]:
    """(column, first row, last row) of each unbroken run of set pixels down."""
    starts, ends = mask.copy(), mask.copy()
    starts[1:] &= ~mask[:-1]
    ends[:-1] &= ~mask[1:]
    # Column by column, the n-th start belongs to the n-th end.
    (columns, tops), (_, bottoms) = _by_column(starts), _by_column(ends)
    return zip(columns.tolist(), tops.tolist(), bottoms.tolist(), strict=True)


def _by_column(mask: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(columns, rows) of the set pixels, column by column."""
    import cv2
    import numpy as np

    points = cv2.findNonZero(mask)
    if points is None:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    # OpenCV 4 gives n × 1 × 2, OpenCV 5 n × 2.
    x, y = points.reshape(-1, 2).astype(np.int64).T
    order = np.lexsort((y, x))
    return x[order], y[order]


def _opened(mask: Mask, size: tuple[int, int]) -> Mask:
    """What of the mask holds a bar of this height and width."""
    import cv2
    import numpy as np

    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones(size, np.uint8)), np.uint8)


def _blobs(strokes: Mask) -> Iterable[Box]:
    """Connected strokes, bridged to the side only: two lines of text never join through a bridge."""
    import cv2
    import numpy as np

    _without_icons(strokes)
    bridged = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, np.ones((1, BRIDGE), np.uint8))
    for x, y, width, height in _components(np.asarray(bridged, np.uint8)).tolist():
        if height <= MAX_HEIGHT * 3:
            yield Box(x, y, x + width + 1, y + height + 1)


def _components(mask: Mask) -> NDArray[np.int64]:
    """The boxes (x, y, width, height; n × 4) of the connected strokes, corners touching included.

    Rows without any stroke part them anyway, so only the first of several such rows is looked at: on a window full
    of text that halves the time.
    """
    import cv2
    import numpy as np

    used = np.asarray(mask.any(axis=1))
    used[1:] |= used[:-1]
    rows = np.flatnonzero(used)
    if not len(rows):  # OpenCV crashes on a picture without rows
        return np.zeros((0, 4), np.int64)
    _, _, boxes, _ = cv2.connectedComponentsWithStats(mask[rows], connectivity=8)
    found = np.array(boxes[1:, :4], np.int64)
    # No component spans a row that was left out, so its height is what it was.
    found[:, 1] = rows[found[:, 1]]
    return found


def _without_icons(strokes: Mask) -> None:
    """Take out check boxes, radio buttons and short separators: what has the shape of none of the letters."""
    import numpy as np

    boxes = _components(strokes)
    width, height = boxes[:, 2], boxes[:, 3]
    square = (np.abs(width - height) <= 1) & (height >= 11) & (height <= 28)
    for x, y, w, h in boxes[square].tolist():
        part = strokes[y : y + h, x : x + w]
        around = strokes[y : y + h, max(x - 3, 0) : x + w + 3]
        if np.count_nonzero(around) == np.count_nonzero(part) and (_is_box(part) or _is_ring(part)):
            strokes[y : y + h, x : x + w] = 0
    for x, y, w, h in boxes[(width <= 3) & (height >= 14) & (height < 36)].tolist():
        if _sticks_out(strokes, x, y, w, h):
            strokes[y : y + h, x : x + w] = 0


def _sticks_out(strokes: Mask, x: int, y: int, w: int, h: int) -> bool:
    """Whether an upright line goes beyond the text beside it at both ends; an l or a | ends where other letters do."""
    import numpy as np

    near = strokes[y : y + h, max(x - 12, 0) : x + w + 12]
    return bool(np.count_nonzero(near[:2]) <= 2 * w and np.count_nonzero(near[-2:]) <= 2 * w)


def _is_box(part: Mask) -> bool:
    """Whether there are strokes along most of all four sides."""
    import numpy as np

    rims = (part[:2], part[-2:], part[:, :2].T, part[:, -2:].T)
    return all(np.count_nonzero(rim.any(axis=0)) >= 0.75 * rim.shape[1] for rim in rims)


def _is_ring(part: Mask) -> bool:
    """Whether the strokes are a circle, with a dot in its middle or without."""
    import numpy as np

    radius = (max(part.shape) - 1) / 2
    y, x = np.nonzero(part)
    distance = np.hypot(y - radius, x - radius) / radius
    outside = np.count_nonzero(distance > 0.74)
    between = np.count_nonzero((distance > 0.5) & (distance <= 0.74))
    return bool(outside >= 2.6 * radius and between <= 0.06 * len(y))


def _parted(blob: Box, strokes: Mask) -> Iterable[Box]:
    """The blob, or its lines where descenders touch the ascenders below: cut where the fewest strokes are."""
    import numpy as np

    # A single line of text is wider than high; what is as high as two lines of the smallest font may be two lines.
    if blob.height < 22 or blob.width < blob.height:
        return (blob,)
    counts = np.count_nonzero(strokes[blob.y : blob.bottom, blob.x : blob.right], axis=1)
    third = blob.height // 3
    middle = counts[third : blob.height - third]
    cut = third + int(np.argmin(middle))
    if counts[cut] > 0.18 * counts.max():
        return (blob,)
    upper = Box(blob.x, blob.y, blob.right, blob.y + cut + 1)
    lower = Box(blob.x, blob.y + cut, blob.right, blob.bottom)
    return (*_parted(upper, strokes), *_parted(lower, strokes))


def _with_dots(blobs: list[Box]) -> list[Box]:
    """The blobs, each joined with the dots, accents and commas that stand just above, below or beside it."""
    words = sorted((blob for blob in blobs if blob.height >= MIN_HEIGHT), key=lambda box: box.y)
    dots = [blob for blob in blobs if blob.height < MIN_HEIGHT]
    grid = _Grid(words)
    joined = list(words)
    left: list[Box] = []
    for dot in dots:
        near = [index for index in grid.around(dot, 10) if _owns(words[index], dot)]
        if near:
            owner = min(near, key=lambda index: abs(_middle(words[index]) - _middle(dot)))
            joined[owner] = joined[owner].union(dot)
        elif dot.width >= MIN_HEIGHT:
            left.append(dot)  # a dash of its own
    return [blob for blob in joined if blob.height <= MAX_HEIGHT] + left


def _owns(word: Box, dot: Box) -> bool:
    """Whether the dot is an accent, i-dot or comma of the word."""
    beside = dot.x <= word.right + word.height // 3 and dot.right >= word.x - 2
    return beside and dot.shared_height(word) >= -max(2, word.height // 4) and dot.width <= 2 * word.height


def _middle(box: Box) -> float:
    return (box.y + box.bottom) / 2


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

    def __init__(self) -> None:
        self.blobs: list[Box] = []
        self.top = self.bottom = self.reach = 0

    def append(self, blob: Box) -> None:
        """Let the line go on with this blob."""
        self.blobs.append(blob)
        tail = self.blobs[-4:]
        self.top, self.bottom = min(box.y for box in tail), max(box.bottom for box in tail)
        # A gap of three text heights ends a line; what stands further away is another text.
        self.reach = max(box.right for box in tail) + max(3 * max(box.height for box in tail), 40)

    def alignment(self, blob: Box) -> float:
        """How much of the lower one of the two stands beside the other, 0 to 1."""
        shared = min(self.bottom, blob.bottom) - max(self.top, blob.y)
        return shared / max(1, min(blob.height, self.bottom - self.top))


def _lines(blobs: list[Box]) -> list[list[Box]]:
    """Blobs that follow each other on one line, each line from left to right."""
    lines: list[_OpenLine] = []
    at_height: dict[int, list[_OpenLine]] = {}  # by strips of 32 rows, so that few are looked at
    for blob in sorted(blobs, key=lambda box: box.x):
        strips = range(blob.y // 32, blob.bottom // 32 + 1)
        best, shared = None, 0.5
        for strip in strips:
            near = at_height.setdefault(strip, [])
            near[:] = [line for line in near if line.reach >= blob.x]
            for line in near:
                if (over := line.alignment(blob)) >= shared and line is not best:
                    best, shared = line, over
        if best is None:
            best = _OpenLine()
            lines.append(best)
        best.append(blob)
        for strip in strips:
            if best not in at_height[strip]:
                at_height[strip].append(best)
    return [line.blobs for line in lines]


def _cells(line: list[Box], down: Mask) -> Iterable[Box]:
    """The line cut at wide gaps and at ruled lines; what cannot be text is left out."""
    height = sorted(box.height for box in line)[len(line) // 2]
    cell = line[0]
    for blob in line[1:]:
        gap = blob.x - cell.right
        if gap > GAP * max(height, 8) or (gap > 2 and _ruled(cell, blob, down)):
            if _may_be_text(cell):
                yield cell
            cell = blob
        else:
            cell = cell.union(blob)
    if _may_be_text(cell):
        yield cell


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
    for cell in sorted(cells, key=_middle):
        row = found[-1] if found else []
        if row and all(_beside(other, cell) for other in row):
            row.append(cell)
        else:
            found.append([cell])
    return [sorted(row, key=lambda box: box.x) for row in found]


def _beside(one: Box, two: Box) -> bool:
    shared = one.shared_height(two)
    apart = one.right <= two.x or two.right <= one.x
    return apart and shared >= 0.5 * min(one.height, two.height) and abs(_middle(one) - _middle(two)) <= 8

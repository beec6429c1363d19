"""Strokes: the edges in a picture that may be letters, with ruled lines and icons taken out by their shape.

What is found at a place depends on some eighty pixels around it and no more, so after a change only its
surroundings are looked at again; the result is the same as if the whole picture had been.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.vision.box import Box, apart

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Mask = NDArray[np.uint8]

EDGE = 22
"""Least difference of two neighbouring grey values that counts as an edge; placeholder grey on white has 40."""
BRIDGE = 7
"""Strokes up to so many pixels apart in a row of pixels belong to one blob: letters of a word, never two words."""
MIN_HEIGHT, MAX_HEIGHT = 5, 90
"""Of a text with its ascenders, in pixels; the smallest readable font has 5, a headline of 60 point 80."""
_REACH_X, _REACH_Y = 40, 80
"""How far a pixel of the masks depends on others: the bars and runs that `_lines_across` and `_lines_down` look for."""
_NEAR = 16
"""How far the verdict on an icon depends on what stands beside it."""


@dataclass(frozen=True, slots=True)
class Strokes:
    """What was found in one picture; never changed afterwards."""

    edges: Mask
    """Not 0 where there may be a letter or an icon; as large as the picture."""
    ruled_across: Mask
    """Not 0 where a border, separator or underline is drawn."""
    ruled_down: Mask
    groups: NDArray[np.int64]
    """Boxes (x, y, right, bottom; n × 4) around all edges that hang together; no edge lies outside of all."""
    blobs: tuple[Box, ...]
    """Those of letters, words, dots and accents, from top to bottom."""


def strokes_of(grey: Mask) -> Strokes:
    """Find the strokes of a grey picture (h × w); there are none in one that is lower or narrower than any text."""
    import numpy as np

    if min(grey.shape) < MIN_HEIGHT:
        nothing = np.zeros_like(grey)
        return Strokes(nothing, nothing, nothing, np.zeros((0, 4), np.int64), ())
    edges, across, down = _masks(grey)
    whole = Box(0, 0, grey.shape[1], grey.shape[0])
    groups, blobs = _groups_and_blobs(grey, edges, down, whole)
    return Strokes(edges, across, down, groups, _in_order(blobs))


def strokes_after(before: Strokes, grey: Mask, changed: Sequence[Box]) -> tuple[Strokes, list[Box]]:
    """The strokes of a picture that differs from the one before in these boxes only.

    Also the boxes where the masks are others than before.
    """
    import numpy as np

    if min(grey.shape) < MIN_HEIGHT:
        return before, []
    edges, across, down = before.edges.copy(), before.ruled_across.copy(), before.ruled_down.copy()
    size = (grey.shape[0], grey.shape[1])
    other: list[Box] = []
    for part in apart(box.grown(_REACH_X, _REACH_Y, size) for box in changed):
        around = part.grown(_REACH_X, _REACH_Y, size)
        inner = _within(part, around)
        found = _masks(_cut(grey, around))
        news = [_cut(mask, inner) for mask in found]
        olds = [_cut(mask, part) for mask in (edges, across, down)]
        difference = news[0] ^ olds[0] | news[1] ^ olds[1] | news[2] ^ olds[2]
        if difference.any():
            other.append(_bounds(difference, part))
            for old, new in zip(olds, news, strict=True):
                old[:] = new
    groups, blobs = before.groups, list(before.blobs)
    for part in apart(box.grown(_NEAR, _NEAR, size) for box in (*other, *changed)):
        part, met = _closed(groups, part)  # noqa: PLW2901 - grown, so that nothing lies in it by half
        new_groups, new_blobs = _groups_and_blobs(grey, edges, down, part)
        groups = np.concatenate([groups[~met], new_groups])
        blobs = [blob for blob in blobs if not part.holds(blob.x, blob.y)] + new_blobs
    return Strokes(edges, across, down, groups, _in_order(blobs)), other


def _closed(groups: NDArray[np.int64], part: Box) -> tuple[Box, NDArray[np.bool_]]:
    """The part, grown until no group lies in it by half; and which groups lie in it."""
    import numpy as np

    while True:
        met = (
            (groups[:, 0] < part.right)
            & (groups[:, 2] > part.x)
            & (groups[:, 1] < part.bottom)
            & (groups[:, 3] > part.y)
        )
        if not met.any():
            return part, met
        low, high = groups[met].min(axis=0), groups[met].max(axis=0)
        grown = part.union(Box(int(low[0]), int(low[1]), int(high[2]), int(high[3])))
        if grown == part:
            return part, np.asarray(met)
        part = grown


def _in_order(blobs: Iterable[Box]) -> tuple[Box, ...]:
    """From top to bottom, then from left to right: whatever was found first."""
    return tuple(sorted(blobs, key=lambda box: (box.y, box.x, box.bottom, box.right)))


def _cut(mask: Mask, box: Box) -> Mask:
    return mask[box.y : box.bottom, box.x : box.right]


def _within(box: Box, around: Box) -> Box:
    """The box, counted from the corner of the one around it."""
    return Box(box.x - around.x, box.y - around.y, box.right - around.x, box.bottom - around.y)


def _bounds(difference: Mask, part: Box) -> Box:
    """The box around all that is not 0, in the picture that has `part`."""
    import numpy as np

    columns, rows = np.flatnonzero(difference.any(axis=0)), np.flatnonzero(difference.any(axis=1))
    return Box(
        part.x + int(columns[0]), part.y + int(rows[0]), part.x + int(columns[-1]) + 1, part.y + int(rows[-1]) + 1
    )


# --- masks ---


def _masks(grey: Mask) -> tuple[Mask, Mask, Mask]:
    """Three masks: edges that may be glyphs, ruled lines across, ruled lines down."""
    import cv2
    import numpy as np

    edge_x = np.zeros_like(grey)
    edge_y = np.zeros_like(grey)
    edge_x[:, :-1] = cv2.threshold(cv2.absdiff(grey[:, 1:], grey[:, :-1]), EDGE, 255, cv2.THRESH_BINARY)[1]
    edge_y[:-1] = cv2.threshold(cv2.absdiff(grey[1:], grey[:-1]), EDGE, 255, cv2.THRESH_BINARY)[1]
    # No glyph has an unbroken straight edge this long; borders, separators and underlines have.
    across = _opened(edge_y, (1, 28))
    down = _lines_down(edge_x, across)
    strokes = edge_x | edge_y
    # Two pixels around, because the corners of frames are rounded.
    strokes &= ~np.asarray(cv2.dilate(across | down, np.ones((5, 5), np.uint8)), np.uint8)
    return strokes, across, down


def _lines_down(edge_x: Mask, across: Mask) -> Mask:
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


# --- blobs ---


def _groups_and_blobs(grey: Mask, edges: Mask, down: Mask, part: Box) -> tuple[NDArray[np.int64], list[Box]]:
    """What stands in this part of the picture; no group of edges may lie in it by half."""
    import numpy as np

    letters = _cut(edges, part).copy()
    corner = np.array([part.x, part.y, part.x, part.y])
    groups = _components(_bridged(letters)) + corner
    components = _components(letters) + corner
    for shape in (*_icons(edges, components), *_solids(grey, edges, components), *_stubs(down, components)):
        _cut(letters, _within(shape, part))[:] = 0
    blobs = (Box(*box) for box in _components(_bridged(letters)).tolist() if box[3] - box[1] <= MAX_HEIGHT * 3)
    pieces = (piece for blob in blobs for piece in _parted(blob, letters))
    # An edge is noted at the pixel before it, so the letter goes one further.
    return groups, [Box(part.x + x, part.y + y, part.x + r + 1, part.y + b + 1) for x, y, r, b in pieces]


def _bridged(mask: Mask) -> Mask:
    """The mask with its gaps closed to the side only: two lines of text never join through a bridge."""
    import cv2
    import numpy as np

    # With a margin, or what stands near the border would be bridged to it.
    padded = cv2.copyMakeBorder(mask, 0, 0, BRIDGE, BRIDGE, cv2.BORDER_CONSTANT, value=0)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((1, BRIDGE), np.uint8))
    return np.asarray(closed, np.uint8)[:, BRIDGE:-BRIDGE]


def _components(mask: Mask) -> NDArray[np.int64]:
    """The boxes (x, y, right, bottom; n × 4) of what hangs together, corners touching included.

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
    # None spans a row that was left out, so its height is what it was.
    found[:, 1] = rows[found[:, 1]]
    found[:, 2:] += found[:, :2]
    return found


def _icons(edges: Mask, components: NDArray[np.int64]) -> Iterable[Box]:
    """Check boxes, radio buttons and short separators: what has the shape of none of the letters."""
    import numpy as np

    width, height = components[:, 2] - components[:, 0], components[:, 3] - components[:, 1]
    square = (np.abs(width - height) <= 1) & (height >= 11) & (height <= 28)
    for x, y, right, bottom in components[square].tolist():
        shape = edges[y:bottom, x:right]
        around = edges[y:bottom, max(x - 3, 0) : right + 3]
        if np.count_nonzero(around) == np.count_nonzero(shape) and (_is_box(shape) or _is_ring(shape)):
            yield Box(x, y, right, bottom)
    for x, y, right, bottom in components[(width <= 3) & (height >= 14) & (height < 36)].tolist():
        if _sticks_out(edges[y:bottom, max(x - 12, 0) : right + 12], right - x):
            yield Box(x, y, right, bottom)


def _solids(grey: Mask, edges: Mask, components: NDArray[np.int64]) -> Iterable[Box]:
    """Filled shapes, as icons are: no stroke of a letter is nearly as wide as the letter is high."""
    import numpy as np

    x, y, right, bottom = components.T
    width, height = right - x, bottom - y
    middle_x, middle_y = (x + right) // 2, (y + bottom) // 2
    # An edge is noted at the pixel before it, so this one is the last outside.
    background = grey[y, x].astype(np.int16)
    drawn = np.abs(grey[middle_y, middle_x] - background) > EDGE
    square = (np.abs(width - height) * 3 <= height) & (height >= 12) & (height <= 48)
    for left, top, end, low in components[square & drawn].tolist():
        if _is_solid(edges[top:low, left:end]):
            yield Box(left, top, end, low)


def _is_solid(part: Mask) -> bool:
    """Whether the middle of a shape is free of edges, as far as half of the whole."""
    height, width = part.shape
    down, across = height // 4, width // 4
    return not part[down : height - down, across : width - across].any()


def _stubs(down: Mask, components: NDArray[np.int64]) -> Iterable[Box]:
    """Short lines across that belong to lines down: from the corner of a frame to its title, or from side to side.

    They would be read as dashes. A minus near the border of a table cell is none: there the border goes on above
    and below, and no other is as near on its other side.
    """
    width, height = components[:, 2] - components[:, 0], components[:, 3] - components[:, 1]
    for x, y, right, bottom in components[(height <= 4) & (width >= 3)].tolist():
        sides = (slice(max(x - 6, 0), x), slice(right, right + 6))
        above = [bool(down[max(y - 8, 0) : max(y - 3, 0), side].any()) for side in sides]
        below = [bool(down[bottom + 3 : bottom + 8, side].any()) for side in sides]
        if above != below or all(above):
            yield Box(x, y, right, bottom)


def _sticks_out(near: Mask, width: int) -> bool:
    """Whether an upright line goes beyond the text beside it at both ends; an l or a | ends where other letters do."""
    import numpy as np

    return bool(np.count_nonzero(near[:2]) <= 2 * width and np.count_nonzero(near[-2:]) <= 2 * width)


def _is_box(part: Mask) -> bool:
    """Whether there are strokes along most of all four sides, and all along their middle: an n is open below."""
    return all(_is_side(rim) for rim in (part[:2], part[-2:], part[:, :2].T, part[:, -2:].T))


def _is_side(rim: Mask) -> bool:
    import numpy as np

    drawn = np.asarray(rim.any(axis=0))
    third = len(drawn) // 3
    return bool(drawn[third : len(drawn) - third].all() and np.count_nonzero(drawn) >= 0.75 * len(drawn))


def _is_ring(part: Mask) -> bool:
    """Whether the strokes are a circle, with a dot in its middle or without."""
    import numpy as np

    radius = (max(part.shape) - 1) / 2
    y, x = np.nonzero(part)
    distance = np.hypot(y - radius, x - radius) / radius
    outside = np.count_nonzero(distance > 0.74)
    between = np.count_nonzero((distance > 0.5) & (distance <= 0.74))
    return bool(outside >= 2.6 * radius and between <= 0.06 * len(y))


def _parted(blob: Box, letters: Mask) -> Iterable[Box]:
    """The blob, or its lines where descenders touch the ascenders below."""
    # A single line of text is wider than high; what is as high as two lines of the smallest font may be two lines.
    if blob.height < 21 or blob.width < blob.height:
        return (blob,)
    return (_moved(part, blob) for part in _lines_of(_alone(_cut(letters, blob))))


def _alone(letters: Mask) -> Mask:
    """The blob that reaches from side to side, without what else stands in its box."""
    import cv2
    import numpy as np

    count, labels, boxes, _ = cv2.connectedComponentsWithStats(_bridged(letters), connectivity=8)
    if count <= 2:
        return letters
    whole = 1 + int(np.argmax(boxes[1:, 2] * boxes[1:, 3]))
    return np.asarray(np.where(labels == whole, letters, 0), np.uint8)


def _lines_of(letters: Mask) -> Iterable[Box]:
    """The lines, cut apart where the fewest strokes are."""
    import numpy as np

    whole = _bounds(letters, Box(0, 0, letters.shape[1], letters.shape[0]))
    part = _cut(letters, whole)
    counts = np.count_nonzero(part, axis=1)
    third = whole.height // 3
    middle = counts[third : whole.height - third]
    if whole.height < 21 or whole.width < whole.height or middle.min() > 0.18 * counts.max():
        return [whole]
    # Behind the descenders of the upper line: where the next one begins.
    low = counts <= 1.5 * middle.min() + 2
    cut = third + int(np.argmin(middle)) + 1
    while cut < whole.height - third and low[cut]:
        cut += 1
    if min(counts[:cut].sum(), counts[cut:].sum()) < 0.25 * max(counts[:cut].sum(), counts[cut:].sum()):
        return [whole]  # the dots of capital umlauts are no line
    upper = (_moved(line, whole) for line in _lines_of(part[:cut]))
    below = whole._replace(y=whole.y + cut)
    return [*upper, *(_moved(line, below) for line in _lines_of(part[cut:]))]


def _moved(box: Box, origin: Box) -> Box:
    """The box, which is counted from the corner of `origin`, from where that is counted."""
    return Box(box.x + origin.x, box.y + origin.y, box.right + origin.x, box.bottom + origin.y)

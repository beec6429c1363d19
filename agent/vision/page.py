"""`Page`: what was read, cut into the pieces in which a phrase may stand: cells, buttons, wrapped paragraphs."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from agent.core.geometry import Region
from agent.core.text import Line, TextRead, Word
from agent.vision.phrase import LONGEST, Phrase, Spelling, phrase

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GAP = 1.0
"""Words farther apart than so many text heights do not belong together: a blank has up to 0.9 (monospaced, 8 point)."""
_DOUBTFUL = 50
"""Short words read with less confidence are mostly icons, and no part of the text beside them."""
_LINE_GAP = 1.0
"""The lines of a paragraph or button lie less than so many text heights apart (line spacing up to 2)."""
_CROOKED = 0.7
"""How far, in text heights, the left edges (or the middles) of such lines may be out of line."""
_AS_TALL = 1.6
"""So many times as tall as the other may a line of one text be: “nur” has neither ascender nor descender."""
_ROW_GAP, _TABLE = 2.5, 3
"""Lines at most so far apart with so many columns in common are rows of a table: no cell goes on in the one below."""


class Piece:
    """Words that stand together: side by side, or in lines one below the other (then there are `breaks`)."""

    def __init__(self, words: Sequence[Word], breaks: Sequence[int] = ()) -> None:
        self.words = words
        self.breaks = breaks
        """Where a line begins, as an index into `words`; not for the first line."""

    @cached_property
    def borders(self) -> tuple[set[int], set[int]]:
        """Where a whole may start, and where it may end (indices into `words`).

        At the borders of the cells, at line breaks and behind the colon of a label; and doubtful short words and lone
        marks beside a border (icons, check boxes, arrows) may belong to it or not.
        """
        words = self.words
        starts, ends = {0, *self.breaks}, {len(words), *self.breaks}
        for index in range(1, len(words)):
            if words[index].cell != words[index - 1].cell or words[index - 1].text.endswith(":"):
                starts.add(index)
                ends.add(index)
        for index, word in enumerate(words):
            if index in starts and _is_icon(word):
                starts.add(index + 1)
        for index in range(len(words), 0, -1):
            if index in ends and _is_icon(words[index - 1]):
                ends.add(index - 1)
        return starts, ends

    def lines_of(self, start: int, end: int) -> int:
        """Over how many lines these words go."""
        return 1 + sum(start < place < end for place in self.breaks)

    def is_whole(self, start: int, end: int) -> bool:
        """Whether these words are all that stands in a cell, button or label."""
        starts, ends = self.borders
        return start in starts and end in ends

    def spans(self, low: int, high: int) -> Iterator[tuple[int, int]]:
        """Runs of words (start, end) of `low` to `high` characters; of several lines, if it has several."""
        lengths = [len(word.text) for word in self.words]
        for start in range(self.breaks[-1] if self.breaks else len(lengths)):
            next_line = self.breaks[bisect_right(self.breaks, start)] if self.breaks else 0
            characters = 0
            for end in range(start + 1, len(lengths) + 1):
                characters += lengths[end - 1]
                if characters > high:
                    break
                if characters >= low and end > next_line:
                    yield start, end


Spans = tuple[list[tuple[Piece, int, int]], list[Phrase]]


class Page:
    """The pieces of one `TextRead`."""

    def __init__(self, read: TextRead) -> None:
        self.read = read
        self._spans: dict[tuple[int, Spelling, bool], Spans] = {}

    @cached_property
    def pieces(self) -> list[Piece]:
        """Words side by side."""
        return [piece for _, piece in self._numbered]

    @cached_property
    def _numbered(self) -> list[tuple[int, Piece]]:
        """The pieces, each with the number of its line."""
        return [(number, Piece(words)) for number, line in enumerate(self.read.lines) for words in _together(line)]

    @cached_property
    def wrapped(self) -> list[Piece]:
        """Texts over several lines: what may be one paragraph, label or button."""
        cells = [(words, number) for number, piece in self._numbered for words in _cells(piece.words)]
        return list(_wrapped([words for words, _ in cells], [number for _, number in cells]))

    def spans(self, length: int, spelling: Spelling, *, wrapped: bool) -> Spans:
        """All runs of words that have about `length` characters, as places and, in the same order, phrases."""
        key = (length, spelling, wrapped)
        if key not in self._spans:
            slack = max(2, length // 3)
            low, high = length - slack, min(length + slack, LONGEST)
            places, phrases = [], []
            for piece in self.wrapped if wrapped else self.pieces:
                for start, end in piece.spans(low, high):
                    places.append((piece, start, end))
                    phrases.append(phrase(" ".join([word.text for word in piece.words[start:end]]), spelling))
            self._spans[key] = places, phrases
        return self._spans[key]


_known: deque[Page] = deque(maxlen=4)


def page(read: TextRead) -> Page:
    """The page of this read; the one made before, when the same lines were asked for a moment ago."""
    for known in tuple(_known):
        if known.read.lines == read.lines:  # quick, for mostly they are the very same objects
            return known
    made = Page(read)
    _known.append(made)
    return made


def _together(line: Line) -> Iterator[tuple[Word, ...]]:
    """The words of the line, cut at wide gaps."""
    if not line.words:
        return
    height = sorted([word.rect.height for word in line.words])[len(line.words) // 2]
    start = 0
    for index in range(1, len(line.words)):
        if line.words[index].rect.x - line.words[index - 1].rect.right > GAP * height:
            yield line.words[start:index]
            start = index
    yield line.words[start:]


def _is_icon(word: Word) -> bool:
    return not any(map(str.isalnum, word.text)) or (len(word.text) <= 2 and word.confidence < _DOUBTFUL)


# --- line breaks ---


def _cells(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """The words, cut where another cell begins."""
    start = 0
    for index in range(1, len(words)):
        if words[index].cell != words[index - 1].cell:
            yield words[start:index]
            start = index
    yield words[start:]


def _wrapped(cells: Sequence[Sequence[Word]], lines: Sequence[int]) -> Iterator[Piece]:
    """The cells that lie below each other as the lines of one text do, joined."""
    below = _below(cells, lines)
    for first in below.keys() - below.values():
        words, breaks, last = list(cells[first]), [], first
        while last in below:
            last = below[last]
            breaks.append(len(words))
            words += cells[last]
        yield Piece(words, breaks)


def _below(cells: Sequence[Sequence[Word]], lines: Sequence[int]) -> dict[int, int]:
    """For each cell the one that may be its next line."""
    import numpy as np

    if len(cells) < 2:
        return {}
    boxes = np.array([_box(words) for words in cells], np.float32)
    upper, lower = _pairs(boxes)
    (left, top, right, bottom), (left_2, top_2, right_2, bottom_2) = boxes[upper].T, boxes[lower].T
    tall, low = np.maximum(bottom - top, bottom_2 - top_2), np.minimum(bottom - top, bottom_2 - top_2)
    gap = (top_2 - bottom) / tall
    out_of_line = np.minimum(np.abs(left - left_2), np.abs(left + right - left_2 - right_2) / 2)
    fits = (np.abs(gap) < _ROW_GAP) & (tall <= _AS_TALL * low) & (out_of_line < _CROOKED * tall)
    order = np.argsort(gap[fits], kind="stable")
    below, taken, columns = dict[int, int](), set[int](), Counter[tuple[int, int]]()
    found = zip(upper[fits][order].tolist(), lower[fits][order].tolist(), gap[fits][order].tolist(), strict=True)
    for one, other, distance in found:  # the nearest first
        if one not in taken and ~other not in taken:  # each has one next line, and is that of one
            taken |= {one, ~other}
            columns[lines[one], lines[other]] += 1
            if distance < _LINE_GAP:
                below[one] = other
    return {one: other for one, other in below.items() if columns[lines[one], lines[other]] < _TABLE}


def _pairs(boxes: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """All pairs (upper, lower) of which the lower begins below the middle of the upper, and not far below it."""
    import numpy as np

    top, bottom = boxes[:, 1], boxes[:, 3]
    order = np.argsort(top, kind="stable")
    first = np.searchsorted(top[order], (top + bottom) / 2, side="right")
    last = np.searchsorted(top[order], bottom + _ROW_GAP * _AS_TALL * (bottom - top), side="right")
    counts = np.maximum(last - first, 0)
    upper = np.repeat(np.arange(len(boxes)), counts)
    place = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return upper, order[np.repeat(first, counts) + place]


def _box(words: Sequence[Word]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom."""
    first, last = words[0].rect, words[-1].rect
    top, bottom = first.y, first.y + first.height
    for word in words[1:]:
        rect = word.rect
        top, bottom = min(top, rect.y), max(bottom, rect.y + rect.height)
    return first.x, top, last.x + last.width, bottom


def around(words: Sequence[Word]) -> Region:
    """The smallest region around the words."""
    rects = [word.rect for word in words]
    left, top = min([rect.x for rect in rects]), min([rect.y for rect in rects])
    right, bottom = max([rect.right for rect in rects]), max([rect.bottom for rect in rects])
    return Region(left, top, right - left, bottom - top)

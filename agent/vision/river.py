"""Lines of words, and the rivers between them: strips that no word stands in, through several lines.

Where a river runs, a column of a table may end; `parting` tells such rivers from blanks that happen to stand below
each other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from agent.core.text import TextRead, Word

_WIDE_GAP = 1.2
"""In text heights: such a gap parts cells even where the reader did not say so, as in a plain Tesseract pass."""
_WIDER_THAN_BLANK = 1.2
"""So much wider is the gap between narrow columns at least: 7 or 8 pixels where a blank has 5 or 6."""
_DESCENDING = frozenset("gjpqyQ,;()[]{}|_@§µçÇ/\\€$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A word and the cell that the reader saw it in."""

    word: Word
    cell: tuple[int, int]

    @property
    def baseline(self) -> float:
        """Where the letters stand; below it hang a g and a comma."""
        rect = self.word.rect
        return rect.bottom - (0.22 * rect.height if _DESCENDING & set(self.word.text) else 0)


@dataclass(frozen=True, slots=True)
class Gap:
    """A strip without words between two x; `parts`: whether cells end there; `outer`: nothing stands beyond it."""

    left: float
    right: float
    parts: bool = False
    outer: bool = False


class TextLine:
    """Words side by side, from left to right."""

    def __init__(self, pieces: Sequence[Piece], height: float) -> None:
        self.pieces = sorted(pieces, key=lambda piece: piece.word.rect.x)
        self.baseline = median(piece.baseline for piece in pieces)
        self.height = height
        self.gaps = tuple(self._gaps())
        self.is_single = not any(gap.parts for gap in self.gaps)

    def _gaps(self) -> Iterator[Gap]:
        reach, cell = -math.inf, self.pieces[0].cell
        for piece in self.pieces:
            rect = piece.word.rect
            if rect.x > reach:
                parts = piece.cell != cell or rect.x - reach > _WIDE_GAP * self.height
                yield Gap(reach, rect.x, parts and reach > -math.inf, reach == -math.inf)
            reach, cell = max(reach, rect.right), piece.cell
        yield Gap(reach, math.inf, outer=True)


def lines_of(read: TextRead) -> list[TextLine]:
    """All words in lines by their baseline: Tesseract's own lines end at the gaps of a table."""
    pieces = [
        Piece(word, (number, word.cell)) for number, line in enumerate(read.lines) for word in line.words if word.text
    ]
    if not pieces:
        return []
    height = median(piece.word.rect.height for piece in pieces)
    lines: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: piece.baseline):
        if lines and piece.baseline - lines[-1][0].baseline <= 0.4 * height:
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return [TextLine(line, height) for line in lines]


@dataclass(frozen=True, slots=True)
class River:
    """A strip without words through several lines; `beside`: in how many of them cells end there."""

    left: float = -math.inf
    right: float = math.inf
    beside: int = 0

    def is_in(self, gap: Gap) -> bool:
        """Whether it runs through this gap."""
        return gap.left <= self.left and self.right <= gap.right


def narrowed(rivers: Sequence[River], line: TextLine) -> list[River]:
    """What is left of the rivers when they run through this line too."""
    found = []
    for river in rivers:
        for gap in line.gaps:
            left, right = max(river.left, gap.left), min(river.right, gap.right)
            if right - left >= 2:  # boxes are right to a pixel or so
                found.append(River(left, right, river.beside + gap.parts))
    return found


def parting(rivers: Sequence[River], lines: Sequence[TextLine]) -> tuple[River, ...]:
    """The rivers that part columns; the others are blanks that happen to stand below each other.

    Where two rivers share a gap, it speaks for neither of them, because an empty cell may stand between; so the least
    likely river goes first.
    """
    blank = _blank(lines)
    left = [river for river in rivers if river.beside]
    while True:
        seen = _evidence(left, lines)
        doubtful = [river for river in left if not seen[river].parts_columns(blank)]
        if not doubtful:
            return tuple(left)
        left.remove(min(doubtful, key=lambda river: (seen[river].parts, seen[river].usual_gap)))


def _blank(lines: Sequence[TextLine]) -> float:
    """How wide the blank between two words of a cell is."""
    blanks = [gap.right - gap.left for line in lines for gap in line.gaps if not gap.outer and not gap.parts]
    return median(blanks or [0])


class _Evidence:
    """What the lines say of a river: in how many of them cells end there, and the gaps at which one goes on."""

    def __init__(self) -> None:
        self.parts = 0
        self.joins: list[Gap] = []

    @property
    def usual_gap(self) -> float:
        """Of the gaps at which a cell goes on; infinite without any."""
        return median([gap.right - gap.left for gap in self.joins] or [math.inf])

    def parts_columns(self, blank: float) -> bool:
        """Whether it is more than blanks below each other.

        The reader takes narrow columns for one. Then the gap is wider than a blank, or one of its sides is exactly
        straight; and one line, most often the header, does part them.
        """
        if len(self.joins) < max(self.parts, 1):
            return True
        straight = len(self.joins) >= 4 and (_is_straight(self.joins, "left") or _is_straight(self.joins, "right"))
        return self.parts > 0 and (straight or self.usual_gap >= _WIDER_THAN_BLANK * blank)


def _is_straight(gaps: Sequence[Gap], side: str) -> bool:
    edges = [float(getattr(gap, side)) for gap in gaps]
    return sum(abs(edge - median(edges)) <= 1 for edge in edges) >= 0.8 * len(edges)


def _evidence(rivers: Sequence[River], lines: Sequence[TextLine]) -> dict[River, _Evidence]:
    seen = {river: _Evidence() for river in rivers}
    for line in lines:
        for gap in line.gaps:
            inside = [river for river in rivers if not gap.outer and river.is_in(gap)]
            for river in inside:
                if not gap.parts:
                    seen[river].joins.append(gap)
                elif len(inside) == 1:
                    seen[river].parts += 1
    return seen

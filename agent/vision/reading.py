"""`Reading`: a frame that has been read, and what helps to read the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.text import Line, TextRead, Word
from agent.vision.box import Box
from agent.vision.strokes import Strokes
from agent.vision.tesseract import Read

Words = tuple[Read, ...]
Row = tuple[Box, ...]
"""The boxes of cells that stand side by side."""


class ReadCell(NamedTuple):
    """A cell that has been read: what was cut out of the frame for it, and the words in pixels from there."""

    place: Box
    words: Words


@dataclass(frozen=True, slots=True)
class Reading:
    """A frame with its strokes, and the words of each of its cells."""

    frame: Frame
    strokes: Strokes
    cells: Mapping[Box, ReadCell]
    """By the box that the layout gave them."""
    rows: Mapping[Row, Line | None]
    """From top to bottom; doubtful words included, and None where there was no word at all."""

    def text(self, min_confidence: float) -> TextRead:
        """The words that are at least so sure (0 to 100)."""
        lines = [line for line in self.rows.values() if line is not None]
        return TextRead(tuple(lines), self.frame.region).sure(min_confidence)


def line_of(row: Sequence[ReadCell], left: int, top: int) -> Line | None:
    """The line that a row of cells makes in a frame whose corner is (left, top)."""
    words = tuple(_word(item, cell.place, left, top, n) for n, cell in enumerate(row) for item in cell.words)
    return Line.of(words) if words else None


@lru_cache(maxsize=20_000)
def _word(item: Read, cell: Box, left: int, top: int, number: int) -> Word:
    """The word on the screen. Remembered: most words stay where they are."""
    right, bottom = min(cell.x + item.right, cell.right), min(cell.y + item.bottom, cell.bottom)
    x, y = cell.x + item.x, cell.y + item.y
    return Word(
        item.text,
        Region(left + x, top + y, max(right - x, 1), max(bottom - y, 1)),
        item.confidence,
        number,
    )

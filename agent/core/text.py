"""What was read from the screen: words in lines, each with its place and confidence, and tables made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from agent.core.errors import ErrorRecord
from agent.core.geometry import Region


@dataclass(frozen=True, slots=True)
class Word:
    """One word. `confidence` runs from 0 to 100, as Tesseract counts it."""

    text: str
    rect: Region
    confidence: float
    cell: int = 0
    """Which cell of its line it stands in, from the left, where the reader saw borders or gaps between them."""


@dataclass(frozen=True, slots=True)
class Line:
    """Words side by side, left to right."""

    words: tuple[Word, ...]
    rect: Region

    @classmethod
    def of(cls, words: Sequence[Word]) -> Line:
        """The line of these words (one at least), with the rectangle around them."""
        rects = [word.rect for word in words]
        x, y = min(rect.x for rect in rects), min(rect.y for rect in rects)
        right, bottom = max(rect.right for rect in rects), max(rect.bottom for rect in rects)
        return cls(tuple(words), Region(x, y, right - x, bottom - y))

    @property
    def text(self) -> str:
        """The words, one blank between."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class TextRead:
    """All text of a region, lines from top to bottom."""

    lines: tuple[Line, ...]
    region: Region

    @property
    def text(self) -> str:
        """The lines, one newline between."""
        return "\n".join(line.text for line in self.lines)

    @property
    def words(self) -> tuple[Word, ...]:
        """All words, in reading order."""
        return tuple(word for line in self.lines for word in line.words)

    def sure(self, least: float) -> TextRead:
        """The same text without the words whose confidence is below `least` (0 to 100)."""
        kept = [tuple(word for word in line.words if word.confidence >= least) for line in self.lines]
        lines = (
            line if len(words) == len(line.words) else Line.of(words)
            for line, words in zip(self.lines, kept, strict=True)
            if words
        )
        return TextRead(tuple(lines), self.region)

    @property
    def confidence(self) -> float:
        """The mean confidence of the words, 0 to 100; 0 without any."""
        words = self.words
        return sum(word.confidence for word in words) / len(words) if words else 0.0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows and columns of text. `rows`, `confidences`: one tuple a row, as long as `columns`; empty cells are ""."""

    columns: tuple[str, ...] = ()
    """The names at the top; all "" where the table was read without a header."""
    rows: tuple[tuple[str, ...], ...] = ()
    confidences: tuple[tuple[float, ...], ...] = ()
    """The least confidence (0 to 100) of the words in each cell; 100 for an empty one."""
    column_rects: tuple[Region, ...] = ()
    """From the header to the last row; they touch each other."""
    row_rects: tuple[Region, ...] = ()
    """The text of each row, over the whole width."""
    reason: ErrorRecord | None = None
    """Why there is no table, when there is none."""

    def cell_rect(self, row: int, column: int) -> Region:
        """Where a cell stands on the screen, an empty one too; both count from 0."""
        return self.column_rects[column].intersection(self.row_rects[row])

    def records(self) -> tuple[dict[str, str], ...]:
        """The rows by the names of their columns: a nameless one has its number, a second "Sum" is "Sum (2)"."""
        names = [name or str(number) for number, name in enumerate(self.columns, 1)]
        seen: Counter[str] = Counter()
        for index, name in enumerate(names):
            seen[name] += 1
            if seen[name] > 1:
                names[index] = f"{name} ({seen[name]})"
        return tuple(dict(zip(names, row, strict=True)) for row in self.rows)

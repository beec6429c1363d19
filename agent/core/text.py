"""What was read from the screen: words in lines, each with its place and confidence."""

from __future__ import annotations

from dataclasses import dataclass

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

    @property
    def confidence(self) -> float:
        """The mean confidence of the words, 0 to 100; 0 without any."""
        words = self.words
        return sum(word.confidence for word in words) / len(words) if words else 0.0

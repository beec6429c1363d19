"""`Candidate`: a place that may be what is searched, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agent.core.geometry import Region


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place. The lower the `rank`, the better the kind of likeness; within a rank the `score` (0 to 1) decides."""

    rect: Region
    score: float
    rank: int
    method: str
    """As in `Match.method`."""
    text: str = ""
    """What was read there."""
    part: bool = False
    """Whether it is only a piece of something longer, such as “Save” in “Save as…”."""
    lines: int = 1
    """Over how many lines its text goes."""


def best(candidates: Iterable[Candidate]) -> Candidate | None:
    """The one to trust most; the first of several equal ones."""
    return min(candidates, key=lambda candidate: (candidate.rank, -candidate.score, candidate.part), default=None)


def from_top_left(candidates: Iterable[Candidate]) -> list[Candidate]:
    """In reading order: by the row of their middle, those in one row from the left."""
    waiting = sorted(candidates, key=lambda candidate: candidate.rect.center.y)
    ordered: list[Candidate] = []
    while waiting:
        # Texts in one row differ by some pixels in height, and so does their middle.
        first = waiting[0].rect
        row = [each for each in waiting if each.rect.center.y < max(first.bottom, first.center.y + 1)]
        ordered += sorted(row, key=lambda candidate: (candidate.rect.x, candidate.rect.y))
        waiting = waiting[len(row) :]
    return ordered

"""`Spent`: what a kind of work has cost so far."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spent:
    """How often something was done, how long it took, and how many bytes came of it."""

    count: int = 0
    total_ms: float = 0.0
    most_ms: float = 0.0
    last_ms: float = 0.0
    size: int = 0
    """Bytes, of all together."""

    @property
    def mean_ms(self) -> float:
        """The mean of all; 0 before the first."""
        return self.total_ms / self.count if self.count else 0.0

    def plus(self, seconds: float, size: int = 0) -> Spent:
        """The same with one more."""
        ms = seconds * 1000
        return Spent(self.count + 1, self.total_ms + ms, max(self.most_ms, ms), ms, self.size + size)

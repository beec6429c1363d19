"""`LineCache`: what was read in which pixels, for some minutes."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.vision.tesseract import Read

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

Words = tuple[Read, ...]
Key = tuple[bytes, str, str]


@dataclass(slots=True)
class Hits:
    """How often a line was known already."""

    known: int = 0
    read: int = 0


class LineCache:
    """The words of cells, known by their exact pixels and every setting. Thread-safe.

    Bounded by the number of lines (a word or two each, some 10 MB in all for 20,000) and by their age: a line that
    nobody has asked for in that time is forgotten, because text on a screen may be private.
    """

    def __init__(
        self, *, lines: int = 20_000, age_s: float = 300.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = lines
        self._age_s = age_s
        self._clock = clock
        self._lines: OrderedDict[Key, tuple[float, Words]] = OrderedDict()
        """The least recently used first, each with the time when it was last asked for."""
        self._lock = threading.Lock()
        self.hits = Hits()

    def __len__(self) -> int:
        return len(self._lines)

    def get(self, key: Key) -> Words | None:
        """The words, if they are known."""
        with self._lock:
            self._forget_old()
            known = self._lines.pop(key, None)
            if known is None:
                return None
            self._lines[key] = (self._clock(), known[1])
            self.hits.known += 1
            return known[1]

    def put(self, key: Key, words: Words) -> None:
        """Keep the words of a line that has just been read."""
        with self._lock:
            self.hits.read += 1
            self._lines[key] = (self._clock(), words)
            while len(self._lines) > self._most:
                self._lines.popitem(last=False)

    def clear(self) -> None:
        """Forget all lines; the counters stay."""
        with self._lock:
            self._lines.clear()

    def _forget_old(self) -> None:
        oldest_allowed = self._clock() - self._age_s
        while self._lines and next(iter(self._lines.values()))[0] < oldest_allowed:
            self._lines.popitem(last=False)


def key_of(picture: Picture, languages: str, mode: str) -> Key:
    """What stands for these pixels (h × w, contiguous) read in this way."""
    import xxhash

    return (xxhash.xxh3_128(picture.data).digest() + picture.shape[1].to_bytes(4, "little"), languages, mode)

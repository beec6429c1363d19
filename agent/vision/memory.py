"""`ReadMemory`: the text of frames, of which only what has changed is read again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agent.core.context import ReadMode
from agent.core.devices import Check
from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.text import TextRead

if TYPE_CHECKING:
    from agent.vision.reader import TextReader
    from agent.vision.reading import Reading

_KEPT = 4
"""Each reading keeps its frame and masks, some 16 MB for full HD."""
_PATIENCE_S = 0.05


class ReadMemory:
    """Reads frames, and knows the last few by their pixels. Thread-safe."""

    def __init__(self, reader: TextReader | None = None, *, tessdata: str = "") -> None:
        """`reader` is made at the first reading when none is given."""
        self._reader = reader
        self._tessdata = tessdata
        self._lock = threading.Lock()
        self._readings: OrderedDict[tuple[Region, str], Reading] = OrderedDict()
        """By the region they show and the languages they were read in."""

    def read(self, frame: Frame, *, languages: str, mode: ReadMode, min_confidence: float, check: Check) -> TextRead:
        """The text of the frame; at once when the same pixels were read a moment ago with the same settings."""
        # One at a time: whoever waits here mostly wants what the other is just reading.
        with _held(self._lock, check):
            if mode != "block":
                return self._text_reader().read(
                    frame, languages=languages, mode=mode, min_confidence=min_confidence, check=check
                )
            return self._reading(frame, languages, check).text(min_confidence)

    def clear(self) -> None:
        """Forget all readings and lines."""
        with self._lock:
            self._readings.clear()
            if self._reader is not None:
                self._reader.cache.clear()

    def _reading(self, frame: Frame, languages: str, check: Check) -> Reading:
        from agent.vision.change import changes

        key = (frame.region, languages)
        before = self._readings.get(key)
        changed = changes(before.frame, frame) if before is not None else ()
        if before is not None and not changed:
            self._readings.move_to_end(key)
            return before
        reading = self._text_reader().reading(frame, languages=languages, check=check, before=before, changed=changed)
        self._readings[key] = reading
        self._readings.move_to_end(key)
        while len(self._readings) > _KEPT:
            self._readings.popitem(last=False)
        return reading

    def _text_reader(self) -> TextReader:
        if self._reader is None:
            from agent.vision.reader import TextReader

            self._reader = TextReader(tessdata=self._tessdata)
        return self._reader


@contextmanager
def _held(lock: threading.Lock, check: Check) -> Iterator[None]:
    """The lock, waited for in such a way that a stop is heard."""
    while not lock.acquire(timeout=_PATIENCE_S):
        check()
    try:
        yield
    finally:
        lock.release()

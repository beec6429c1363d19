"""`ReadMemory`: the text of frames, none of which is read twice."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agent.core.context import Check, ReadMode
from agent.core.frame import Frame
from agent.core.text import TextRead

if TYPE_CHECKING:
    from agent.vision.reader import TextReader

_KEPT = 4
"""Each keeps its frame, some 8 MB for full HD."""
_PATIENCE_S = 0.05


class ReadMemory:
    """Reads frames, and knows the last few by their pixels. Thread-safe."""

    def __init__(self, reader: TextReader | None = None, *, tessdata: str = "") -> None:
        """`reader` is made at the first reading when none is given."""
        self._reader = reader
        self._tessdata = tessdata
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[object, ...], tuple[Frame, TextRead]] = OrderedDict()

    def read(self, frame: Frame, *, languages: str, mode: ReadMode, min_confidence: float, check: Check) -> TextRead:
        """The text of the frame; at once when the same pixels were read a moment ago with the same settings."""
        from agent.vision.frame import changed

        key = (frame.region, languages, mode, min_confidence)
        # One at a time: whoever waits here mostly wants what the other is just reading.
        with _held(self._lock, check):
            known = self._known.get(key)
            if known is not None and changed(known[0], frame) is None:
                self._known.move_to_end(key)
                return known[1]
            read = self._text_reader().read(
                frame, languages=languages, mode=mode, min_confidence=min_confidence, check=check
            )
            self._known[key] = (frame, read)
            self._known.move_to_end(key)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
            return read

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

"""Tesseract in this process, through tesserocr."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from agent.core.devices import Check
from agent.vision.tesseract import DPI, LONGEST_S, LSTM, Read, is_blank
from agent.vision.tesseract_fault import could_not_read, data_unusable, not_in_time, refuse_too_large

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Library:
    """An engine with its languages loaded. One thread at a time may use it; while it reads, others run (no GIL).

    Two threads with an engine each read 1.9 times as much as one, on two cores.
    """

    def __init__(self, languages: str, folder: str, engine: int = LSTM) -> None:
        """Raises OcrFailed when the data are damaged or hold nothing for this engine mode."""
        import tesserocr

        try:
            self._api = tesserocr.PyTessBaseAPI(path=folder, lang=languages, oem=engine)
        except RuntimeError as error:
            raise data_unusable(languages, folder, engine) from error
        # It is content with one of them; then umlauts would go wrong without a word.
        lost = set(languages.split("+")) - set(self._api.GetLoadedLanguages())
        if lost:
            raise data_unusable("+".join(sorted(lost)), folder, engine)
        self._level = tesserocr.RIL.WORD
        self._line = tesserocr.RIL.TEXTLINE
        self._iterate = tesserocr.iterate_level

    def __call__(
        self,
        picture: NDArray[np.uint8],
        *,
        mode: int,
        allowed: str = "",
        dpi: int = DPI,
        check: Check = lambda: None,
    ) -> list[Read]:
        """The words of a grey picture; see `Recognizer`."""
        check()
        refuse_too_large(picture)
        if is_blank(picture):
            return []
        api = self._api
        api.SetPageSegMode(mode)
        api.SetVariable("tessedit_char_whitelist", allowed)
        height, width = picture.shape
        api.SetImageBytes(picture.tobytes(), width, height, 1, width)
        api.SetSourceResolution(dpi)
        begun = time.monotonic()
        if not api.Recognize(int(LONGEST_S * 1000)):
            in_time = time.monotonic() - begun < LONGEST_S
            raise could_not_read(f"{width}×{height}, {mode}") if in_time else not_in_time()
        words = self._words()
        api.Clear()  # the picture, and all that was made of it
        return words

    def _words(self) -> list[Read]:
        found, line = [], -1
        for item in self._iterate(self._api.GetIterator(), self._level):
            line += item.IsAtBeginningOf(self._line)
            if word := self._word(item, line):
                found.append(word)
        return found

    def _word(self, item: Any, line: int) -> Read | None:
        if item.Empty(self._level):
            return None
        text, box = item.GetUTF8Text(self._level), item.BoundingBox(self._level)
        if not text.strip() or not box:
            return None
        x, y, right, bottom = box
        return Read(text, item.Confidence(self._level), x, y, right, bottom, max(line, 0))

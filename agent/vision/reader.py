"""`TextReader`: reads a picture line by line and remembers lines, so that a changed screen costs only its change."""

from __future__ import annotations

import functools
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.core.context import Check, ReadMode
from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.text import Line, TextRead, Word
from agent.vision.frame import grey as grey_of
from agent.vision.lines import Box, Layout, layout
from agent.vision.number import better, holds_number, in_agreement, in_the_end, is_number
from agent.vision.tesseract import LINE, Read, recognizer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

SCALE = 2
"""Pictures are doubled before they are read: 88.7 % of words right at 1x, 97.0 % at 2x, at 9 to 11 point."""
MARGIN = 10
"""Pixels of plain background around a line, after scaling; Tesseract misses letters at the edge without it."""
DOUBTFUL = 85
"""A line with a word below this confidence is read again, with all languages and larger, and the best one kept."""
NUMBER = "0123456789.,-+€%"
_KEPT = 20_000
"""Lines in the cache; a word or two each, some 10 MB in all."""


@dataclass(slots=True)
class Hits:
    """How often a line was known already."""

    known: int = 0
    read: int = 0


class TextReader:
    """Reads frames. Thread-safe; the lines that it remembers are shared by all threads.

    What it returns for a frame is the same whether it has seen parts of it before or not: lines are known by their
    exact pixels and every setting.
    """

    def __init__(self, *, tessdata: str = "") -> None:
        self._tessdata = tessdata
        self._lines: OrderedDict[tuple[bytes, str, str], tuple[Read, ...]] = OrderedDict()
        self._lock = threading.Lock()
        self.hits = Hits()

    def read(
        self, frame: Frame, *, languages: str, mode: ReadMode = "block", min_confidence: float = 0, check: Check
    ) -> TextRead:
        """The text of the frame: `block` finds the lines by itself, `line` and `number` take the whole as one.

        Words below `min_confidence` (0 to 100) are left out. `check` is called before each line. Raises
        OcrLanguageMissing.
        """
        recognizer(languages, self._tessdata)  # a missing language is said even when there is no text at all
        picture = grey_of(frame)
        whole = Box(0, 0, frame.region.width, frame.region.height)
        found = layout(picture) if mode == "block" else Layout([[whole]], picture[:0])
        lines, left, top = [], frame.region.x, frame.region.y
        for row in found.rows:
            words: list[Word] = []
            for number, cell in enumerate(row):
                check()
                place = found.reach(cell) if mode == "block" else cell
                read = self._cell(_cut_out(picture, place, found.ruled), languages, mode)
                words += [_word(item, place, left, top, number) for item in read if item.confidence >= min_confidence]
            if words:
                lines.append(Line(tuple(words), _around(words)))
        return TextRead(tuple(lines), frame.region)

    def _cell(self, crop: Picture, languages: str, mode: ReadMode) -> tuple[Read, ...]:
        """The words of a cell, in pixels from its corner."""
        import xxhash

        digest = xxhash.xxh3_128(crop.data).digest() + crop.shape[1].to_bytes(4, "little")
        key = (digest, languages, mode)
        with self._lock:
            if (known := self._lines.get(key)) is not None:
                self._lines.move_to_end(key)
                self.hits.known += 1
                return known
        read = tuple(self._recognize(crop, languages, mode))
        with self._lock:
            self.hits.read += 1
            self._lines[key] = read
            while len(self._lines) > _KEPT:
                self._lines.popitem(last=False)
        return read

    def _recognize(self, crop: Picture, languages: str, mode: ReadMode) -> list[Read]:
        first = languages.split("+", maxsplit=1)[0]
        # One model is quicker and more right than two together, even on mixed text; the others are asked in doubt.
        read = self._once(crop, first, SCALE, NUMBER if mode == "number" else "")
        if mode != "number":
            if _worst_text(read) < DOUBTFUL and languages != first:
                read = _together(read, self._once(crop, languages, SCALE, ""))
            if _worst_text(read) < DOUBTFUL:
                read = _together(read, self._once(crop, first, SCALE + 1, ""))
        if mode == "number" or holds_number(read):
            return self._sure_number(crop, languages.split("+"), read)
        return read

    def _sure_number(self, crop: Picture, languages: Sequence[str], read: list[Read]) -> list[Read]:
        """Numbers are read until two readings agree, because a wrong digit is silent; if none do, they are in doubt.

        Another language's model is the better witness: the German one can take a 7 for a 1 at every scale. Of 480
        amounts in 8 styles, German read 8 wrong and English 3, never the same.
        """
        first, witness = languages[0], languages[-1]
        others: tuple[tuple[str, float], ...] = ((witness, SCALE), (witness, SCALE + 1), (first, SCALE - 0.5))
        if witness == first:
            others = ((first, SCALE - 0.5), (first, SCALE + 1))
        readings = [read]
        for language, scale in (*others, (first, SCALE + 0.5)):
            readings.append(self._once(crop, language, scale, ""))
            if (agreed := in_agreement(readings)) is not None:
                return agreed
        return in_the_end(readings)

    def _once(self, crop: Picture, languages: str, scale: float, allowed: str) -> list[Read]:
        picture = prepared(crop, scale)
        read = recognizer(languages, self._tessdata)(picture, mode=LINE, allowed=allowed)
        return [part for item in read for part in _with_blank(_scaled(item, scale), crop)]


def _cut_out(picture: Picture, place: Box, ruled: Picture) -> Picture:
    """The pixels of a cell, with ruled lines painted over by its background."""
    crop = picture[place.y : place.bottom, place.x : place.right].copy()
    if ruled.size:
        lines = ruled[place.y : place.bottom, place.x : place.right] > 0
        if lines.any():
            crop[lines] = _background(crop[~lines]) if not lines.all() else 0
    return crop


def prepared(crop: Picture, scale: float) -> Picture:
    """The crop as Tesseract likes it: dark on light, enlarged, with a plain margin."""
    import cv2
    import numpy as np

    if _background(crop) < 128:
        crop = 255 - crop
    crop, background = _levelled(crop)
    large = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    sides = (MARGIN, MARGIN, MARGIN, MARGIN)
    return np.asarray(cv2.copyMakeBorder(large, *sides, cv2.BORDER_CONSTANT, value=background), np.uint8)


def _background(crop: Picture) -> int:
    """The grey that most pixels are near; text covers less than half of its box.

    Near, because on the gradient of a header no grey is as common as the black of bold letters.
    """
    import numpy as np

    counts = np.bincount(crop.ravel(), minlength=256)
    near = int(np.convolve(counts, np.ones(25, np.intp), "same").argmax())
    low = max(near - 12, 0)
    return low + int(counts[low : near + 13].argmax())


def _levelled(crop: Picture) -> tuple[Picture, int]:
    """The crop on an even background, and that background: a button's gradient would be an edge at the margin."""
    import numpy as np

    of_rows = np.percentile(crop, 90, axis=1).astype(np.int16)
    background = int(np.median(of_rows))
    if not 0 < np.ptp(of_rows) < 40:
        return crop, background
    level = crop.astype(np.int16) + (background - of_rows)[:, None]
    return np.clip(level, 0, 255).astype(np.uint8), background


def _with_blank(item: Read, crop: Picture) -> tuple[Read, ...]:
    """The word, or two where a unit stands apart from its number: Tesseract swallows the blank in “1.234,50 €”."""
    import numpy as np

    number, unit = item.text[:-1], item.text[-1:]
    if unit not in ("€", "$", "£", "%") or not number[-1:].isdigit():
        return (item,)
    ink = np.ptp(crop[item.y : item.bottom, item.x : item.right], axis=0) > 40
    starts = np.flatnonzero(ink[1:] & ~ink[:-1]) + 1
    gaps = [int(start - 1 - np.flatnonzero(ink[:start])[-1]) for start in starts if ink[:start].any()]
    if len(gaps) < 3 or gaps[-1] < 1.8 * float(np.median(gaps[:-1])):
        return (item,)
    cut = item.x + int(starts[-1])
    return (
        Read(number, item.confidence, item.x, item.y, cut - gaps[-1], item.bottom),
        Read(unit, item.confidence, cut, item.y, item.right, item.bottom),
    )


def _scaled(item: Read, scale: float) -> Read:
    x, y, right, bottom = (int((value - MARGIN) // scale) for value in (item.x, item.y, item.right, item.bottom))
    return Read(item.text, item.confidence, max(x, 0), max(y, 0), right + 1, bottom + 1)


@functools.lru_cache(maxsize=_KEPT)
def _word(item: Read, cell: Box, left: int, top: int, number: int) -> Word:
    """The word on the screen; (left, top) is the frame's corner. Remembered: most words stay where they are."""
    right, bottom = min(cell.x + item.right, cell.right), min(cell.y + item.bottom, cell.bottom)
    x, y = cell.x + item.x, cell.y + item.y
    return Word(
        item.text,
        Region(left + x, top + y, max(right - x, 1), max(bottom - y, 1)),
        item.confidence,
        number,
    )


def _around(words: Sequence[Word]) -> Region:
    rects = [word.rect for word in words]
    x, y = min(rect.x for rect in rects), min(rect.y for rect in rects)
    return Region(x, y, max(rect.right for rect in rects) - x, max(rect.bottom for rect in rects) - y)


def _together(one: list[Read], two: list[Read]) -> list[Read]:
    """The better of two readings; word by word where both have the same number of words."""
    if len(one) != len(two):
        return max(one, two, key=_confidence)
    return [better(first, second) for first, second in zip(one, two, strict=True)]


def _confidence(read: Sequence[Read]) -> float:
    letters = sum(len(item.text) for item in read)
    return sum(item.confidence * len(item.text) for item in read) / letters if letters else 0.0


def _worst_text(read: Sequence[Read]) -> float:
    """The least confidence of what is no number; 0 without any word. Numbers have their own way to be made sure."""
    if not read:
        return 0.0
    return min((item.confidence for item in read if not is_number(item.text)), default=100.0)

"""`read_cell`: the words of one cell, read again in other ways until they are sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.core.context import ReadMode
from agent.vision.box import Box
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


@dataclass(frozen=True, slots=True)
class _Cell:
    """A picture of a cell, to be read in one way or another."""

    picture: Picture
    tessdata: str

    def read(self, languages: str, scale: float, allowed: str = "") -> list[Read]:
        """The words in one reading, in pixels from the cell's corner."""
        large = prepared(self.picture, scale)
        read = recognizer(languages, self.tessdata)(large, mode=LINE, allowed=allowed)
        return [part for item in read for part in _with_blank(_scaled(item, scale), self.picture)]


def read_cell(picture: Picture, *, languages: str, mode: ReadMode, tessdata: str) -> tuple[Read, ...]:
    """The words of a cell (h × w, grey, without ruled lines), in pixels from its corner. Raises OcrLanguageMissing."""
    cell = _Cell(picture, tessdata)
    first = languages.split("+", maxsplit=1)[0]
    # One model is quicker and more right than two together, even on mixed text; the others are asked in doubt.
    read = cell.read(first, SCALE, NUMBER if mode == "number" else "")
    if mode != "number":
        if _worst_text(read) < DOUBTFUL and languages != first:
            read = _together(read, cell.read(languages, SCALE))
        if _worst_text(read) < DOUBTFUL:
            read = _together(read, cell.read(first, SCALE + 1))
    if mode == "number" or holds_number(read):
        read = _sure_number(cell, languages.split("+"), read)
    return tuple(read)


def _sure_number(cell: _Cell, languages: Sequence[str], read: list[Read]) -> list[Read]:
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
        readings.append(cell.read(language, scale))
        if (agreed := in_agreement(readings)) is not None:
            return agreed
    return in_the_end(readings)


def cut_out(picture: Picture, place: Box, ruled: Picture) -> Picture:
    """The pixels of a cell, with ruled lines painted over by its background."""
    crop = picture[place.y : place.bottom, place.x : place.right].copy()
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

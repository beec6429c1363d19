"""`read_cell`: the words of one cell, read again in other ways until they are sure."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from typing import TYPE_CHECKING

from agent.core.context import ReadMode
from agent.vision.box import Box
from agent.vision.lines import Layout
from agent.vision.number import better, holds_number, in_agreement, in_doubt, in_the_end, is_number
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
_MANY_SHAPES = frozenset('%‰…"“”„«»')
_FILM, _BUSY = 0.34, 0.45
"""Shares of a cell that are of its background's grey. Text leaves 0.55 and more of it; photos and films have less
than 0.34 and are not read at all, and what lies between (a label on a wallpaper) is read once and no more."""


class Cell:
    """A picture of a cell (h × w, grey, without ruled lines), to be read in one way or another."""

    def __init__(self, picture: Picture, *, languages: str, tessdata: str) -> None:
        self.picture = picture
        self.languages = languages.split("+")
        self._tessdata = tessdata
        self._ahead: dict[tuple[str, float], Future[list[Read]]] = {}

    def read_ahead(self, workers: Executor) -> None:
        """Let an idle worker begin with the reading that is needed next if there is a number in the cell."""
        witness = self.languages[-1]
        if witness != self.languages[0]:
            self._ahead[witness, SCALE] = workers.submit(self._read, witness, SCALE, "")

    def read(self, languages: str, scale: float, allowed: str = "") -> list[Read]:
        """The words in one reading, in pixels from the cell's corner."""
        begun = self._ahead.pop((languages, scale), None)
        # What no worker has begun yet is done here: workers that wait for each other would wait for ever.
        if begun is not None and not allowed and not begun.cancel():
            return begun.result()
        return self._read(languages, scale, allowed)

    def _read(self, languages: str, scale: float, allowed: str) -> list[Read]:
        large = prepared(self.picture, scale)
        read = recognizer(languages, self._tessdata)(large, mode=LINE, allowed=allowed)
        scaled = (_with_dot(_scaled(item, scale), self.picture) for item in read)
        return [part for item in scaled for part in _with_blank(item, self.picture)]


def read_cell(cell: Cell, mode: ReadMode) -> tuple[Read, ...]:
    """The words of a cell, in pixels from its corner. Raises OcrLanguageMissing."""
    first = cell.languages[0]
    if mode == "block" and (plain := _plain_share(cell.picture)) < _BUSY:
        return tuple(cell.read(first, SCALE)) if plain >= _FILM else ()
    # One model is quicker and more right than two together, even on mixed text; the others are asked in doubt.
    read = cell.read(first, SCALE, NUMBER if mode == "number" else "")
    if mode != "number":
        if _worst_text(read) < DOUBTFUL and len(cell.languages) > 1:
            read = _together(read, cell.read("+".join(cell.languages), SCALE))
        if _worst_text(read) < DOUBTFUL:
            read = _together(read, cell.read(first, SCALE + 1))
    if mode == "number" or holds_number(read):
        read = _sure_number(cell, read)
    return tuple(read)


def _sure_number(cell: Cell, read: list[Read]) -> list[Read]:
    """Numbers are read until two readings agree, because a wrong digit is silent; if none do, they are in doubt.

    Another language's model is the better witness: the German one can take a 7 for a 1 at every scale. Of 480
    amounts in 8 styles, German read 8 wrong and English 3, never the same.
    """
    first, witness = cell.languages[0], cell.languages[-1]
    others: tuple[tuple[str, float], ...] = ((witness, SCALE), (witness, SCALE + 1), (first, SCALE - 0.5))
    if witness == first:
        others = ((first, SCALE - 0.5), (first, SCALE + 1))
    readings = [read]
    shapes, widest = _shapes(cell.picture)

    def is_whole(reading: Sequence[Read]) -> bool:
        signs = _signs(reading)
        return shapes <= signs and (widest <= signs or not all(is_number(item.text) for item in reading))

    for language, scale in (*others, (first, SCALE + 0.5)):
        readings.append(cell.read(language, scale))
        if is_whole(readings[-1]) and (agreed := in_agreement(readings)) is not None:
            return agreed
    whole = [reading for reading in readings if is_whole(reading)]
    return in_the_end(whole) if whole else in_doubt(read)


def _signs(read: Sequence[Read]) -> int:
    """How many shapes stand side by side in what was read, at most: one for each sign, three for a % or …"""
    return sum(3 if sign in _MANY_SHAPES else 1 for item in read for sign in item.text)


def _shapes(crop: Picture) -> tuple[int, float]:
    """How many shapes stand side by side in the cell, at least (touching ones count as one), and how many signs wide
    it is when they are digits.

    More than there are signs in a reading say that it lost one, as the 11 that two models read as 1.
    """
    import numpy as np

    level, background = _levelled(crop)
    away = np.abs(level.astype(np.int16) - background)
    ink = away > max(24, 0.25 * int(away.max()))
    columns, rows = np.asarray(ink.any(axis=0)), np.flatnonzero(ink.any(axis=1))
    if not len(rows):
        return 0, 0.0
    width, height = int(np.ptp(np.flatnonzero(columns))) + 1, int(rows[-1] - rows[0]) + 1
    runs = int(np.count_nonzero(columns[1:] & ~columns[:-1])) + int(columns[0])
    # No digit with the gap behind it is wider than this share of its height.
    return runs, width / height / 0.95


def cut_out(picture: Picture, place: Box, layout: Layout) -> Picture:
    """The pixels of a cell without its ruled lines: as if they had never been drawn."""
    import numpy as np

    crop = picture[place.y : place.bottom, place.x : place.right].copy()
    across = layout.ruled_across[place.y : place.bottom, place.x : place.right]
    ruled = (layout.ruled_down[place.y : place.bottom, place.x : place.right] | across) > 0
    if not ruled.any():
        return crop
    if ruled.all():
        crop[:] = 0
        return crop
    crop[ruled] = _background(crop[~ruled])
    for top, bottom in _bands(across, least=0.8):
        if top > 0 and bottom < len(crop):  # an underline: the descenders go through it
            share = np.linspace(0, 1, bottom - top + 2)[1:-1, None]
            crop[top:bottom] = crop[top - 1] * (1 - share) + crop[bottom] * share
    return crop


def _bands(across: Picture, *, least: float) -> list[tuple[int, int]]:
    """The runs of rows (first, behind the last) that are ruled over at least this share of their width.

    Of a thick line only the edges are marked; what lies between two of them, three rows apart at most, belongs to it.
    """
    import numpy as np

    rows = np.flatnonzero(np.count_nonzero(across, axis=1) >= least * across.shape[1]).tolist()
    bands: list[tuple[int, int]] = []
    for row in rows:
        if bands and row - bands[-1][1] <= 2:
            bands[-1] = (bands[-1][0], row + 1)
        else:
            bands.append((row, row + 1))
    return bands


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


def _plain_share(crop: Picture) -> float:
    """How much of the cell is of its background's grey, 0 to 1."""
    import numpy as np

    level, _ = _levelled(crop)
    return float(np.count_nonzero(np.abs(level.astype(np.int16) - _background(level)) <= 12)) / max(level.size, 1)


def _levelled(crop: Picture) -> tuple[Picture, int]:
    """The crop on an even background, and that background: a button's gradient would be an edge at the margin."""
    import numpy as np

    of_rows = np.percentile(crop, 90, axis=1).astype(np.int16)
    background = int(np.median(of_rows))
    if not 0 < np.ptp(of_rows) < 40:
        return crop, background
    level = crop.astype(np.int16) + (background - of_rows)[:, None]
    return np.clip(level, 0, 255).astype(np.uint8), background


def _with_dot(item: Read, crop: Picture) -> Read:
    """The word, or a middle dot where Tesseract saw a dash: it does not know the dot, and a dash is wider than high."""
    import numpy as np

    if item.text not in ("-", "–", "—", "=", "*", "«", "»"):
        return item
    around = crop[:, max(item.x - 1, 0) : item.right + 1]
    ink = np.abs(around.astype(np.int16) - _background(crop)) > 40
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return item
    height, width = int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1
    is_dot = width <= height + 1 and height <= max(2, len(crop) // 4)
    return replace(item, text="·") if is_dot else item


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

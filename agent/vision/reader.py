"""`TextReader`: reads a picture cell by cell and remembers cells, so that a changed screen costs only its change."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from typing import TYPE_CHECKING

from agent.core.context import ReadMode
from agent.core.devices import Check
from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.text import Line, TextRead
from agent.vision.box import Box
from agent.vision.cell import Cell, cut_out, read_cell
from agent.vision.frame import grey as grey_of
from agent.vision.line_cache import Key, LineCache, Words, key_of
from agent.vision.lines import Layout, layout_of
from agent.vision.reading import ReadCell, Reading, Row, line_of
from agent.vision.strokes import strokes_after, strokes_of
from agent.vision.tesseract import tessdata_folder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

_MOST_WORKERS = 4
"""Each loads models of its own, some 50 MB; a full-HD screen keeps four busy for half a second."""
_PATIENCE_S = 0.02
"""Between two looks at the stop flag while the workers read."""
_NEAR = 8
"""What is read for a cell depends on the pixels so far around: `Layout.reach` looks for lines there."""


class TextReader:
    """Reads frames. Thread-safe; the cells that it remembers are shared by all threads.

    What it returns for a frame is the same whether it has seen parts of it before or not: cells are known by their
    exact pixels and every setting. Cells that are not known are read on all cores.
    """

    def __init__(self, *, tessdata: str = "", cache: LineCache | None = None) -> None:
        self._tessdata = tessdata
        self.cache = cache or LineCache()

    def read(
        self, frame: Frame, *, languages: str, mode: ReadMode = "block", min_confidence: float = 0, check: Check
    ) -> TextRead:
        """The text of the frame: `block` finds the lines by itself, `line` and `number` take the whole as one.

        Words below `min_confidence` (0 to 100) are left out. `check` is called some fifty times a second. Raises
        OcrLanguageMissing.
        """
        if mode == "block":
            return self.reading(frame, languages=languages, check=check).text(min_confidence)
        self._check_languages(languages)
        picture, whole = grey_of(frame), Box(0, 0, frame.region.width, frame.region.height)
        words = self._words([picture], languages, mode, check)[0]
        sure = tuple(word for word in words if word.confidence >= min_confidence)
        line = line_of([ReadCell(whole, sure)], frame.region.x, frame.region.y)
        return TextRead((line,) if line else (), frame.region)

    def reading(
        self,
        frame: Frame,
        *,
        languages: str,
        check: Check,
        before: Reading | None = None,
        changed: Sequence[Region] = (),
    ) -> Reading:
        """The frame with all its text.

        Quicker with the reading of a frame `before` it that was read in the same languages and shows the same region:
        then only what lies in or near the `changed` regions (see `changes`) is looked at.
        """
        self._check_languages(languages)
        picture = grey_of(frame)
        check()
        if before is None:
            strokes, other = strokes_of(picture), list[Box]()
        else:
            boxes = [_box(region, frame.region) for region in changed]
            strokes, other = strokes_after(before.strokes, picture, boxes)
            other += boxes
        check()
        layout = layout_of(strokes)
        kept = _kept(before, layout, other) if before is not None else {}
        boxes = [box for row in layout.rows for box in row if box not in kept]
        places = [layout.reach(box) for box in boxes]
        words = self._words([cut_out(picture, place, layout) for place in places], languages, "block", check)
        cells = kept | {box: ReadCell(place, read) for box, place, read in zip(boxes, places, words, strict=True)}
        return Reading(frame, strokes, cells, _rows(layout, cells, kept, before, frame.region))

    def _check_languages(self, languages: str) -> None:
        """A missing language is said even when there is no text at all."""
        tessdata_folder(self._tessdata, languages)

    def _words(self, pictures: Sequence[Picture], languages: str, mode: ReadMode, check: Check) -> list[Words]:
        """The words of each cell, in pixels from its corner."""
        keys = [key_of(picture, languages, mode) for picture in pictures]
        known: dict[Key, Words] = {}
        unknown: dict[Key, Picture] = {}
        for key, picture in zip(keys, pictures, strict=True):
            if key in known or key in unknown:
                continue
            if (words := self.cache.get(key)) is not None:
                known[key] = words
            else:
                unknown[key] = picture
        known |= self._recognised(unknown, languages, mode, check)
        return [known[key] for key in keys]

    def _recognised(
        self, pictures: Mapping[Key, Picture], languages: str, mode: ReadMode, check: Check
    ) -> dict[Key, Words]:
        """Read what is not known, on all cores."""
        cells = {key: Cell(picture, languages=languages, tessdata=self._tessdata) for key, picture in pictures.items()}
        futures = {key: _workers().submit(self._read, key, cell, mode) for key, cell in cells.items()}
        if len(cells) * 2 <= _cores():
            for cell in cells.values():
                cell.read_ahead(_workers())
        try:
            _wait(futures.values(), check)
        finally:
            for future in futures.values():
                future.cancel()  # those that wait; one that is being read takes some milliseconds more
        return {key: future.result() for key, future in futures.items()}

    def _read(self, key: Key, cell: Cell, mode: ReadMode) -> Words:
        """Read a cell and remember it, even when the one who asked has been stopped meanwhile."""
        words = read_cell(cell, mode)
        self.cache.put(key, words)
        return words


@functools.cache
def _workers() -> ThreadPoolExecutor:
    """The threads that read, for all readers of the process: each of them has loaded the models."""
    return ThreadPoolExecutor(_cores(), thread_name_prefix="ocr")


def _cores() -> int:
    return min(os.cpu_count() or 1, _MOST_WORKERS)


def _wait(futures: Iterable[Future[Words]], check: Check) -> None:
    """Return when all are done, or one has failed."""
    waiting: set[Future[Words]] = set(futures)
    while waiting:
        done, waiting = wait_for(waiting, timeout=_PATIENCE_S)
        if any(future.exception() for future in done):
            return
        check()


def _kept(before: Reading, layout: Layout, other: Sequence[Box]) -> dict[Box, ReadCell]:
    """The cells of the reading before that are still the same."""
    kept = {}
    for row in layout.rows:
        for box in row:
            known = before.cells.get(box)
            if known is not None and not any(_near(known.place, each) for each in other):
                kept[box] = known
    return kept


def _near(box: Box, other: Box) -> bool:
    return (
        box.x - _NEAR < other.right
        and other.x < box.right + _NEAR
        and box.y - _NEAR < other.bottom
        and other.y < box.bottom + _NEAR
    )


def _rows(
    layout: Layout, cells: dict[Box, ReadCell], kept: dict[Box, ReadCell], before: Reading | None, region: Region
) -> dict[Row, Line | None]:
    """The lines, those of unchanged rows as they were."""
    found: dict[Row, Line | None] = {}
    for boxes in layout.rows:
        row = tuple(boxes)
        if before is not None and row in before.rows and all(box in kept for box in row):
            found[row] = before.rows[row]
        else:
            found[row] = line_of([cells[box] for box in row], region.x, region.y)
    return found


def _box(region: Region, frame: Region) -> Box:
    """The region, counted from the frame's corner."""
    x, y = region.x - frame.x, region.y - frame.y
    return Box(x, y, x + region.width, y + region.height)

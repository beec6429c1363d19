"""`OcrService`: reads any picture, a capture or a file, in the way that is asked for."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.core.devices import Check
from agent.core.errors import AgentError, Stop
from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.ocr import OcrResult, OcrSettings, OcrStatistics
from agent.core.text import Line, TextRead, Word
from agent.vision.result_cache import ResultCache

if TYPE_CHECKING:
    from agent.vision.reader import TextReader
    from agent.vision.tesseract import Read

_PATIENCE_S = 0.02
"""Between two looks at the stop flag."""
_MOST_WORKERS = 4
_LEAST_SIDE = 5
"""Pixels: no letter is smaller."""
_PAGE, _LINE = 3, 7
"""Tesseract's own page segmentation, and a single line."""


class OcrService:
    """Reads pictures on worker threads, and knows for some minutes what it has read. Thread-safe."""

    def __init__(
        self,
        settings: OcrSettings | None = None,
        *,
        tessdata: str = "",
        workers: int | None = None,
        cache: ResultCache | None = None,
        reader: TextReader | None = None,
    ) -> None:
        """`settings` are what is taken when a call brings none; `workers` is how many pictures are read at once."""
        self.settings = settings or OcrSettings()
        self.workers = workers or min(os.cpu_count() or 1, _MOST_WORKERS)
        self.cache = cache or ResultCache()
        self._tessdata = tessdata
        self._given_reader = reader
        self._lock = threading.Lock()
        self._counted = OcrStatistics()

    def read(
        self, picture: Frame | Path, settings: OcrSettings | None = None, *, check: Check = lambda: None
    ) -> OcrResult:
        """The text of a capture or an image file.

        `check` is called fifty times a second; what it raises ends the reading at once for the caller, and in the
        background as soon as Tesseract can be ended. Raises OcrLanguageMissing, OcrFailed, ActionError (the file).
        """
        stopped = threading.Event()
        return self._outcome(self._submit(picture, settings, stopped), stopped, check)

    def read_all(
        self,
        pictures: Iterable[Frame | Path],
        settings: OcrSettings | None = None,
        *,
        at_once: int | None = None,
        check: Check = lambda: None,
    ) -> Iterator[OcrResult | AgentError]:
        """The texts of many pictures in their order, at most `at_once` of them in work.

        A picture that cannot be read gives its error in its place. No picture is asked for before there is room.
        """
        stopped = threading.Event()
        waiting: deque[Future[OcrResult]] = deque()
        try:
            for picture in pictures:
                waiting.append(self._submit(picture, settings, stopped))
                if len(waiting) >= (at_once or self.workers):
                    yield self._result_or_error(waiting.popleft(), stopped, check)
            while waiting:
                yield self._result_or_error(waiting.popleft(), stopped, check)
        finally:  # also when nobody wants to hear the rest
            stopped.set()
            for future in waiting:
                future.cancel()

    @property
    def statistics(self) -> OcrStatistics:
        """What it has done so far."""
        with self._lock:
            return replace(self._counted, kept=len(self.cache), kept_bytes=self.cache.size)

    def clear(self) -> None:
        """Forget every text that was read; the statistics stay."""
        self.cache.clear()
        reader = self.__dict__.get("_reader", self._given_reader)
        if reader is not None:
            reader.cache.clear()

    def save(self, path: Path) -> int:
        """Keep the texts in a file, for a run that will go on later; returns how many. Raises StoreError.

        What stood on the pictures stands in the file: nobody calls this unasked.
        """
        return self.cache.save(path)

    def load(self, path: Path) -> int:
        """Know again what `save` kept and is not too old; returns how many. A damaged file gives none."""
        return self.cache.load(path)

    def close(self) -> None:
        """Read nothing more. What is being read ends by itself."""
        if "_pool" in self.__dict__:
            self._pool.shutdown(wait=False, cancel_futures=True)

    # --- on the worker threads ---

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self.workers, thread_name_prefix="ocr-service")

    @cached_property
    def _reader(self) -> TextReader:
        from agent.vision.reader import TextReader

        return self._given_reader or TextReader(tessdata=self._tessdata)

    def _submit(
        self, picture: Frame | Path, settings: OcrSettings | None, stopped: threading.Event
    ) -> Future[OcrResult]:
        with self._lock:
            pool = self._pool
        return pool.submit(self._read, picture, settings or self.settings, stopped)

    def _outcome(self, future: Future[OcrResult], stopped: threading.Event, check: Check) -> OcrResult:
        try:
            check()
            while not wait_for([future], timeout=_PATIENCE_S).done:
                check()
        except BaseException:
            stopped.set()
            future.cancel()
            raise
        return future.result()

    def _result_or_error(
        self, future: Future[OcrResult], stopped: threading.Event, check: Check
    ) -> OcrResult | AgentError:
        try:
            return self._outcome(future, stopped, check)
        except AgentError as error:
            return error

    def _read(self, picture: Frame | Path, settings: OcrSettings, stopped: threading.Event) -> OcrResult:
        def heard() -> None:
            if stopped.is_set():
                raise Stop

        heard()
        begun = time.perf_counter()
        try:
            frame = frame_of_file(picture) if isinstance(picture, Path) else picture
            key = key_of(frame, settings, self._tessdata)
            known = self.cache.get(key)
            text = known if known is not None else self._text(frame, settings, heard)
        except AgentError:
            self._count(failed=1)
            raise
        seconds = time.perf_counter() - begun
        if known is None:
            self.cache.put(key, text)
            self._count(reads=1, characters=len(text.text), seconds=seconds)
        else:
            self._count(reads=1, known=1)
        return OcrResult(text.sure(settings.min_confidence), settings, seconds, known is not None)

    def _text(self, frame: Frame, settings: OcrSettings, check: Check) -> TextRead:
        """All words, the doubtful ones too."""
        if min(frame.region.width, frame.region.height) < _LEAST_SIDE:
            return TextRead((), frame.region)
        if settings.decides_itself:
            with self._lock:
                reader = self._reader
            return reader.read(frame, languages=settings.languages, mode=settings.mode, check=check)
        return self._in_one_pass(frame, settings, check)

    def _in_one_pass(self, frame: Frame, settings: OcrSettings, check: Check) -> TextRead:
        from agent.vision.cell import NUMBER
        from agent.vision.frame import pixels
        from agent.vision.preparation import prepared
        from agent.vision.tesseract import DPI, LSTM, recognizer

        engine = LSTM if settings.oem is None else settings.oem
        read = recognizer(settings.languages, self._tessdata, engine=engine)
        words = read(
            prepared(pixels(frame), settings),
            mode=settings.psm or (_PAGE if settings.mode == "block" else _LINE),
            allowed=NUMBER if settings.mode == "number" else "",
            dpi=settings.dpi or DPI,
            check=check,
        )
        return _placed(words, settings.scale or 1.0, frame.region)

    def _count(self, **more: float) -> None:
        with self._lock:
            old: Any = self._counted
            self._counted = replace(old, **{name: getattr(old, name) + value for name, value in more.items()})


def frame_of_file(path: Path) -> Frame:
    """The picture of a file as if it were a capture at 0,0; what is transparent is white. Raises ActionError."""
    import cv2
    import numpy as np

    from agent.vision.image_file import load_image

    picture = load_image(path)
    height, width = picture.shape[:2]
    bgra = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGBA2BGRA), np.uint8)
    alpha = picture[:, :, 3]
    if int(alpha.min(initial=255)) < 255:
        for channel in range(3):  # one by one: a page at 600 dpi fills a gigabyte otherwise
            bgra[:, :, channel] = 255 - (255 - bgra[:, :, channel]).astype(np.uint16) * alpha // 255
    return Frame(bgra.reshape(-1).data, Region(0, 0, width, height), datetime.now(UTC))


def key_of(frame: Frame, settings: OcrSettings, tessdata: str) -> str:
    """What stands for these pixels at this place, read with these settings.

    All but one: words are left out for their confidence afterwards.
    """
    import xxhash

    told = f"{frame.region}|{tessdata}|{settings.model_dump_json(exclude={'min_confidence'})}"
    return xxhash.xxh3_128_hexdigest(frame.pixels) + xxhash.xxh3_128_hexdigest(told.encode())


def _placed(words: Sequence[Read], scale: float, region: Region) -> TextRead:
    """Tesseract's words as lines, back in the pixels that were captured."""
    lines: dict[int, list[Word]] = {}
    for word in words:
        x, y = int(word.x / scale), int(word.y / scale)
        right, bottom = max(round(word.right / scale), x + 1), max(round(word.bottom / scale), y + 1)
        rect = Region(region.x + x, region.y + y, right - x, bottom - y)
        lines.setdefault(word.line, []).append(Word(word.text, rect, word.confidence))
    return TextRead(tuple(Line.of(line) for line in lines.values()), region)

"""Tesseract behind one small door: in this process (tesserocr), else as a program (pytesseract)."""

from __future__ import annotations

import functools
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from agent.core.devices import Check
from agent.core.errors import OcrFailed, OcrLanguageMissing
from agent.core.requirement import Requirement
from agent.vision.tessdata import remedy, tessdata_folder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["BLOCK", "DPI", "LINE", "LSTM", "Read", "Recognizer", "recognizer", "requirements", "tessdata_folder"]

LINE, BLOCK = 7, 6
"""Page segmentation modes: the picture is one line; it is one block."""
LSTM = 1
"""The engine mode of the neural net; the older engine (0) needs data of its own, which few systems have."""
DPI = 200
"""Said of every picture that nothing is known of: without it Tesseract guesses, and says so on the error stream."""
LONGEST_S = 60.0
"""After so long a picture is given up; full HD takes some two seconds."""
LARGEST_SIDE = 32_767
"""More pixels in a row or column Tesseract refuses (its coordinates have 16 bits)."""
_IDLE = 12
"""Engines that are kept until somebody needs them again; each has some 12 to 25 MB."""


@dataclass(frozen=True, slots=True)
class Read:
    """One word as Tesseract read it: confidence 0 to 100, box in the picture it was given."""

    text: str
    confidence: float
    x: int
    y: int
    right: int
    bottom: int
    line: int = 0
    """The number of its line, from 0, where the picture was read as more than one."""


class Recognizer(Protocol):
    """Reads a grey picture."""

    def __call__(
        self,
        picture: NDArray[np.uint8],
        *,
        mode: int,
        allowed: str = "",
        dpi: int = DPI,
        check: Check = lambda: None,
    ) -> list[Read]:
        """The words of the picture (h × w), in Tesseract's order.

        `mode` is the page segmentation mode; `allowed` restricts the characters. `check` is called before and, by the
        program, twenty times a second meanwhile, which is then ended; in this process nothing can end a pass but its
        own limit of 60 s. Raises OcrFailed.
        """
        ...


def is_blank(picture: NDArray[np.uint8]) -> bool:
    """Whether no text can be there. Tesseract does see some: a dash, or “Bu”, on a plain white page."""
    return min(picture.shape) < 3 or int(picture.max()) - int(picture.min()) < 5


def recognizer(languages: str, tessdata: str, *, engine: int = LSTM) -> Recognizer:
    """What reads these languages (``deu+eng``) with this engine mode (0 to 3). Thread-safe, and quick to ask for.

    `tessdata` is the folder of the language data; "" finds it. Raises OcrLanguageMissing.
    """
    folder = str(tessdata_folder(tessdata, languages))
    return _shared(languages, folder, engine) if _in_process() else _program(languages, folder, engine)


def requirements(languages: str, tessdata: str) -> tuple[Requirement, ...]:
    """For the doctor: the data of each language, and the engine."""
    return (_engine(), *(_language(language, tessdata) for language in languages.split("+")))


def _language(language: str, tessdata: str) -> Requirement:
    try:
        folder = tessdata_folder(tessdata, language)
        if _in_process():
            _library(language, str(folder), LSTM)
    except OcrLanguageMissing:
        return Requirement("OCR language", False, language, remedy(language))
    except OcrFailed as error:
        return Requirement.unmet("OCR language", error)
    return Requirement("OCR language", True, f"{language} ({folder})", "")


def _engine() -> Requirement:
    try:
        import tesserocr
    except ImportError:
        return Requirement("OCR engine", False, "tesserocr", "Install the package tesserocr; without it OCR is slow.")
    return Requirement("OCR engine", True, str(tesserocr.tesseract_version()).splitlines()[0], "")


@functools.cache
def _in_process() -> bool:
    try:
        import tesserocr  # noqa: F401 - only whether it is there
    except ImportError:
        return False
    return True


def _library(languages: str, folder: str, engine: int) -> Recognizer:
    from agent.vision.tesseract_library import Library

    return Library(languages, folder, engine)


@functools.lru_cache(maxsize=64)
def _program(languages: str, folder: str, engine: int) -> Recognizer:
    from agent.vision.tesseract_program import Program

    return Program(languages, folder, engine)


class _Shelf:
    """Engines that nobody uses just now. Thread-safe.

    An engine must not be used by two threads at once, and takes some 50 ms to load. So it is taken from the shelf for
    each picture and put back; when the shelf is full, the one that lay there longest goes.
    """

    def __init__(self) -> None:
        self._idle: OrderedDict[int, tuple[tuple[str, str, int], Recognizer]] = OrderedDict()
        self._lock = threading.Lock()
        self._count = 0

    def take(self, key: tuple[str, str, int]) -> Recognizer | None:
        """An engine of these languages, folder and engine mode; the one used last, if any lies there."""
        with self._lock:
            for number in reversed(self._idle):
                if self._idle[number][0] == key:
                    return self._idle.pop(number)[1]
        return None

    def put(self, key: tuple[str, str, int], engine: Recognizer) -> None:
        """Put it back; freed when it has to make room."""
        with self._lock:
            self._count += 1
            self._idle[self._count] = (key, engine)
            if len(self._idle) > _IDLE:
                self._idle.popitem(last=False)


_shelf = _Shelf()


class _Shared:
    """A recognizer for all threads, each call with an engine of its own."""

    def __init__(self, languages: str, folder: str, engine: int) -> None:
        self._key = (languages, folder, engine)

    def __call__(
        self,
        picture: NDArray[np.uint8],
        *,
        mode: int,
        allowed: str = "",
        dpi: int = DPI,
        check: Check = lambda: None,
    ) -> list[Read]:
        engine = _shelf.take(self._key) or _library(*self._key)
        read = engine(picture, mode=mode, allowed=allowed, dpi=dpi, check=check)
        _shelf.put(self._key, engine)  # not one that has raised: it may be broken
        return read


@functools.lru_cache(maxsize=64)
def _shared(languages: str, folder: str, engine: int) -> Recognizer:
    return _Shared(languages, folder, engine)

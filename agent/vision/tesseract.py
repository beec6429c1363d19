"""Tesseract behind one small door: in this process (tesserocr), else as a program (pytesseract)."""

from __future__ import annotations

import functools
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from agent.core.errors import OcrLanguageMissing
from agent.core.requirement import Requirement
from agent.resources import path as resource

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LINE, BLOCK = 7, 6
"""Page segmentation modes: the picture is one line; it is one block."""
_PROGRAM_TIMEOUT_S = 20
_PLACES = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/share/tesseract/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
    "/opt/local/share/tessdata",
    r"C:\Program Files\Tesseract-OCR\tessdata",
    r"C:\Program Files (x86)\Tesseract-OCR\tessdata",
)


@dataclass(frozen=True, slots=True)
class Read:
    """One word as Tesseract read it: confidence 0 to 100, box in the picture it was given."""

    text: str
    confidence: float
    x: int
    y: int
    right: int
    bottom: int


class Recognizer(Protocol):
    """Reads a grey picture."""

    def __call__(self, picture: NDArray[np.uint8], *, mode: int, allowed: str = "") -> list[Read]:
        """The words of the picture (h × w); `allowed` restricts the characters."""
        ...


def tessdata_folder(told: str, languages: str) -> Path:
    """The folder that has the data of all languages. Raises OcrLanguageMissing naming the first one that is missing."""
    wanted = languages.split("+")
    places = [place for place in _places(told) if place.is_dir()]
    for place in places:
        if all((place / f"{language}.traineddata").is_file() for language in wanted):
            return place
    lacking = next(
        (language for language in wanted if not any((p / f"{language}.traineddata").is_file() for p in places)),
        wanted[0],
    )
    raise OcrLanguageMissing(
        "The OCR data of the language {language} are not installed.",
        "Install them ({remedy}), or set other OCR languages in the settings. Looked in: {places}.",
        language=lacking,
        remedy=_remedy(lacking),
        places=", ".join(map(str, places)) or "–",
    )


def _places(told: str) -> Iterator[Path]:
    if told:
        yield Path(told).expanduser()
        return
    if prefix := os.environ.get("TESSDATA_PREFIX"):
        yield Path(prefix)
        yield Path(prefix) / "tessdata"
    yield resource("tessdata")
    yield from map(Path, _PLACES)


def _remedy(language: str) -> str:
    if sys.platform == "win32":
        return f"winget install UB-Mannheim.TesseractOCR, {language}.traineddata"
    return "brew install tesseract-lang" if sys.platform == "darwin" else f"apt install tesseract-ocr-{language}"


def requirements(languages: str, tessdata: str) -> tuple[Requirement, ...]:
    """For the doctor: the data of each language, and the engine."""
    return (_engine(), *(_language(language, tessdata) for language in languages.split("+")))


def _language(language: str, tessdata: str) -> Requirement:
    try:
        folder = tessdata_folder(tessdata, language)
    except OcrLanguageMissing:
        return Requirement("OCR language", False, language, _remedy(language))
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


_threads = threading.local()


def recognizer(languages: str, tessdata: str) -> Recognizer:
    """The calling thread's recognizer of these languages, made when it is first asked for.

    Loading a model takes some 50 ms, so it is kept; an engine must not be shared between threads.
    """
    kept: dict[tuple[str, str], Recognizer] = _threads.__dict__.setdefault("kept", {})
    key = (languages, tessdata)
    if key not in kept:
        folder = tessdata_folder(tessdata, languages)
        kept[key] = _Engine(languages, folder) if _in_process() else _Program(languages, folder)
    return kept[key]


class _Engine:
    """Tesseract in this process."""

    def __init__(self, languages: str, folder: Path) -> None:
        import tesserocr

        # Never closed by hand: it lives as long as its thread.
        self._api = tesserocr.PyTessBaseAPI(path=str(folder), lang=languages, psm=LINE, oem=tesserocr.OEM.LSTM_ONLY)
        self._words = tesserocr.RIL.WORD
        self._iterate = tesserocr.iterate_level

    def __call__(self, picture: NDArray[np.uint8], *, mode: int, allowed: str = "") -> list[Read]:
        api = self._api
        api.SetPageSegMode(mode)
        api.SetVariable("tessedit_char_whitelist", allowed)
        height, width = picture.shape
        api.SetImageBytes(picture.tobytes(), width, height, 1, width)
        api.SetSourceResolution(200)  # it would guess, and say so on stderr
        if not api.Recognize():
            return []
        return [word for item in self._iterate(api.GetIterator(), self._words) if (word := self._read(item))]

    def _read(self, item: Any) -> Read | None:
        if item.Empty(self._words):
            return None
        text, box = item.GetUTF8Text(self._words), item.BoundingBox(self._words)
        return Read(text, item.Confidence(self._words), *box) if text.strip() and box else None


class _Program:
    """Tesseract as a program for each picture; some ten times slower."""

    def __init__(self, languages: str, folder: Path) -> None:
        self._languages = languages
        self._folder = folder
        # Its threads get in each other's way on small pictures: 2 to 6 times slower without this.
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")

    def __call__(self, picture: NDArray[np.uint8], *, mode: int, allowed: str = "") -> list[Read]:
        import pytesseract
        from PIL import Image

        config = f'--psm {mode} --oem 1 --dpi 200 --tessdata-dir "{self._folder}"'
        if allowed:
            config += f" -c tessedit_char_whitelist={allowed}"
        data = pytesseract.image_to_data(
            Image.fromarray(picture),
            lang=self._languages,
            config=config,
            timeout=_PROGRAM_TIMEOUT_S,
            output_type=pytesseract.Output.DICT,
        )
        return [word for index in range(len(data["text"])) if (word := _row(data, index))]


def _row(data: dict[str, Sequence[Any]], index: int) -> Read | None:
    text, confidence = str(data["text"][index]).strip(), float(data["conf"][index])
    x, y = int(data["left"][index]), int(data["top"][index])
    right, bottom = x + int(data["width"][index]), y + int(data["height"][index])
    return Read(text, confidence, x, y, right, bottom) if text and confidence >= 0 else None

"""Where Tesseract's language data lie, and how to get them."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from agent.core.errors import OcrLanguageMissing
from agent.resources import path as resource

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


def tessdata_folder(told: str, languages: str) -> Path:
    """The folder that has the data of all languages. Raises OcrLanguageMissing naming the first one that is missing."""
    return _found(told, languages, os.environ.get("TESSDATA_PREFIX", ""))


@functools.lru_cache(maxsize=64)  # what was missing is looked for again: it may be installed while the program runs
def _found(told: str, languages: str, prefix: str) -> Path:
    wanted = languages.split("+")
    places = [place for place in _places(told, prefix) if place.is_dir()]
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
        remedy=remedy(lacking),
        places=", ".join(map(str, places)) or "–",
    )


def _places(told: str, prefix: str) -> Iterator[Path]:
    if told:
        yield Path(told).expanduser()
        return
    if prefix:
        yield Path(prefix)
        yield Path(prefix) / "tessdata"
    yield resource("tessdata")
    yield from map(Path, _PLACES)


def remedy(language: str) -> str:
    """How to install the data of a language on this system."""
    if sys.platform == "win32":
        return f"winget install UB-Mannheim.TesseractOCR, {language}.traineddata"
    return "brew install tesseract-lang" if sys.platform == "darwin" else f"apt install tesseract-ocr-{language}"

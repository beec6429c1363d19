"""What can go wrong with Tesseract, said in the same words by the library and the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.core.errors import OcrFailed
from agent.vision.tessdata import remedy
from agent.vision.tesseract import LARGEST_SIDE, LONGEST_S, LSTM

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def data_unusable(languages: str, folder: str, engine: int) -> OcrFailed:
    """The data are there, but Tesseract does not take them."""
    if engine not in (LSTM, 3):
        return OcrFailed(
            "The OCR data {languages} have nothing for engine mode {engine}.",
            "Use engine mode 1, or install the complete data of Tesseract. Looked in: {folder}.",
            languages=languages,
            engine=engine,
            folder=folder,
        )
    return OcrFailed(
        "The OCR data {languages} in {folder} are damaged.",
        "Install them again: {remedy}.",
        languages=languages,
        folder=folder,
        remedy=remedy(languages.split("+", maxsplit=1)[0]),
    )


def could_not_read(reason: object) -> OcrFailed:
    """It has ended without words, and says why."""
    return OcrFailed(
        "Tesseract could not read the picture: {reason}.", "Another page segmentation mode may help.", reason=reason
    )


def not_in_time(seconds: float = LONGEST_S) -> OcrFailed:
    """It was still reading."""
    return OcrFailed(
        "Tesseract has not read the picture within {seconds} s.",
        "Read a part of it, or make it smaller.",
        seconds=round(seconds),
    )


def refuse_too_large(picture: NDArray[np.uint8]) -> None:
    """Raise OcrFailed for a picture that Tesseract would answer with nothing at all."""
    height, width = picture.shape
    if max(height, width) > LARGEST_SIDE:
        raise OcrFailed(
            "The picture has {width}×{height} pixels, and Tesseract reads {most} at most in each direction.",
            "Read a part of it, or make it smaller.",
            width=width,
            height=height,
            most=LARGEST_SIDE,
        )

"""How a picture is to be read, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from agent.core.context import ReadMode
from agent.core.text import TextRead

LANGUAGES = r"^[A-Za-z_]+(\+[A-Za-z_]+)*$"
"""Languages as Tesseract names them, joined by +."""


class OcrSettings(BaseModel):
    """What shapes the text that is read.

    Left alone, the reader decides: it finds the lines by itself and reads each in the ways that were measured to be
    the most right. As soon as one of the options from `psm` on is set, the whole picture is read once, by Tesseract
    alone, with exactly these options.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    languages: str = Field("deu+eng", pattern=LANGUAGES, max_length=200)
    mode: ReadMode = "block"
    min_confidence: float = Field(60, ge=0, le=100)
    """Words that are less certain are left out."""

    psm: Annotated[int, Field(ge=1, le=13)] | None = None
    """Tesseract's page segmentation mode: 3 a page, 6 a block, 7 a line, 11 scattered text."""
    oem: Annotated[int, Field(ge=0, le=3)] | None = None
    """Tesseract's engine mode: 0 the old engine, 1 the neural net, 2 both, 3 what the data hold."""
    dpi: Annotated[int, Field(ge=30, le=2400)] | None = None
    grey: Literal["brightness", "red", "green", "blue"] | None = None
    """Which channel becomes the grey picture."""
    contrast: Annotated[float, Field(gt=0, le=10)] | None = None
    """A factor: 1 changes nothing."""
    sharpen: Annotated[float, Field(ge=0, le=10)] | None = None
    """A strength: 0 changes nothing, 1 is usual."""
    denoise: Annotated[int, Field(ge=0, le=5)] | None = None
    """Specks up to so many pixels wide are taken out."""
    scale: Annotated[float, Field(ge=0.1, le=8)] | None = None
    """A factor: 2 doubles both sides before the picture is read."""

    @property
    def decides_itself(self) -> bool:
        """Whether the reader may choose how to read."""
        return all(getattr(self, name) is None for name in _OPTIONS)


_OPTIONS = ("psm", "oem", "dpi", "grey", "contrast", "sharpen", "denoise", "scale")


@dataclass(frozen=True, slots=True)
class OcrResult:
    """One picture, read."""

    text: TextRead
    """Only the words that are certain enough; places in pixels of the picture, or of the screen it shows."""
    settings: OcrSettings
    seconds: float
    """How long it took; next to nothing where the result was known."""
    known: bool = False
    """Whether these pixels had been read before in the same way."""

    @property
    def characters_per_second(self) -> float:
        """How quickly it was read; 0 without any text."""
        return len(self.text.text) / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True, slots=True)
class OcrStatistics:
    """What an OCR service has done since it was made."""

    reads: int = 0
    """Pictures that were read, those that were known included."""
    known: int = 0
    failed: int = 0
    characters: int = 0
    """Of the pictures that were not known; so are `seconds`."""
    seconds: float = 0.0
    kept: int = 0
    """Results in the cache now."""
    kept_bytes: int = 0

    @property
    def hit_rate(self) -> float:
        """The share of known pictures, 0 to 1."""
        return self.known / self.reads if self.reads else 0.0

    @property
    def mean_ms(self) -> float:
        """Milliseconds for a picture that was not known."""
        fresh = self.reads - self.known
        return 1000 * self.seconds / fresh if fresh else 0.0

    @property
    def characters_per_second(self) -> float:
        """How quickly text was read."""
        return self.characters / self.seconds if self.seconds > 0 else 0.0

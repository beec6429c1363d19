"""A picture of the screen: raw pixels and where they come from, and how they become a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from agent.core.geometry import Region


@dataclass(frozen=True, slots=True)
class Frame:
    """One capture. `pixels` are `region.width × region.height` BGRA bytes, row by row, without padding.

    The alpha byte is meaningless (X servers leave it 0). `agent.vision.frame.pixels` gives a numpy view.
    """

    pixels: bytes | bytearray | memoryview = field(repr=False)
    region: Region
    taken_at: datetime
    scale: float = 1.0
    """Physical pixels for one logical pixel of the monitor (1.5 at 150 %)."""


PictureFormat = Literal["png", "jpeg", "webp"]

ENDINGS: Mapping[PictureFormat, tuple[str, ...]] = {"png": (".png",), "jpeg": (".jpg", ".jpeg"), "webp": (".webp",)}
"""How the names of picture files end; the first one is what we give."""

Compression = Annotated[int, Field(ge=0, le=9)]
Quality = Annotated[int, Field(ge=1, le=100)]
PictureScale = Annotated[float, Field(ge=0.05, le=4.0)]


class PictureStyle(BaseModel):
    """How a frame becomes a picture file. The default is the evidence of every step: quick, and not a pixel is lost."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: PictureFormat = "png"
    compression: Compression = 1
    """Of what loses nothing (PNG, lossless WebP): 0 is the largest, 1 the quickest that is small, 9 the smallest."""
    quality: Quality = 80
    """Of what loses something (JPEG, WebP)."""
    lossless: bool = False
    """WebP that loses nothing: much smaller than PNG, and ten times slower."""
    scale: PictureScale = 1.0
    """Pixels of the picture for one of the screen, in each direction."""

    @model_validator(mode="after")
    def _jpeg_loses(self) -> Self:
        if self.lossless and self.format == "jpeg":
            raise ValueError("JPEG always loses something; choose png or webp")
        return self

    def file_name(self, name: str) -> str:
        """`name` with the format's ending, unless it has it."""
        endings = ENDINGS[self.format]
        return name if PurePath(name).suffix.lower() in endings else name + endings[0]


def format_of(name: str) -> PictureFormat | None:
    """The format that a file name's ending stands for."""
    ending = PurePath(name).suffix.lower()
    return next((each for each, endings in ENDINGS.items() if ending in endings), None)

"""`Template`: a picture to search on the screen, and `Origin`: where it was cut out."""

from __future__ import annotations

import contextlib
import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self, cast

from agent.core.errors import ActionError
from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.vision.image_file import load_image
from agent.vision.png_text import read_texts, with_texts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

Theme = Literal["light", "dark"]

_SMALLEST_SCALE, _LARGEST_SCALE = 0.25, 8.0
_SCALE, _THEME, _SCREEN, _TIME = "Screen Scale", "Screen Theme", "Screen Size", "Creation Time"
"""The names of the texts in the file; the last one is of the PNG standard."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The screen that a template was cut out of, as far as it is known."""

    scale: float | None = None
    """Physical pixels for one logical pixel (1.5 at 150 %)."""
    theme: Theme | None = None
    screen: tuple[int, int] | None = None
    """Width and height in physical pixels."""
    taken_at: datetime | None = None

    def to_texts(self) -> dict[str, str]:
        """What a PNG file can hold; `from_texts` reads it back."""
        texts = {
            _SCALE: self.scale and f"{self.scale:g}",
            _THEME: self.theme,
            _SCREEN: self.screen and "{}x{}".format(*self.screen),
            _TIME: self.taken_at and self.taken_at.isoformat(),
        }
        return {name: text for name, text in texts.items() if text}

    @classmethod
    def from_texts(cls, texts: Mapping[str, str]) -> Self:
        """Read what `to_texts` wrote; what is missing or makes no sense is not known."""
        theme = texts.get(_THEME)
        return cls(
            scale=_scale(texts.get(_SCALE, "")),
            theme=cast(Theme, theme) if theme in ("light", "dark") else None,
            screen=_size(texts.get(_SCREEN, "")),
            taken_at=_time(texts.get(_TIME, "")),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A picture to search: h × w × 3 (blue, green, red) and which of its pixels count (None: all).

    Compared by identity: the same picture read twice is two templates.
    """

    colours: Pixels
    counts: NDArray[np.bool_] | None = None
    origin: Origin = Origin()

    @property
    def height(self) -> int:
        """In pixels."""
        return int(self.colours.shape[0])

    @property
    def width(self) -> int:
        """In pixels."""
        return int(self.colours.shape[1])

    @classmethod
    def load(cls, path: Path) -> Template:
        """Read an image file; pixels that are not fully opaque do not count.

        Raises ActionError for a file that is missing, damaged, too large or wholly transparent.
        """
        import numpy as np

        rgba = load_image(path)
        opaque = rgba[:, :, 3] == 255
        if not opaque.any():
            raise ActionError(
                "The image {path} is transparent all over, so there is nothing to search.",
                "Cut the image out of a screenshot again.",
                path=path,
            )
        origin = Origin()
        with contextlib.suppress(OSError):  # what the file says besides its picture is a help, no more
            origin = Origin.from_texts(read_texts(path))
        return cls(np.ascontiguousarray(rgba[:, :, 2::-1]), None if opaque.all() else opaque, origin)

    def scaled(self, factor: float) -> Template:
        """The picture this many times as large, at least one pixel high and wide."""
        import cv2
        import numpy as np

        size = max(1, round(self.width * factor)), max(1, round(self.height * factor))
        colours = cv2.resize(self.colours, size, interpolation=_interpolation(factor))
        counts = None
        if self.counts is not None:
            # Only what was made of pixels that count, and of nothing else.
            counts = cv2.resize(self.counts.astype(np.float32), size, interpolation=_interpolation(factor)) > 0.999
        return replace(self, colours=np.asarray(colours, np.uint8), counts=counts)


def save_template(
    path: Path, frame: Frame, region: Region, *, theme: Theme | None = None, screen: Region | None = None
) -> None:
    """Cut the region (screen coordinates) out of the frame into a PNG file that says where it comes from.

    `theme` is measured when it is not given, and `screen`, the monitor, is taken for what the frame shows. The file
    that was there is replaced in one go. Raises ActionError for a region without pixels, and OSError.
    """
    from agent.vision.encode import encode
    from agent.vision.frame import crop

    screen = screen or frame.region
    origin = Origin(frame.scale, theme or theme_of(frame), (screen.width, screen.height), frame.taken_at)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(with_texts(encode(crop(frame, region)), origin.to_texts()))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def theme_of(frame: Frame) -> Theme:
    """Whether what the frame shows is rather dark or rather light."""
    import numpy as np

    from agent.vision.frame import pixels

    sample = pixels(frame)[::8, ::8, :3]
    return "dark" if sample.size and float(np.median(sample)) < 128 else "light"


def likely_factor(template: Template, frame: Frame) -> float:
    """How many times larger the template should be on this screen; 1 when it does not say where it comes from."""
    factor = frame.scale / (template.origin.scale or frame.scale)
    return factor if _SMALLEST_SCALE <= factor <= _LARGEST_SCALE else 1.0


def _interpolation(factor: float) -> int:
    import cv2

    return int(cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)


def _scale(text: str) -> float | None:
    try:
        scale = float(text)
    except ValueError:
        return None
    return scale if math.isfinite(scale) and _SMALLEST_SCALE <= scale <= _LARGEST_SCALE else None


def _size(text: str) -> tuple[int, int] | None:
    found = re.fullmatch(r"([1-9]\d{0,5})x([1-9]\d{0,5})", text, re.ASCII)
    return (int(found[1]), int(found[2])) if found else None


def _time(text: str) -> datetime | None:
    """An aware time; one without a zone says nothing."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo is not None else None

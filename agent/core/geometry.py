"""Points and regions in physical pixels of the virtual desktop.

The origin is the primary monitor's top left corner; monitors left of or above it have negative coordinates.
Capture, match, OCR and mouse all use these, and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Point(BaseModel):
    """One pixel: `x` to the right, `y` down."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    x: int
    y: int

    if TYPE_CHECKING:

        def __init__(self, x: int, y: int) -> None: ...
    else:

        def __init__(self, /, *values, **named):
            # Positional, because Point(3, 4) is how people write it. Loose, because pydantic comes through here
            # with whatever a file holds: what is missing or too much must be its error, not a TypeError.
            super().__init__(**dict(zip(("x", "y")[: len(values)], values, strict=True)), **named)

    def moved(self, dx: int, dy: int) -> Point:
        """The point `dx` to the right and `dy` down from here."""
        return Point(self.x + dx, self.y + dy)

    def __str__(self) -> str:
        return f"{self.x},{self.y}"


class Region(BaseModel):
    """A rectangle: left, top, width, height. Right and bottom are exclusive."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    x: int
    y: int
    width: Annotated[int, Field(ge=0)]
    height: Annotated[int, Field(ge=0)]

    if TYPE_CHECKING:

        def __init__(self, x: int, y: int, width: int, height: int) -> None: ...
    else:

        def __init__(self, /, *values, **named):  # as in Point
            names = ("x", "y", "width", "height")[: len(values)]
            super().__init__(**dict(zip(names, values, strict=True)), **named)

    @property
    def right(self) -> int:
        """The first column to the right of the region."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row below the region."""
        return self.y + self.height

    @property
    def center(self) -> Point:
        """The middle pixel."""
        return Point(self.x + self.width // 2, self.y + self.height // 2)

    @property
    def is_empty(self) -> bool:
        """Whether it holds no pixel at all."""
        return self.width == 0 or self.height == 0

    def contains(self, point: Point) -> bool:
        """Whether the pixel lies inside."""
        return self.x <= point.x < self.right and self.y <= point.y < self.bottom

    def intersection(self, other: Region) -> Region:
        """What both share; empty (0 × 0) where they do not meet."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        width, height = min(self.right, other.right) - x, min(self.bottom, other.bottom) - y
        return Region(x, y, width, height) if width > 0 and height > 0 else Region(x, y, 0, 0)

    def union(self, other: Region) -> Region:
        """The smallest region around both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Region(x, y, max(self.right, other.right) - x, max(self.bottom, other.bottom) - y)

    def grown(self, pixels: int) -> Region:
        """The region with a border of `pixels` added on each side."""
        return Region(self.x - pixels, self.y - pixels, self.width + 2 * pixels, self.height + 2 * pixels)

    def moved(self, dx: int, dy: int) -> Region:
        """The region shifted."""
        return Region(self.x + dx, self.y + dy, self.width, self.height)

    def __str__(self) -> str:
        return f"{self.x},{self.y} {self.width}×{self.height}"

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, value: Any) -> Any:
        """Accept ``[x, y, width, height]``, the short form people write by hand."""
        if isinstance(value, list | tuple) and len(value) == 4:
            return dict(zip(("x", "y", "width", "height"), value, strict=True))
        return value

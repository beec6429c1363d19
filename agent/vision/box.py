"""`Box`: a rectangle in a picture, made and compared by the thousand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle in the picture, in pixels; right and bottom are exclusive. Lighter than `Region`."""

    x: int
    y: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """In pixels."""
        return self.right - self.x

    @property
    def height(self) -> int:
        """In pixels."""
        return self.bottom - self.y

    @property
    def middle(self) -> float:
        """The row half way down."""
        return (self.y + self.bottom) / 2

    def union(self, other: Box) -> Box:
        """The smallest box around both."""
        return Box(
            min(self.x, other.x), min(self.y, other.y), max(self.right, other.right), max(self.bottom, other.bottom)
        )

    def shared_height(self, other: Box) -> int:
        """How many rows of pixels both have; negative: how many lie between them."""
        return min(self.bottom, other.bottom) - max(self.y, other.y)

    def meets(self, other: Box) -> bool:
        """Whether both hold a pixel in common."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def holds(self, x: int, y: int) -> bool:
        """Whether the pixel lies inside."""
        return self.x <= x < self.right and self.y <= y < self.bottom

    def grown(self, across: int, down: int, within: tuple[int, int]) -> Box:
        """With so many pixels more on each side, as far as the picture (height, width) goes."""
        height, width = within
        return Box(
            max(self.x - across, 0),
            max(self.y - down, 0),
            min(self.right + across, width),
            min(self.bottom + down, height),
        )


def apart(boxes: Iterable[Box]) -> list[Box]:
    """The boxes, those that meet joined until none do."""
    found: list[Box] = []
    for box in boxes:
        while (other := next((each for each in found if each.meets(box)), None)) is not None:
            found.remove(other)
            box = box.union(other)  # noqa: PLW2901 - it grows until it meets no other
        found.append(box)
    return found

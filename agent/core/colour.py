"""`Colour`: what one pixel shows, how people write it, and how far two of them are apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)

# The basic names of https://www.w3.org/TR/css-color-4/#named-colors, and the German ones.
_NAMES = {
    "black": "000000",
    "silver": "c0c0c0",
    "gray": "808080",
    "grey": "808080",
    "white": "ffffff",
    "maroon": "800000",
    "red": "ff0000",
    "purple": "800080",
    "fuchsia": "ff00ff",
    "magenta": "ff00ff",
    "green": "008000",
    "lime": "00ff00",
    "olive": "808000",
    "yellow": "ffff00",
    "navy": "000080",
    "blue": "0000ff",
    "teal": "008080",
    "aqua": "00ffff",
    "cyan": "00ffff",
    "orange": "ffa500",
    "schwarz": "000000",
    "grau": "808080",
    "weiß": "ffffff",
    "weiss": "ffffff",
    "rot": "ff0000",
    "lila": "800080",
    "grün": "008000",
    "gruen": "008000",
    "gelb": "ffff00",
    "blau": "0000ff",
    "türkis": "008080",
    "tuerkis": "008080",
}


@dataclass(frozen=True, slots=True)
class Colour:
    """Red, green and blue, each 0 to 255.

    >>> str(Colour.parse("#1A2b3c")), Colour.parse("white").distance(Colour(250, 255, 255))
    ('#1a2b3c', 5)
    """

    red: int
    green: int
    blue: int

    def __post_init__(self) -> None:
        if not all(0 <= part <= 255 for part in (self.red, self.green, self.blue)):
            raise ValueError("red, green and blue are 0 to 255")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The colour written as ``#1a2b3c``, ``#fff`` or by its name (``red``, ``rot``). Raises ValueError."""
        digits = _NAMES.get(text.strip().casefold(), text.strip())
        if not _HEX.fullmatch(digits):
            raise ValueError("write a colour as #rrggbb, such as #1a2b3c, or by its name, such as red")
        digits = digits.removeprefix("#")
        if len(digits) == 3:
            digits = "".join(2 * digit for digit in digits)
        return cls(*bytes.fromhex(digits))

    def distance(self, other: Colour) -> int:
        """The largest difference of red, green or blue: 0 for the same colour, 255 for black and white."""
        return max(abs(self.red - other.red), abs(self.green - other.green), abs(self.blue - other.blue))

    def __str__(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

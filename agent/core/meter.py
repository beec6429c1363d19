"""The limits of an expression, and the `Meter` that holds it to them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from agent.core.errors import ExpressionError

MAX_STEPS = 1_000_000
"""The work of one evaluation: about one step for a part of the expression, an item or a hundred characters."""
MAX_TEXT = 1_000_000
MAX_ITEMS = 100_000
MAX_BITS = 1_024
"""Of a whole number; about 300 digits."""
MAX_EXPONENT = 1_000
_CHARACTERS_A_STEP = 100
_COMPARISONS_A_STEP = 2_000
_WIDE = 2_500
"""CPython looks for a text with an algorithm that is quadratic at worst, but only up to about this length."""

Number = int | float


class Meter:
    """Counts the work of an evaluation, and knows the place in the text so that a fault can name it."""

    __slots__ = ("left", "position")

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.left = steps
        self.position = 0

    def spend(self, steps: int = 1) -> None:
        """Take so many steps off. Raises ExpressionError when none are left."""
        self.left -= steps
        if self.left < 0:
            raise ExpressionError(
                "The expression is too much work (position {position}).",
                "Work on fewer items, or use an action such as data.table for it.",
                position=self.position,
            )

    def weigh(self, value: Any) -> None:
        """Spend the size of a value with everything in it. What is in it twice counts twice."""
        rest = [value]
        while rest:
            part = rest.pop()
            self.spend(1 + len(part) // _CHARACTERS_A_STEP if isinstance(part, str) else 1)
            if isinstance(part, list | tuple | Mapping):
                # Half is spent before the parts are queued, so that a value of too many parts costs no memory.
                self.spend(len(part))
                rest.extend(part.values() if isinstance(part, Mapping) else part)
                rest.extend(part if isinstance(part, Mapping) else ())

    def text(self, length: int) -> None:
        """Ask leave for a text of this length, and spend it. Raises ExpressionError before it is made."""
        if length > MAX_TEXT:
            raise ExpressionError(
                "The text would be longer than {limit} characters (position {position}).",
                "Shorten it, or hand it on whole with one ${{...}}.",
                limit=MAX_TEXT,
                position=self.position,
            )
        self.spend(length // _CHARACTERS_A_STEP)

    def items(self, count: int) -> None:
        """Ask leave for a list of this length, and spend it. Raises ExpressionError before it is made."""
        self.room(count)
        self.spend(count)

    def room(self, count: int) -> None:
        """Raise ExpressionError when a list of this length is too long."""
        if count > MAX_ITEMS:
            raise ExpressionError(
                "The list would have more than {limit} items (position {position}).",
                "Work on fewer items.",
                limit=MAX_ITEMS,
                position=self.position,
            )

    def search(self, text: str, part: str) -> None:
        """Spend what looking for `part` in `text` can cost."""
        pattern = min(len(part), 100) if len(text) > _WIDE else len(part)
        self.spend(len(text) * max(pattern, 1) // _COMPARISONS_A_STEP)

    def finite(self, number: Any) -> Number:
        """The number, if JSON can write it and it is not too large. Raises ExpressionError."""
        if isinstance(number, int) and number.bit_length() <= MAX_BITS:
            return number
        if isinstance(number, float) and math.isfinite(number):
            return number
        raise ExpressionError(
            "The number is too large or is none at all (position {position}).",
            "Numbers have at most 300 digits.",
            position=self.position,
        )

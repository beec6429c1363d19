"""`Truths`: what the widgets say about their texts, in pixels of the screen; and `serve`, how a window is spoken to.

Standard library only: the GTK window runs it under the system's own Python.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

Box = tuple[float, float, float, float]
"""x, y, width, height."""

NEED = 0.999
"""The share of a text's width that must be inside of what shows it; rounding costs a hair."""


class Truths:
    """Texts that are visible whole, and places where there is text that counts for nothing.

    A text that is cut off, elided or half covered is not read wrongly when it is read otherwise: its place is
    `ignored`, and so are words that a reader finds there.
    """

    def __init__(self, scale: float = 1.0) -> None:
        """`scale`: pixels of the screen for one of the toolkit."""
        self._scale = scale
        self.texts: list[tuple[str, Box, str]] = []
        self.ignored: list[Box] = []

    def add(self, text: str, box: Box, inside: Box, kind: str = "") -> None:
        """A line of text and its box; `inside` is what of the screen can show it."""
        text = " ".join(text.split())
        if not text:
            return
        seen = _shared(box, inside)
        if seen is None:
            return
        if seen[2] >= box[2] * NEED - 1 and seen[3] >= box[3] * 0.9:
            self.texts.append((text, box, kind))
        else:
            self.ignored.append(seen)

    def ignore(self, box: Box) -> None:
        """Something like text stands here that is not to be judged."""
        self.ignored.append(box)

    def cover(self, top: Box) -> None:
        """What was told so far lies under this box."""
        left: list[tuple[str, Box, str]] = []
        for text, box, kind in self.texts:
            seen = _shared(box, top)
            if seen is None:
                left.append((text, box, kind))
            elif seen[2] < box[2] - 1 or seen[3] < box[3] - 1:
                self.ignored.append(box)
        self.texts = left

    def told(self) -> dict[str, Any]:
        """The texts from the top, and the ignored places, as JSON."""
        texts = sorted(self.texts, key=lambda each: (each[1][1], each[1][0]))
        return {
            "texts": [{"text": text, "rect": self._pixels(box), "kind": kind} for text, box, kind in texts],
            "ignored": [self._pixels(box) for box in self.ignored],
        }

    def _pixels(self, box: Box) -> list[int]:
        x, y, right, bottom = box[0], box[1], box[0] + box[2], box[1] + box[3]
        left, top = round(x * self._scale), round(y * self._scale)
        return [left, top, round(right * self._scale) - left, round(bottom * self._scale) - top]


def _shared(one: Box, two: Box) -> Box | None:
    x, y = max(one[0], two[0]), max(one[1], two[1])
    right, bottom = min(one[0] + one[2], two[0] + two[2]), min(one[1] + one[3], two[1] + two[3])
    return (x, y, right - x, bottom - y) if right > x and bottom > y else None


def spec() -> dict[str, Any]:
    """What the window shall be: the JSON that is the program's only argument."""
    given: dict[str, Any] = json.loads(sys.argv[1])
    return given


def tell(**answer: Any) -> None:
    """Answer one line."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def serve(answer: Callable[[dict[str, Any]], None], end: Callable[[], None]) -> None:
    """Give each question that comes in to `answer`, on a thread of its own; then `end`."""

    def read() -> None:
        for question in questions():
            answer(question)
        end()

    threading.Thread(target=read, daemon=True).start()


def questions() -> Iterator[dict[str, Any]]:
    """The JSON lines on the input."""
    for line in sys.stdin:
        yield json.loads(line)

"""`Board`: numbers that two processes have in memory, so that neither waits for the other to tell them."""

from __future__ import annotations

import math
import mmap
import time
from enum import IntEnum
from pathlib import Path

KEY_DOWN, KEY_UP, BUTTON_DOWN, BUTTON_UP, MOTION = range(5)
"""Kinds of input. With a detail from 0 to 255: the code of the key or button."""

_KINDS = 5
_CODES = 256
_FIRST = 16
_SIZE = 8 * (_FIRST + 2 * _KINDS * _CODES)

_SOON_S = 0.5
"""What we have sent comes back within milliseconds; a busy display gets so long."""


class Slot(IntEnum):
    """What the sentinel writes. Times are monotonic seconds, which all processes of a machine share."""

    STOPS = 0
    LAST_INPUT = 1
    """Moved, pressed or turned."""
    LAST_TOUCH = 2
    """Pressed or turned."""
    LAST_ANY = 3
    """The same or let go."""
    OUR_X = 5
    """Where the program has put the pointer last: this it writes itself."""
    OUR_Y = 6
    HELD = 4
    """How many keys and buttons the person holds down."""


class Board:
    """A small file, mapped. No locks: each number has one writer, and is written at once (8 bytes, aligned)."""

    def __init__(self, path: Path, *, new: bool = False) -> None:
        """Map the file; with `new`, make it first."""
        if new:
            path.write_bytes(bytes(_SIZE))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _SIZE)
        self._numbers = memoryview(self._memory).cast("d")
        if new:
            for slot in (Slot.LAST_INPUT, Slot.LAST_TOUCH, Slot.LAST_ANY):
                self[slot] = -math.inf

    def __getitem__(self, slot: Slot) -> float:
        return self._numbers[slot]

    def __setitem__(self, slot: Slot, value: float) -> None:
        self._numbers[slot] = value

    def close(self) -> None:
        """Give the memory back."""
        self._numbers.release()
        self._memory.close()

    # -- what we send ourselves -------------------------------------------------------------------------------

    def sends(self, kind: int, code: int, x: int = 0, y: int = 0) -> None:
        """The program is about to send this to the system; a motion with the place."""
        if kind == MOTION:
            self[Slot.OUR_X], self[Slot.OUR_Y] = x, y
        place = _place(kind, code)
        self._numbers[place + 1] = time.monotonic()
        self._numbers[place] += 1

    def sent(self, kind: int, code: int) -> float:
        """How often it has sent this so far."""
        return self._numbers[_place(kind, code)]

    def all_sent(self) -> dict[tuple[int, int], float]:
        """`sent` of every kind and code."""
        return {(kind, code): self.sent(kind, code) for kind in range(_KINDS) for code in range(_CODES)}

    def sent_lately(self, kind: int, code: int) -> bool:
        """Whether it has just sent this, so that it may still be on its way back to us."""
        return time.monotonic() - self._numbers[_place(kind, code) + 1] < _SOON_S

    def held(self, down: int, up: int) -> list[int]:
        """The codes that the program has sent as down and not as up since: what it holds."""
        return [
            code
            for code in range(_CODES)
            if self._numbers[_place(down, code)] and self._at(down, code) > self._at(up, code)
        ]

    def _at(self, kind: int, code: int) -> float:
        return self._numbers[_place(kind, code) + 1]


def _place(kind: int, code: int) -> int:
    return _FIRST + 2 * (kind * _CODES + code)

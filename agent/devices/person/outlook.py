"""`Outlook`: what an operating system tells the sentinel of mouse and keyboard."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from agent.core.devices import Corner


Screen = tuple[int, int, int, int]
"""(left, top, right, bottom), right and bottom not included."""


class Act(NamedTuple):
    """Something that happened to mouse or keyboard."""

    kind: int
    """One of the kinds in `agent.devices.person.board`."""
    code: int = 0
    ours: bool = False
    """Whether it was the program, and not the person."""


class Outlook(Protocol):
    """Used by one thread but for `wake`. Raises DeviceError when the system tells nothing."""

    def begin(self, keys: Sequence[str]) -> bool:
        """Listen from now on; returns whether another program has these keys for itself."""
        ...

    def rest(self) -> None:
        """Listen no more; costs nothing until `begin`."""
        ...

    def wait(self, seconds: float | None) -> None:
        """Wait until something has come, `wake` was called or (unless None) the time is over."""
        ...

    def wake(self) -> None:
        """End the wait. From any thread."""
        ...

    def acts(self) -> Iterable[Act]:
        """What has come since the last call."""
        ...

    def completes(self, code: int, held: Collection[int]) -> bool:
        """Whether with this key all keys of `begin` are down; `held` are the codes that the person holds, with it."""
        ...

    def pointer(self) -> tuple[int, int]:
        """Where the pointer is now."""
        ...

    def screens(self) -> Sequence[Screen]:
        """All screens."""
        ...

    def let_go(self) -> None:
        """Release what the program holds down."""
        ...


def in_corner(x: int, y: int, corner: Corner, screens: Sequence[Screen]) -> bool:
    """Whether the place is where the pointer stops when it is pushed into the corner.

    Screens of unequal sizes have their outer corner where one of them has its own.

    >>> in_corner(0, 200, "top_left", [(0, 200, 800, 800), (800, 0, 2000, 1000)])
    True
    """
    right, down = "right" in corner, "bottom" in corner
    corners = [(end - 1 if right else start, low - 1 if down else top) for start, top, end, low in screens]
    if not corners:
        return False
    ways = ((1 if right else -1), (1 if down else -1))
    outer = max(corners, key=lambda place: ways[0] * place[0] + ways[1] * place[1])
    return abs(x - outer[0]) <= _NEAR and abs(y - outer[1]) <= _NEAR


_NEAR = 2
"""Pixels."""

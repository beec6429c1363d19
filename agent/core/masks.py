"""`Masks`: where secrets were typed in a run, and so what no picture of it may show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.target import WindowInfo

_AROUND = 60
"""Pixels around a hidden place by which the form is known again: its label, its border, its neighbours."""


class Recognises(Protocol):
    """`agent.core.context.Eye.recognises`."""

    def __call__(self, before: Frame, after: Frame, *, apart_from: Region) -> bool: ...


@dataclass(frozen=True, slots=True)
class _Mask:
    region: Region
    """From the window's corner; on the screen without a window."""
    window_id: int
    around: Frame | None
    """The form around it as it was; the place itself may hold the secret, and is never looked at."""


class Masks:
    """Hidden places. A mask belongs to a window, moves and ends with it; without one it stays at its place.

    A window lives longer than the form in it. So a mask that knows how the screen around it looked is left out while
    nothing of that is to be seen any more: not for a password that is shown instead of dots, not for a form that is
    dimmed, but for the next page. When the form comes back, the mask is there again.
    """

    def __init__(self) -> None:
        self._masks: list[_Mask] = []

    def add(self, region: Region, window: WindowInfo | None = None, seen: Frame | None = None) -> None:
        """Hide this region (screen coordinates) from now on. `seen` is a picture of it and what lies around."""
        dx, dy = (-window.region.x, -window.region.y) if window is not None else (0, 0)
        around = _cut(seen, region.grown(_AROUND)) if seen is not None else None
        if around is not None:
            around = replace(around, region=around.region.moved(dx, dy))
        self._masks.append(_Mask(region.moved(dx, dy), window.id if window is not None else 0, around))

    def regions(
        self, windows: Sequence[WindowInfo], frame: Frame | None = None, recognises: Recognises | None = None
    ) -> tuple[Region, ...]:
        """The masks in screen coordinates now; those of vanished windows are gone with them.

        With a picture of this moment, only those whose surroundings are recognised in it, as far as it shows them.
        """
        corner = {0: (0, 0)} | {window.id: (window.region.x, window.region.y) for window in windows}
        return tuple(
            mask.region.moved(*corner[mask.window_id])
            for mask in self._masks
            if mask.window_id in corner
            and (frame is None or recognises is None or _is_there(mask, corner[mask.window_id], frame, recognises))
        )

    def __bool__(self) -> bool:
        return bool(self._masks)


def _is_there(mask: _Mask, corner: tuple[int, int], frame: Frame, recognises: Recognises) -> bool:
    if mask.around is None:
        return True
    then = replace(mask.around, region=mask.around.region.moved(*corner))
    now = _cut(frame, then.region)
    if now is None or now.region != then.region:
        return True  # the picture does not show all of it, so nothing is certain
    return recognises(then, now, apart_from=mask.region.moved(*corner))


def _cut(frame: Frame, region: Region) -> Frame | None:
    """The part of the frame; None when they have nothing in common."""
    part = region.intersection(frame.region)
    if part.is_empty:
        return None
    pixels, width = memoryview(frame.pixels), frame.region.width
    left, top = part.x - frame.region.x, part.y - frame.region.y
    rows = (4 * ((top + row) * width + left) for row in range(part.height))
    return replace(frame, pixels=b"".join(pixels[start : start + 4 * part.width] for start in rows), region=part)

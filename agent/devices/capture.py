"""`MssScreen`: pixels of the screen on every system, by the library mss."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from mss import MSS, ScreenShotError

from agent.core.devices import Monitor
from agent.core.errors import NoDisplay
from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.run import now
from agent.core.spent import Spent

_FRESH_S = 2.0
"""An open mss sizes its buffer once and never asks for the monitors again; after this time we ask (0.4 ms)."""
_KEPT = 4
"""So many at once is more than the steps of a desktop, which take turns, and what looks on beside them."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """All of the virtual desktop and its monitors, the primary first."""

    desktop: Region
    monitors: tuple[Monitor, ...]
    outputs: tuple[str, ...]

    def scale(self, region: Region) -> float:
        """The scale of the monitor that shows most of the region."""
        if len(self.monitors) == 1:
            return self.monitors[0].scale
        return max(self.monitors, key=lambda monitor: _shared(monitor.region, region)).scale


class MssScreen:
    """Sees. Thread-safe: threads that capture at the same time have an open mss each.

    One is not bound to its thread. The first picture of a new one costs 11 ms and 8 MB, because its memory is shared
    with the display server page by page, and steps run on many threads, but seldom two at a time.

    On X11 and Windows a pixel is a physical one; on macOS it is a point, as mss captures it there.
    """

    def __init__(self, scale_of: Callable[[Region], float] = lambda region: 1.0) -> None:
        """`scale_of` tells the scale of the monitor with this region."""
        self._scale_of = scale_of
        self._lock = threading.Lock()
        self._idle: list[Any] = []
        self._layout: _Layout | None = None
        self._asked_at = 0.0
        self._spent = Spent()

    def monitors(self) -> tuple[Monitor, ...]:
        """All screens, the primary first."""
        with _refusals():
            return self._look().monitors

    def outputs(self) -> tuple[str, ...]:
        """The names of the connectors (``HDMI-1``), where the system tells them."""
        with _refusals():
            return self._look().outputs

    def capture(self, region: Region | None = None, *, cursor: bool = False) -> Frame:
        """The pixels of the region, clipped to the virtual desktop; an empty frame when nothing of it lies there.

        With `cursor` the mouse pointer is in the picture on X11. Windows and macOS do not give it to mss: there the
        picture is the same without it.
        """
        try:
            return self._capture(region, cursor)
        except ScreenShotError:
            self._forget()  # the screen may have been resized
        with _refusals():
            return self._capture(region, cursor)

    def spent(self) -> Spent:
        """What the captures have cost so far: from the question for pixels to the pixels."""
        return self._spent

    def _capture(self, region: Region | None, cursor: bool) -> Frame:
        layout = self._layout
        if layout is None or time.monotonic() - self._asked_at > _FRESH_S:
            layout = self._look()
        wanted = layout.desktop if region is None else _clipped(region, layout.desktop)
        if wanted.is_empty:
            return Frame(b"", wanted, now())
        place = {"left": wanted.x, "top": wanted.y, "width": wanted.width, "height": wanted.height}
        started = time.perf_counter()
        pixels = _with_cursor(place) if cursor and sys.platform == "linux" else self._grab(place)
        with self._lock:
            self._spent = self._spent.plus(time.perf_counter() - started, len(pixels))
        return Frame(pixels, wanted, now(), layout.scale(wanted))

    def _grab(self, place: dict[str, int]) -> bytearray:
        """The bytearray that mss has just filled: taken as it is, without another copy."""
        with self._lock:
            idle = self._idle
            mss = idle.pop() if idle else None
        mss = mss or MSS()
        try:
            pixels: bytearray = mss.grab(place).raw
        except ScreenShotError:
            _close(mss)
            raise
        except (AssertionError, ValueError) as error:
            # mss takes for granted that the X server answers; a dead one does not.
            raise ScreenShotError("the display does not answer") from error
        with self._lock:
            kept = idle is self._idle and len(idle) < _KEPT
            if kept:
                idle.append(mss)
        if not kept:
            _close(mss)
        return pixels

    def _look(self) -> _Layout:
        """Ask for the monitors; when they have changed, no mss that was open before is used again."""
        with MSS() as mss:
            layout = _layout(mss.monitors, self._scale_of)
        if layout != self._layout:
            self._forget()
        self._layout, self._asked_at = layout, time.monotonic()
        return layout

    def _forget(self) -> None:
        with self._lock:
            idle, self._idle, self._layout = self._idle, [], None
        for mss in idle:
            _close(mss)


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    """What mss raises, as NoDisplay."""
    try:
        yield
    except ScreenShotError as error:
        raise NoDisplay(
            "The screen cannot be captured: {reason}.",
            "Is somebody signed in at a desktop, and the screen not locked?",
            reason=str(error).rstrip("."),
        ) from error


def _layout(found: list[dict[str, Any]], scale_of: Callable[[Region], float]) -> _Layout:
    """`found` as mss tells it: all of the virtual desktop, then each monitor where the system knows them."""
    desktop, *rest = found
    each = rest or [desktop]
    # Where none is said to be primary (Xvfb, or nobody chose), the first one is.
    primary = next((place for place, monitor in enumerate(each) if monitor.get("is_primary")), 0)
    regions = [_region(monitor) for monitor in each]
    monitors = [Monitor(place, scale_of(place), number == primary) for number, place in enumerate(regions)]
    outputs = tuple(str(monitor.get("output") or "") for monitor in rest)
    return _Layout(_region(desktop), tuple(sorted(monitors, key=lambda monitor: not monitor.primary)), outputs)


def _with_cursor(place: dict[str, int]) -> bytearray:
    """The same with the mouse pointer; rare enough for an mss of its own, which cannot do both."""
    with MSS(with_cursor=True) as mss:
        pixels: bytearray = mss.grab(place).raw
        return pixels


def _close(mss: Any) -> None:
    # Windows lets only the thread that opened it give its device context back; then the system keeps that one handle.
    with contextlib.suppress(ScreenShotError):
        mss.close()


def _clipped(region: Region, desktop: Region) -> Region:
    """The part on the desktop, without a new region in the common case that it is all of it."""
    if (
        desktop.x <= region.x
        and desktop.y <= region.y
        and region.x + region.width <= desktop.x + desktop.width
        and region.y + region.height <= desktop.y + desktop.height
    ):
        return region
    return desktop.intersection(region)


def _shared(one: Region, other: Region) -> int:
    part = one.intersection(other)
    return part.width * part.height


def _region(place: dict[str, Any]) -> Region:
    return Region(place["left"], place["top"], place["width"], place["height"])

"""`MssScreen`: pixels of the screen on every system, by the library mss."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from agent.core.context import Monitor
from agent.core.errors import NoDisplay
from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.run import now

_FRESH_S = 2.0
"""mss asks for the monitors once and sizes its buffer by them, so it is opened anew (5 ms) after this time."""


class MssScreen:
    """Sees. Thread-safe: one capture at a time, each some milliseconds.

    On X11 and Windows a pixel is a physical one; on macOS it is a point, as mss captures it there.
    """

    def __init__(self, scale_of: Callable[[Region], float] = lambda region: 1.0) -> None:
        """`scale_of` tells the scale of the monitor with this region."""
        self._scale_of = scale_of
        self._lock = threading.Lock()
        self._opened_at = 0.0
        self._mss: Any = None
        self._desktop: Region | None = None
        """All of the virtual desktop, as long as `_mss` is open."""

    def monitors(self) -> tuple[Monitor, ...]:
        """All screens, the primary first."""
        with self._lock:
            self._close()
            found = self._monitors()
        places = [_region(each) for each in found[1:]] or [_region(found[0])]
        # Where none is said to be primary (Xvfb, or nobody chose), the first one is.
        primary = next((place for place, each in enumerate(found[1:]) if each.get("is_primary")), 0)
        monitors = [Monitor(place, self._scale_of(place), n == primary) for n, place in enumerate(places)]
        return tuple(sorted(monitors, key=lambda monitor: not monitor.primary))

    def outputs(self) -> tuple[str, ...]:
        """The names of the connectors (``HDMI-1``), where the system tells them."""
        with self._lock:
            return tuple(str(each.get("output") or "") for each in self._monitors()[1:])

    def capture(self, region: Region | None = None) -> Frame:
        """The pixels of the region, clipped to the virtual desktop; an empty frame when nothing of it lies there."""
        with self._lock:
            try:
                return self._capture(region)
            except NoDisplay:
                # The screen may have been resized since mss was opened.
                self._close()
                return self._capture(region)

    def _capture(self, region: Region | None) -> Frame:
        if time.monotonic() - self._opened_at > _FRESH_S:
            self._close()
        desktop = self._desktop = self._desktop or _region(self._monitors()[0])
        wanted = desktop if region is None else desktop.intersection(region)
        if wanted.is_empty:
            return Frame(b"", wanted, now())
        place = {"left": wanted.x, "top": wanted.y, "width": wanted.width, "height": wanted.height}
        # `raw` is the bytearray that mss has just filled: taken as it is, without another copy.
        pixels = self._asked(lambda mss: mss.grab(place)).raw
        return Frame(pixels, wanted, now(), self._scale_of(wanted))

    def _monitors(self) -> list[dict[str, Any]]:
        """All of the virtual desktop, then each monitor."""
        return list(self._asked(lambda mss: mss.monitors))

    def _asked(self, question: Callable[[Any], Any]) -> Any:
        from mss import MSS, ScreenShotError

        try:
            if self._mss is None:
                self._mss = MSS()
                self._opened_at = time.monotonic()
            return question(self._mss)
        except ScreenShotError as error:
            self._close()
            raise NoDisplay(
                "The screen cannot be captured: {reason}.",
                "Is somebody signed in at a desktop, and the screen not locked?",
                reason=str(error).rstrip("."),
            ) from error

    def _close(self) -> None:
        if self._mss is not None:
            self._mss.close()
            self._mss = self._desktop = None


def _region(place: dict[str, Any]) -> Region:
    return Region(place["left"], place["top"], place["width"], place["height"])

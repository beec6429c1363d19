"""`Watcher`: one capture loop for all who wait for something on the screen; each is told of its own part only."""

from __future__ import annotations

import copy
import itertools
import logging
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from agent.core.devices import Check, Screen, Windows
from agent.core.errors import AgentError, DeviceError
from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.target import WindowInfo, WindowQuery
from agent.vision.change import changes
from agent.vision.frame import crop, pixels

log = logging.getLogger(__name__)

_QUICK_S = 0.05
"""Between two rounds while something happens."""
_CALM_S = 0.1
"""Between two rounds on a still screen."""
_CALM_AFTER_S = 1.0
_SHARE = 4
"""The loop rests this many times as long as a round took, so that large screens cost a fifth of a core at most."""
_CALL = 150_000
"""What asking for one more capture costs, in pixels of a larger one: 0.07 ms, when full HD takes 1 ms."""
_PATIENCE_S = 0.05
"""A stop is heard after this time."""


class Watch:
    """One waiter's part of the screen; made by `Watcher.watch`. A context manager, used by one thread."""

    def __init__(self, watcher: Watcher, region: Region | None, window: WindowQuery | None) -> None:
        self._watcher = watcher
        self._region = region
        self.window = window
        self._told = threading.Event()
        self._fault: Exception | None = None
        self._seen: tuple[object, ...] = ()
        """Where it looked in the last round, and with `window` what windows there were; () before the first."""

    def __enter__(self) -> Self:
        self._watcher.join(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watcher.leave(self)

    def wait(self, seconds: float, *, check: Check = lambda: None) -> bool:
        """See `agent.core.context.Watch`."""
        end = time.monotonic() + seconds
        while not self._told.wait(max(0.0, min(_PATIENCE_S, end - time.monotonic()))):
            if time.monotonic() >= end:
                return False
            check()
        self._told.clear()  # before the caller looks: what changes from now on is told again
        fault, self._fault = self._fault, None
        if fault is not None:
            # Each waiter raises its own: they are in different threads.
            raise copy.copy(fault) from fault
        return True

    def place(self, windows: Sequence[WindowInfo]) -> Region | None:
        """The part of the screen that it looks at: an empty one while its window is not there; None for all."""
        if self.window is None:
            return self._region
        window = next((each for each in windows if not each.minimized and self.window.fits(each)), None)
        if window is None:
            return _NOWHERE
        return window.region if self._region is None else window.region.intersection(self._region)

    def tell(self, place: Region | None, windows: Sequence[WindowInfo], changed: Iterable[_Change]) -> bool:
        """A round is over: wake the waiter if it matters to it; returns whether it does."""
        stack = tuple((each.id, each.region, each.minimized) for each in windows) if self.window is not None else ()
        seen, self._seen = self._seen, (place, stack)
        if seen == self._seen and not any(each.is_in(place) for each in changed):
            return False
        self._told.set()
        return True

    def fail(self, error: Exception) -> None:
        """Let the waiter raise this."""
        self._fault = error
        self._told.set()


class Watcher:
    """Looks at the screen 10 to 20 times a second while somebody waits, in a thread that lives only so long.

    All who wait share each round: what is watched is captured once and compared with the round before, so that on a
    still screen nobody reads or searches anything. Thread-safe.
    """

    def __init__(self, screen: Screen, windows: Windows) -> None:
        self._screen = screen
        self._windows = windows
        self._watches: list[Watch] = []
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._frames: tuple[Frame, ...] = ()
        """The last round's. Belongs to the thread, as the plan does."""
        self._plan: tuple[list[Region | None], tuple[Region | None, ...]] = ([], ())
        """For which places what is captured."""

    def watch(self, region: Region | None = None, *, window: WindowQuery | None = None) -> Watch:
        """See `agent.core.context.Eye.watch`."""
        return Watch(self, region, window)

    def join(self, watch: Watch) -> None:
        """The watch takes part from the next round on."""
        with self._lock:
            self._watches.append(watch)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)
                self._thread.start()
            self._wake.set()

    def leave(self, watch: Watch) -> None:
        """The watch is over; with the last one the thread ends."""
        with self._lock:
            self._watches.remove(watch)
            if not self._watches:
                self._wake.set()

    def _run(self) -> None:
        busy_at = float("-inf")
        self._frames = ()  # those of an earlier thread are old
        while watches := self._begin():
            started = time.monotonic()
            try:
                if self.look(watches):
                    busy_at = started
            except Exception as error:  # noqa: BLE001 - a background loop: who waits gets it, and others may go on
                self._frames = ()
                fault = _as_fault(error)
                for watch in watches:
                    watch.fail(fault)
            ended = time.monotonic()
            rest = _QUICK_S if ended - busy_at < _CALM_AFTER_S else _CALM_S
            # From start to start, so that there are as many rounds as promised.
            self._wake.wait(max(rest - (ended - started), _SHARE * (ended - started)))

    def _begin(self) -> tuple[Watch, ...]:
        """Who waits; with nobody the thread is over, and the next one who comes starts another."""
        with self._lock:
            self._wake.clear()
            if not self._watches:
                self._thread = None
            return tuple(self._watches)

    def look(self, watches: Sequence[Watch]) -> bool:
        """One round: capture, compare, tell. Returns whether anybody was told. Raises NoDisplay."""
        windows = self._windows.list() if any(watch.window is not None for watch in watches) else ()
        places = [watch.place(windows) for watch in watches]
        if places != self._plan[0]:
            self._plan = (places, plan(places))
        frames = tuple(self._screen.capture(region) for region in self._plan[1])
        changed = _changed(self._frames, frames)
        self._frames = frames
        told = [watch.tell(place, windows, changed) for watch, place in zip(watches, places, strict=True)]
        return any(told)


_NOWHERE = Region(0, 0, 0, 0)


def plan(places: Iterable[Region | None]) -> tuple[Region | None, ...]:
    """What to capture so that all places are seen, at the least cost: one piece for those that lie close together."""
    wanted = [place for place in dict.fromkeys(places) if place is None or not place.is_empty]
    if None in wanted:
        return (None,)
    pieces: list[Region] = []
    for place in filter(None, wanted):
        piece = place
        while (other := next((each for each in pieces if _is_cheaper(piece, each)), None)) is not None:
            pieces.remove(other)
            piece = piece.union(other)
        pieces.append(piece)
    return tuple(pieces)


def _is_cheaper(one: Region, other: Region) -> bool:
    """Whether one capture around both costs less than two."""
    return _area(one.union(other)) <= _area(one) + _area(other) + _CALL


def _area(region: Region) -> int:
    return region.width * region.height


@dataclass(frozen=True, slots=True)
class _Change:
    """A rectangle around pixels that differ, and the pictures."""

    region: Region
    before: Frame
    after: Frame

    def is_in(self, place: Region | None) -> bool:
        """Whether a pixel differs there; between the pixels that differ, the rectangle holds others that do not."""
        part = self.region if place is None else self.region.intersection(place)
        if part.is_empty or part == self.region:
            return not part.is_empty
        return bool(changes(crop(self.before, part), crop(self.after, part)))


def _changed(before: Sequence[Frame], after: Sequence[Frame]) -> list[_Change]:
    """What differs wherever both rounds looked; they looked at other pieces when somebody came or went."""
    pairs: Iterable[tuple[Frame, Frame]] = itertools.product(before, after)
    if [frame.region for frame in before] == [frame.region for frame in after]:
        pairs = zip(before, after, strict=True)
    found = []
    for whole_before, whole_after in pairs:
        shared = whole_before.region.intersection(whole_after.region)
        if not shared.is_empty:
            old, new = crop(whole_before, shared), crop(whole_after, shared)
            found += [_Change(region, old, new) for region in changes(old, new)]
    return found


def difference(before: Frame, after: Frame) -> float:
    """The share of the pixels whose colour differs, 0 to 1; 1 for frames of different regions."""
    import numpy as np

    if before.region != after.region:
        return 1.0
    if before.region.is_empty or not changes(before, after):
        return 0.0
    different = (pixels(before).view("<u4") ^ pixels(after).view("<u4")) & 0x00FFFFFF  # the fourth byte means nothing
    return float(np.count_nonzero(different)) / _area(before.region)


def _as_fault(error: Exception) -> Exception:
    if isinstance(error, AgentError):
        return error
    log.error("The screen could not be watched.", exc_info=error)
    return DeviceError(
        "The screen could not be watched: {reason}.", "The log file tells more.", reason=str(error).rstrip(".")
    )

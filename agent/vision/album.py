"""`Album`: pictures of the screen for those who look on, such as a panel: several at once, and none taken in vain."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from agent.core.devices import Screen
from agent.core.frame import Frame, PictureStyle
from agent.core.geometry import Region
from agent.core.spent import Spent


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture to take, with everything that shapes it. Two that are equal show the same.

    A monitor and a window are the region that they cover now: one that has moved is another shot.
    """

    region: Region | None = None
    """None: all of the virtual desktop."""
    style: PictureStyle = field(default_factory=PictureStyle)
    cursor: bool = False
    masks: tuple[Region, ...] = ()
    """Painted black; screen coordinates."""


@dataclass(frozen=True, slots=True)
class AlbumStatistics:
    """What an album has done so far."""

    encoded: Mapping[str, Spent]
    """By format: the time for making files of frames, and their bytes."""
    hits: int
    misses: int
    kept: int
    """Pictures that are in it now."""
    size: int
    """Their bytes."""

    @property
    def hit_rate(self) -> float:
        """Hits by lookups, 0 to 1."""
        asked = self.hits + self.misses
        return self.hits / asked if asked else 0.0


@dataclass(frozen=True, slots=True)
class _Kept:
    picture: bytes
    taken_at: float


class Album:
    """Takes pictures and keeps them for a moment; the least recently asked for go first. Thread-safe.

    What must show the screen as it is now, as evidence must, asks for an age of 0, or encodes its own frame.
    """

    def __init__(
        self,
        screen: Screen,
        *,
        keep_s: float = 5.0,
        entries: int = 64,
        size: int = 64_000_000,
        at_once: int = 2,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Keeps so many `entries` of `size` bytes together for `keep_s` (0: none), and takes `at_once` at most."""
        self._screen = screen
        self._keep_s = keep_s
        self._entries = entries
        self._size = size
        self._at_once = at_once
        self._clock = clock
        self._turns = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._kept: OrderedDict[Shot, _Kept] = OrderedDict()
        self._kept_size = 0
        self._hits = self._misses = 0
        self._encoded: dict[str, Spent] = {}

    def take(self, shot: Shot, *, max_age_s: float | None = None) -> bytes:
        """The picture file; one that was taken in the last `max_age_s` (None: as long as they are kept) will do.

        Raises ActionError when nothing of it lies on the screen, and NoDisplay.
        """
        max_age_s = self._keep_s if max_age_s is None else min(max_age_s, self._keep_s)
        known = self._known(shot, max_age_s)
        if known is not None:
            return known
        with self._turns:
            # Until it is our turn, another may have taken the same.
            known = self._known(shot, max_age_s)
            if known is not None:
                return known
            taken_at = self._clock()
            picture = self.encode(self._screen.capture(shot.region, cursor=shot.cursor), shot.style, shot.masks)
            self._keep(shot, _Kept(picture, taken_at), asked=max_age_s > 0)
            return picture

    def take_all(self, shots: Iterable[Shot], *, max_age_s: float | None = None) -> tuple[bytes, ...]:
        """`take` for each, as many at once as the album allows. Raises the first error there is."""
        with ThreadPoolExecutor(self._at_once, "album") as threads:
            return tuple(threads.map(lambda shot: self.take(shot, max_age_s=max_age_s), shots))

    def encode(self, frame: Frame, style: PictureStyle, masks: Sequence[Region] = ()) -> bytes:
        """The frame as a picture file, which is counted but not kept. Raises ActionError for one without pixels."""
        from agent.vision.encode import encode

        started = time.perf_counter()
        picture = encode(frame, style, masks)
        took = time.perf_counter() - started
        with self._lock:
            self._encoded[style.format] = self._encoded.get(style.format, Spent()).plus(took, len(picture))
        return picture

    def statistics(self) -> AlbumStatistics:
        """What has been done so far."""
        with self._lock:
            return AlbumStatistics(dict(self._encoded), self._hits, self._misses, len(self._kept), self._kept_size)

    def clear(self) -> None:
        """Forget every picture; the counters stay."""
        with self._lock:
            self._kept.clear()
            self._kept_size = 0

    def _known(self, shot: Shot, max_age_s: float) -> bytes | None:
        if max_age_s <= 0:
            return None
        with self._lock:
            known = self._kept.get(shot)
            if known is None or self._clock() - known.taken_at > max_age_s:
                return None
            self._hits += 1
            self._kept.move_to_end(shot)
            return known.picture

    def _keep(self, shot: Shot, taken: _Kept, *, asked: bool) -> None:
        """Put the picture in; `asked` tells that one was looked for in vain before."""
        with self._lock:
            self._misses += asked
            if self._keep_s <= 0 or len(taken.picture) > self._size:
                return
            self._drop(shot)
            self._kept[shot] = taken
            self._kept_size += len(taken.picture)
            for old in [each for each, kept in self._kept.items() if taken.taken_at - kept.taken_at > self._keep_s]:
                self._drop(old)
            while len(self._kept) > self._entries or self._kept_size > self._size:
                self._drop(next(iter(self._kept)))

    def _drop(self, shot: Shot) -> None:
        kept = self._kept.pop(shot, None)
        self._kept_size -= len(kept.picture) if kept else 0

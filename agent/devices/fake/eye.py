"""`FakeEye`: finds what it was told of."""

from __future__ import annotations

import operator
import struct
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from agent.core.context import ReadMode
from agent.core.devices import Check
from agent.core.errors import AmbiguousTarget, ErrorRecord, TargetNotFound, WindowNotFound
from agent.core.frame import Frame, PictureStyle
from agent.core.geometry import Region
from agent.core.relation import nearness
from agent.core.target import Match, Target, WindowInfo, WindowQuery
from agent.core.text import Line, Table, TextRead, Word
from agent.devices.fake.screen import FULL_HD, FakeScreen
from agent.devices.fake.watch import FakeWatch


class _Listing(Protocol):
    """The part of `Windows` that the fake eye looks at."""

    def list(self) -> tuple[WindowInfo, ...]: ...


class FakeEye:
    """Finds the texts and images that it was told of; everything else is not there.

    ::

        eye = FakeEye({"User name": Region(100, 80, 90, 20)})
        eye.texts["Orders"] = Region(10, 10, 60, 20)  # from now on it is on the screen
    """

    def __init__(
        self,
        texts: Mapping[str, Region | Sequence[Region]] | None = None,
        *,
        images: Mapping[str, Region | Sequence[Region]] | None = None,
        windows: _Listing | None = None,
        screen: FakeScreen | None = None,
    ) -> None:
        self.texts = dict(texts or {})
        self.images = dict(images or {})
        """By file name without the folder."""
        self.tables: dict[Region | None, Table] = {}
        """By region; None is the whole screen."""
        self.windows = windows
        self.screen = screen
        self.pause: Callable[[float], None] = time.sleep
        """What a watch does while it waits."""
        self.recognised = True
        """Whether what lies around a hidden place is taken for what lay there before."""
        self.looks: list[Target] = []
        """What was searched, in order."""
        self.styles: list[PictureStyle] = []
        """How pictures were asked for, in order."""
        self.before_look: Callable[[Target], None] | None = None
        """Called before each search: the moment for the screen to change."""

    def find(self, target: Target, *, check: Check = lambda: None) -> Match:
        """The one match."""
        matches = self.find_all(target, check=check)
        if not matches:
            raise TargetNotFound("{target} is not on the screen.", "The fake eye knows no such place.", target=target)
        if target.occurrence is not None:
            if target.occurrence > len(matches):
                raise TargetNotFound("{target} is there {count} times only.", target=target, count=len(matches))
            return matches[target.occurrence - 1]
        if len(matches) > 1 and target.relation is None:
            raise AmbiguousTarget(
                "{target} is on the screen {count} times.",
                "Give occurrence.",
                candidates=[match.rect for match in matches],
                frame=self.screen.capture() if self.screen is not None else None,
                target=target,
                count=len(matches),
            )
        return matches[0]

    def find_all(self, target: Target, *, check: Check = lambda: None) -> tuple[Match, ...]:
        """Every match from the top left; with a relation, from the first anchor."""
        check()
        self.looks.append(target)
        if self.before_look is not None:
            self.before_look(target)
        window = self._window(target)
        region = window.region if window else target.region
        places = [
            place for place in self._places(target) if region is None or region.intersection(place.rect) == place.rect
        ]
        return tuple(
            place.model_copy(
                update={"point": place.rect.center.moved(*target.offset), "window_id": window.id if window else 0}
            )
            for place in self._in_order(target, places)
        )

    def read(
        self,
        region: Region | None = None,
        *,
        languages: str | None = None,
        mode: ReadMode = "block",
        min_confidence: float | None = None,
        check: Check = lambda: None,
    ) -> TextRead:
        """The known texts whose place lies in the region, one a line."""
        check()
        area = region or FULL_HD
        known = sorted(
            ((place, text) for text, places in self.texts.items() for place in _regions(places)),
            key=lambda pair: (pair[0].y, pair[0].x),
        )
        lines = tuple(
            Line((Word(text, place, 96.0),), place) for place, text in known if area.intersection(place) == place
        )
        return TextRead(lines, area)

    def read_table(
        self,
        region: Region | None = None,
        *,
        header: bool = True,
        languages: str | None = None,
        min_confidence: float | None = None,
        check: Check = lambda: None,
    ) -> Table:
        """The table that it was told of for just this region."""
        check()
        reason = ErrorRecord("NoTable", "The fake eye knows no table in {region}.", "", {"region": str(region)})
        return self.tables.get(region, Table(reason=reason))

    def watch(self, region: Region | None = None, *, window: WindowQuery | None = None) -> FakeWatch:
        """A change anywhere counts, whatever the region."""
        return FakeWatch(self._world, self.pause)

    def png(self, frame: Frame, *, masks: Sequence[Region] = ()) -> bytes:
        """A real PNG file, the masks painted black."""
        return self.picture(frame, masks=masks)

    def picture(self, frame: Frame, style: PictureStyle | None = None, *, masks: Sequence[Region] = ()) -> bytes:
        """A real PNG file whatever the style, the masks painted black; `styles` tells what was asked for."""
        self.styles.append(style or PictureStyle())
        screen = FakeScreen(frame.region)
        screen.show(frame)
        screen.capture()
        screen.show()
        for mask in masks:
            screen.paint(mask, (0, 0, 0))
        return _png(screen.capture())

    def numbered(self, frame: Frame, places: Sequence[Region]) -> Frame:
        """The frame with the first row of each place painted red; no numbers."""
        screen = FakeScreen(frame.region)
        screen.show(frame)
        screen.capture()
        screen.show()
        for place in places:
            screen.paint(Region(place.x, place.y, place.width, 1), (255, 0, 0))
        return screen.capture()

    def changed(self, before: Frame, after: Frame) -> Region | None:
        """The smallest region around all pixels that differ."""
        width, region = before.region.width, before.region
        old, new = memoryview(before.pixels).cast("B").cast("I"), memoryview(after.pixels).cast("B").cast("I")
        different = [index for index in range(len(old)) if old[index] != new[index]]
        if not different:
            return None
        columns = [index % width for index in different]
        left, top = min(columns), different[0] // width
        return Region(region.x + left, region.y + top, max(columns) - left + 1, different[-1] // width - top + 1)

    def recognises(self, before: Frame, after: Frame, *, apart_from: Region) -> bool:
        """What `recognised` says."""
        return self.recognised

    def difference(self, before: Frame, after: Frame) -> float:
        """The share of the pixels that differ."""
        if before.region != after.region:
            return 1.0
        old, new = memoryview(before.pixels).cast("B").cast("I"), memoryview(after.pixels).cast("B").cast("I")
        return float(sum(map(operator.ne, old, new)) / max(1, len(old)))

    def _world(self) -> object:
        """All that there is to see."""
        windows = self.windows.list() if self.windows is not None else ()
        return dict(self.texts), dict(self.images), windows, self.screen.version if self.screen is not None else 0

    def _in_order(self, target: Target, places: list[Match]) -> list[Match]:
        ordered = sorted(places, key=lambda place: (place.rect.y, place.rect.x))
        if target.anchor is None or target.relation is None:
            return ordered
        anchor = self.find(target.anchor).rect
        measured = [(near, each) for each in ordered if (near := nearness(anchor, each.rect, target.relation))]
        return [each for _, each in sorted(measured, key=lambda pair: pair[0])]

    def _places(self, target: Target) -> list[Match]:
        if target.anchor is not None and target.relation is None:
            return list(self.find_all(target.anchor))
        if target.point is not None:
            rect = Region(target.point.x, target.point.y, 1, 1)
            return [Match(rect=rect, point=target.point, confidence=1.0, method="point")]
        if target.image is not None:
            return _matches(self.images.get(Path(target.image).name, ()), "image-exact")
        if target.texts:
            return [match for text in target.texts for match in _matches(self.texts.get(text, ()), "text", text)]
        return _matches(target.region or (), "region")

    def _window(self, target: Target) -> WindowInfo | None:
        if target.window is None or self.windows is None:
            return None
        for window in self.windows.list():
            if target.window.fits(window):
                return window
        raise WindowNotFound("There is no window {window}.", "Is the program running?", window=target.window)


def _regions(places: Region | Sequence[Region]) -> Sequence[Region]:
    return (places,) if isinstance(places, Region) else places


def _matches(places: Region | Sequence[Region], method: str, text: str = "") -> list[Match]:
    return [
        Match(rect=place, point=place.center, confidence=1.0, method=method, text=text) for place in _regions(places)
    ]


def _png(frame: Frame) -> bytes:
    """The frame as an RGB PNG (https://www.w3.org/TR/png-3/), filter 0 on each row."""
    width, height = frame.region.width, frame.region.height
    pixels = memoryview(frame.pixels).cast("B")
    rgb = bytearray(3 * width * height)
    rgb[0::3], rgb[1::3], rgb[2::3] = pixels[2::4], pixels[1::4], pixels[0::4]
    rows = b"".join(b"\0" + rgb[start : start + 3 * width] for start in range(0, len(rgb), 3 * width or 1))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")

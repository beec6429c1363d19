"""`FakeScreen`: pixels to paint on."""

from __future__ import annotations

from agent.core.devices import Monitor
from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.run import now
from agent.core.spent import Spent

Colour = tuple[int, int, int]
FULL_HD = Region(0, 0, 1920, 1080)


class FakeScreen:
    """A screen to paint on. `show()` gives a film: one frame a capture, the last one stays."""

    def __init__(self, region: Region = FULL_HD, colour: Colour = (255, 255, 255)) -> None:
        self.region = region
        self.captures: list[Region] = []
        """What was captured, in order."""
        self.cursors: list[Region] = []
        """What was captured with the mouse pointer in the picture."""
        self.version = 0
        """Another number whenever something else is to be seen."""
        self._pixels = bytearray(_bgra(colour) * (region.width * region.height))
        self._film: list[Frame] = []

    def monitors(self) -> tuple[Monitor, ...]:
        """One monitor, all of it."""
        return (Monitor(self.region, primary=True),)

    def capture(self, region: Region | None = None, *, cursor: bool = False) -> Frame:
        """The pixels as they are painted now. There is no pointer to be seen, but `cursors` tells that it was asked."""
        if self._film:
            frame = self._film[0]
            if len(self._film) > 1:
                self._film.pop(0)
                self.version += 1
            self.region, self._pixels = frame.region, bytearray(frame.pixels)
        wanted = self.region if region is None else self.region.intersection(region)
        self.captures.append(wanted)
        if cursor:
            self.cursors.append(wanted)
        rows = (self._row(y, wanted) for y in range(wanted.y, wanted.bottom))
        return Frame(b"".join(rows), wanted, now())

    def spent(self) -> Spent:
        """The number of captures; they cost nothing."""
        return Spent(count=len(self.captures))

    def paint(self, region: Region, colour: Colour) -> None:
        """Fill the region (red, green, blue)."""
        self.version += 1
        part = self.region.intersection(region)
        for y in range(part.y, part.bottom):
            start = self._offset(part.x, y)
            self._pixels[start : start + 4 * part.width] = _bgra(colour) * part.width

    def show(self, *frames: Frame) -> None:
        """Hand these frames out, one a capture; the last one stays."""
        self._film = list(frames)
        self.version += 1

    def _offset(self, x: int, y: int) -> int:
        return 4 * ((y - self.region.y) * self.region.width + x - self.region.x)

    def _row(self, y: int, part: Region) -> bytes:
        start = self._offset(part.x, y)
        return bytes(self._pixels[start : start + 4 * part.width])


def _bgra(colour: Colour) -> bytes:
    red, green, blue = colour
    return bytes((blue, green, red, 255))

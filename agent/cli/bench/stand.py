"""`Stand`: what the rows are measured on. Everything is made when a row first needs it and cleared away at the end."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from agent.cli.bench.measure import Turn, medians
from agent.cli.bench.office import Office
from agent.cli.bench.peer import Nobody, Peer, PeerFailed
from agent.cli.bench.peers import FOLDER, PEERS
from agent.cli.bench.row import Pair
from agent.settings import Home, Settings

if TYPE_CHECKING:
    from agent.cli.bench.corpus import Page
    from agent.cli.bench.sweep import ReadBy, Sweep
    from agent.core.context import Eye
    from agent.core.devices import Devices
    from agent.core.frame import Frame

MS = 1000.0

T = TypeVar("T")


class Stand:
    """A screen, a window on it, the devices, a folder, the peers. Use it with ``with``.

    On Linux the screen is a virtual one, so that figures are comparable and the user's desktop is left alone.
    """

    def __init__(self, home: Home, settings: Settings, *, rounds: int | None = None) -> None:
        """`rounds` is for trying out: it takes the place of the number that each row asks for."""
        self._home = home
        self.settings = settings
        self.rounds = rounds
        self._stack = ExitStack()
        self._has_screen = False
        self._office: Office | None = None
        self._peers: dict[str, Peer] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def enter(self, part: AbstractContextManager[T]) -> T:
        """Keep something open until the end of the run."""
        return self._stack.enter_context(part)

    @cached_property
    def folder(self) -> Path:
        """A folder on the disk of the program's own database (a temporary one may lie in memory)."""
        self._home.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        return Path(self.enter(tempfile.TemporaryDirectory(prefix="bench-", dir=self._home.root)))

    def open_screen(self) -> None:
        """Start the virtual screen, once, and lead this process and those that it starts to it. Raises DeviceError."""
        from agent.devices.virtual_display import VirtualDisplay

        if sys.platform == "linux" and not self._has_screen:
            self._set_environment(self.enter(VirtualDisplay()).environment())
            self._has_screen = True

    @cached_property
    def devices(self) -> Devices:
        """The machine, on the stand's own screen. Raises DeviceError."""
        from agent.devices import open_devices

        self.open_screen()
        return open_devices()

    def open_office(self) -> Office:
        """Show the window with some 400 texts over the whole screen, once. Raises DeviceError."""
        if self._office is None:
            self.open_screen()
            self._office = self.enter(Office(os.environ))
        return self._office

    @cached_property
    def frame(self) -> Frame:
        """The office window as it is at first."""
        self.open_office()
        return self.devices.screen.capture(self.devices.screen.monitors()[0].region)

    @cached_property
    def picture(self) -> Path:
        """The same as a PNG file."""
        path = self.folder / "screen.png"
        path.write_bytes(self.eye().png(self.frame))
        return path

    def eye(self, languages: str = "") -> Eye:
        """A new eye that has not seen anything yet; in the languages that are set by default."""
        from agent.vision import ScreenEye

        return ScreenEye(
            self.devices.screen,
            self.devices.windows,
            languages=languages or self.settings.ocr_languages,
            min_confidence=self.settings.ocr_min_confidence,
            tessdata=self.settings.tessdata,
        )

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """The held-out screens of the corpus. Raises NoCorpus."""
        from agent.cli.bench.corpus import corpus

        return corpus(self.folder / "corpus")

    @cached_property
    def readings(self) -> dict[ReadBy, Sweep]:
        """All of them, read by us (no name) and by the peers; those that cannot be measured are left out."""
        from agent.cli.bench.sweep import BOTH, ours, sweep, theirs

        peers = (("pytesseract", BOTH), ("pytesseract", "deu"), ("tesserocr", BOTH))
        readers = {(name, languages): theirs(self.peer(name), languages) for name, languages in peers}
        return sweep(self.pages, {("", BOTH): ours(self.settings.tessdata), **readers})

    def peer(self, name: str) -> Peer:
        """The peer, started once; `Nobody` for no name. Raises DeviceError when it needs a screen and there is none."""
        if not name:
            return Nobody()
        if name not in self._peers:
            if PEERS[name].needs_screen:
                self.open_screen()
            peer = self._peers[name] = Peer(name, {FOLDER: str(self.folder)})
            self._stack.callback(peer.close)
        return self._peers[name]

    def race(self, ours: Turn, peer: Turn | None, *, rounds: int, unit: float = MS) -> Pair:
        """Measure both in turns; the medians in milliseconds, or seconds times `unit`."""
        rounds = self.rounds or rounds
        if peer is not None:
            try:
                first, second = medians([ours, peer], rounds=rounds)
            except PeerFailed:  # a fact about the peer, which must not take our figure with it
                pass
            else:
                return Pair(first * unit, second * unit)
        return Pair(medians([ours], rounds=rounds)[0] * unit, None)

    def _set_environment(self, values: Mapping[str, str]) -> None:
        before = {name: os.environ.get(name) for name in values}
        self._stack.callback(_restore, before)
        os.environ.update(values)


def _restore(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value

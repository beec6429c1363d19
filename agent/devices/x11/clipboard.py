"""`X11Clipboard`: the selection CLIPBOARD, read and owned over connections of our own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from agent.core.clipboard import Clip, ClipFormat, Snapshot
from agent.core.devices import Check
from agent.core.errors import AgentError, NotInTime
from agent.devices.x11.connection import Connection
from agent.devices.x11.offer import Offer
from agent.devices.x11.requestor import Part, Requestor

_TEXTS = ("UTF8_STRING", "text/plain;charset=utf-8", "text/plain;charset=UTF-8", "text/plain", "STRING")
"""The names under which programs offer a text, the best first."""
_NAMES: dict[ClipFormat, tuple[str, ...]] = {
    "text": _TEXTS,
    "html": ("text/html",),
    "image": ("image/png",),
    "files": ("text/uri-list",),
}
_NO_CONTENT = frozenset({"TARGETS", "MULTIPLE", "TIMESTAMP", "SAVE_TARGETS", "DELETE", "INSERT_SELECTION", "LENGTH"})
"""Targets that tell of the content, or do something to it."""
_SNAPSHOT_S = 10.0
_LOOK_S = 0.002


class X11Clipboard:
    """Thread-safe. What is set here stays until another program copies something, or this process ends."""

    def __init__(self, reading: Connection, offering: Connection) -> None:
        """Two connections: while one waits for the owner of the content, the other may be the owner."""
        self._x = reading
        self._asks = Requestor(reading)
        self._offer = Offer(offering)

    def formats(self) -> frozenset[ClipFormat]:
        """What it can be read as."""
        with self._x.lock:
            offered = set(self._asks.targets())
        return frozenset(name for name, names in _NAMES.items() if offered & set(names))

    def text(self) -> str:
        """The text, with line ends as ``\\n``."""
        part = self._first(_TEXTS)
        if part is None:
            return ""
        text = part.data.decode("latin-1" if part.kind == "STRING" else "utf-8", "replace")
        return text.rstrip("\0").replace("\r\n", "\n").replace("\r", "\n")

    def html(self) -> str:
        """The HTML."""
        part = self._first(_NAMES["html"])
        return _unicode(part.data).rstrip("\0") if part else ""

    def image(self) -> bytes:
        """The picture as a PNG file."""
        part = self._first(_NAMES["image"])
        return part.data if part else b""

    def files(self) -> tuple[Path, ...]:
        """The copied files."""
        part = self._first(_NAMES["files"])
        return tuple(_paths(part.data.decode("utf-8", "replace"))) if part else ()

    def set(self, clip: Clip) -> None:
        """Put it there, in all formats that other programs ask for."""
        self._hold(dict(_parts(clip)), save=True)

    def snapshot(self) -> Snapshot:
        """All that is there. A part that its owner does not hand out in time is left out."""
        until = time.monotonic() + _SNAPSHOT_S
        parts = {}
        with self._x.lock:
            for target in self._asks.targets():
                part = self._taken(target) if target not in _NO_CONTENT and time.monotonic() < until else None
                # Parts of other widths are numbers of things of the owner, which are gone with it.
                if part is not None and part.width == 8:
                    parts[target] = (part.kind, part.data)
        return Snapshot(parts)

    def restore(self, snapshot: Snapshot) -> None:
        """Make it hold what it held. The owner is then this program and no longer the one that had copied it."""
        self._hold({target: Part(kind, data) for target, (kind, data) in snapshot.parts.items()}, save=False)

    def restore_later(self, snapshot: Snapshot, seconds: float) -> None:
        """Put it back, unless another program or a later `set` has put something there. Not beyond this process."""
        since = self._offer.holds_since()

        def restore() -> None:
            with suppress(AgentError):  # a display that is gone has no clipboard either
                if since is not None and self._offer.holds_since() == since:
                    self.restore(snapshot)

        timer = threading.Timer(seconds, restore)
        timer.daemon = True
        timer.start()

    def await_reader(self, window_id: int, *, wait_s: float, check: Check = lambda: None) -> bool | None:
        """Wait until the window's program has read it."""
        until = time.monotonic() + wait_s
        while (read := self._offer.was_read_by(window_id)) is not True and time.monotonic() < until:
            check()
            time.sleep(_LOOK_S)
        return read

    def _hold(self, parts: dict[str, Part], *, save: bool) -> None:
        with self._x.lock:
            when = self._asks.now()
            if parts:
                self._offer.hold(parts, when, save=save)
            else:
                self._offer.drop(when)

    def _first(self, names: Iterable[str]) -> Part | None:
        with self._x.lock:
            offered = set(self._asks.targets())
            return next((part for name in names if name in offered and (part := self._asks.convert(name))), None)

    def _taken(self, target: str) -> Part | None:
        try:
            return self._asks.convert(target)
        except NotInTime:
            return None


def _parts(clip: Clip) -> Iterator[tuple[str, Part]]:
    """The clip in the formats that other programs ask for."""
    text = clip.text or "\n".join(map(str, clip.files))
    if text:
        data = text.encode("utf-8", "replace")
        for name in ("UTF8_STRING", "text/plain;charset=utf-8", "text/plain"):
            yield name, Part(name, data)
        if all(character <= "ÿ" for character in text):
            yield "STRING", Part("STRING", text.encode("latin-1"))
    if clip.html:
        yield "text/html", Part("text/html", clip.html.encode("utf-8", "replace"))
    if clip.image:
        yield "image/png", Part("image/png", clip.image)
    if clip.files:
        addresses = [f"file://{quote(str(path.absolute()))}" for path in clip.files]
        yield "text/uri-list", Part("text/uri-list", "".join(f"{each}\r\n" for each in addresses).encode())
        # Nautilus, Nemo and Thunar paste files only from this one.
        copied = "\n".join(("copy", *addresses))
        yield "x-special/gnome-copied-files", Part("x-special/gnome-copied-files", copied.encode())


def _paths(uri_list: str) -> Iterator[Path]:
    """The files of this machine in a list of addresses (RFC 2483)."""
    for line in uri_list.replace("\0", "").splitlines():
        address = urlsplit(line.strip())
        if address.scheme == "file":
            yield Path(unquote(address.path))


def _unicode(data: bytes) -> str:
    """Most programs hand HTML out in UTF-8, some in UTF-16."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    if data[1:2] == b"\0":
        return data.decode("utf-16-le", "replace")
    return data.decode("utf-8", "replace")

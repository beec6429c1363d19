"""`MacClipboard`: the general pasteboard, by AppKit.

https://developer.apple.com/documentation/appkit/nspasteboard
"""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from agent.core.clipboard import Clip, ClipFormat, Snapshot
from agent.core.devices import Check
from agent.core.errors import AgentError, DeviceError
from agent.devices.pause import pause

_TEXT, _HTML, _PNG, _FILE = "public.utf8-plain-text", "public.html", "public.png", "public.file-url"
_TYPES: dict[str, ClipFormat] = {_TEXT: "text", _HTML: "html", _PNG: "image", "public.tiff": "image", _FILE: "files"}
_TIFF_TO_PNG = 4
"""NSBitmapImageFileTypePNG."""


class MacClipboard:
    """Thread-safe. What is set here is kept by macOS, also when this process ends.

    A pasteboard holds items, and each item its data by type; a snapshot keeps both.
    """

    def __init__(self, appkit: Any) -> None:
        self._appkit = appkit
        self._board = appkit.NSPasteboard.generalPasteboard()
        self._lock = threading.RLock()

    def formats(self) -> frozenset[ClipFormat]:
        """What it can be read as."""
        with self._lock:
            return frozenset(_TYPES[str(kind)] for kind in self._board.types() or () if str(kind) in _TYPES)

    def text(self) -> str:
        """The text, with line ends as ``\\n``."""
        return self._data(_TEXT).decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")

    def html(self) -> str:
        """The HTML."""
        return self._data(_HTML).decode("utf-8", "replace")

    def image(self) -> bytes:
        """The picture as a PNG file."""
        if data := self._data(_PNG):
            return data
        tiff = self._data("public.tiff")
        if not tiff:
            return b""
        bitmap = self._appkit.NSBitmapImageRep.imageRepWithData_(tiff)
        return bytes(bitmap.representationUsingType_properties_(_TIFF_TO_PNG, {})) if bitmap is not None else b""

    def files(self) -> tuple[Path, ...]:
        """The copied files, each of which is an item."""
        with self._lock:
            addresses = [item.stringForType_(_FILE) for item in self._board.pasteboardItems() or ()]
        return tuple(Path(unquote(urlsplit(str(address)).path)) for address in addresses if address)

    def set(self, clip: Clip) -> None:
        """Put it there."""
        first = {
            _TEXT: clip.text.encode("utf-8", "replace"),
            _HTML: clip.html.encode("utf-8", "replace"),
            _PNG: clip.image,
        }
        files = [{_FILE: path.absolute().as_uri().encode()} for path in clip.files]
        items = [{kind: data for kind, data in item.items() if data} for item in (first, *files)]
        self._put([item for item in items if item])

    def snapshot(self) -> Snapshot:
        """All that is there, of all items."""
        parts = {}
        with self._lock:
            for number, item in enumerate(self._board.pasteboardItems() or ()):
                for kind in item.types():
                    data = item.dataForType_(kind)
                    if data is not None:
                        parts[f"{number} {kind}"] = (str(kind), bytes(data))
        return Snapshot(parts)

    def restore(self, snapshot: Snapshot) -> None:
        """Make it hold what it held."""
        items: dict[str, dict[str, bytes]] = {}
        for name, (kind, data) in snapshot.parts.items():
            items.setdefault(name.partition(" ")[0], {})[kind] = data
        self._put(list(items.values()))

    def restore_later(self, snapshot: Snapshot, seconds: float) -> None:
        """Put it back, unless something else has been put there by then."""
        version = self._board.changeCount()

        def restore() -> None:
            with suppress(AgentError):  # nobody is there to hear of it
                if self._board.changeCount() == version:
                    self.restore(snapshot)

        timer = threading.Timer(seconds, restore)
        timer.daemon = True
        timer.start()

    def await_reader(self, window_id: int, *, wait_s: float, check: Check = lambda: None) -> bool | None:
        """Wait so long; macOS does not tell who has read it."""
        pause(wait_s, check)
        return None

    def _data(self, kind: str) -> bytes:
        with self._lock:
            data = self._board.dataForType_(kind)
        return bytes(data) if data is not None else b""

    def _put(self, items: list[dict[str, bytes]]) -> None:
        with self._lock:
            self._board.clearContents()
            if items and not self._board.writeObjects_([self._item(item) for item in items]):
                raise DeviceError(
                    "The clipboard did not take the content.", "Another program holds it. Try again in a moment."
                )

    def _item(self, parts: dict[str, bytes]) -> Any:
        item = self._appkit.NSPasteboardItem.alloc().init()
        for kind, data in parts.items():
            item.setData_forType_(data, kind)
        return item

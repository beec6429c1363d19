"""`Requestor`: asks the owner of the X clipboard for its content (ICCCM, section 2, with INCR for large parts).

https://www.x.org/releases/X11R7.7/doc/xorg-docs/icccm/icccm.html#Use_of_Selection_Atoms
"""

from __future__ import annotations

import select
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass

from agent.core.errors import NotInTime
from agent.devices.x11.connection import Connection
from agent.devices.x11.display import GET_PROPERTY, words

CLIPBOARD = "CLIPBOARD"
_CREATE_WINDOW, _CHANGE_PROPERTY, _DELETE_PROPERTY, _GET_OWNER, _CONVERT_SELECTION = 1, 18, 19, 23, 24
_PROPERTY_NOTIFY, _SELECTION_NOTIFY = 28, 31
_PROPERTY_CHANGE = 0x40_0000
_EVENT_MASK = 0x800
_ANY_TYPE, _CURRENT_TIME = 0, 0
_NEW_VALUE = 0
_MOST = 256 * 1024 * 1024
"""What is larger is not taken: the owner may be hostile, and its content without an end."""
_ANSWER_S = 2.0
"""How long the owner may take for an answer or a further piece."""


@dataclass(frozen=True, slots=True)
class Part:
    """The content in one format: the name of its type, and the data."""

    kind: str
    data: bytes
    width: int = 8
    """Bits of one item; 32 for numbers of windows, pixmaps and the like."""


def hidden_window(x: Connection) -> int:
    """A new window that is never shown and hears of changes of its properties."""
    window = x.new_id()
    body = struct.pack("=IIhhHHHHII", window, x.setup.root, -1, -1, 1, 1, 0, 0, 0, _EVENT_MASK)
    x.order(_CREATE_WINDOW, 0, body + struct.pack("=I", _PROPERTY_CHANGE))
    return window


class Requestor:
    """Reads a selection. Hold the connection's lock meanwhile."""

    def __init__(self, connection: Connection) -> None:
        self._x = connection
        self._window = hidden_window(connection)

    def owner(self, selection: str = CLIPBOARD) -> int:
        """The window that owns it; 0 for none."""
        reply = self._x.request(_GET_OWNER, 0, struct.pack("=I", self._x.atom(selection)))
        return int(struct.unpack_from("=I", reply, 8)[0])

    def now(self) -> int:
        """The server's time, in milliseconds: from the event of a property that nothing is added to."""
        x, place = self._x, self._x.atom("_TLA_TIME")
        append, string = 2, 31
        x.post(_CHANGE_PROPERTY, append, struct.pack("=IIIB3xI", self._window, place, string, 8, 0))
        x.flush()
        event = self._event(lambda event: event[0] & 0x7F == _PROPERTY_NOTIFY and _is_new(event, place))
        return int(struct.unpack_from("=I", event, 12)[0])

    def targets(self) -> tuple[str, ...]:
        """The names of all formats that the owner offers; empty when there is no owner."""
        part = self.convert("TARGETS") if self.owner() else None
        return tuple(self._x.atom_name(atom) for atom in words(part.data) if atom) if part else ()

    def convert(self, target: str, selection: str = CLIPBOARD) -> Part | None:
        """The content in this format; None when the owner does not have it so. Raises NotInTime."""
        x, place = self._x, self._x.atom("_TLA_CLIPBOARD")
        while x.event() is not None:
            pass  # of a request that was given up
        x.post(_DELETE_PROPERTY, 0, struct.pack("=II", self._window, place))
        wanted = (self._window, x.atom(selection), x.atom(target), place, _CURRENT_TIME)
        x.post(_CONVERT_SELECTION, 0, struct.pack("=5I", *wanted))
        x.flush()
        answer = self._event(lambda event: event[0] & 0x7F == _SELECTION_NOTIFY and self._is_for(event, target))
        if struct.unpack_from("=I", answer, 20)[0] == 0:
            return None
        while x.event() is not None:
            pass  # that the property was set; the pieces of a large content are announced after it is deleted
        first = self._take(place)
        return self._pieces(place) if first.kind == "INCR" else first

    def _is_for(self, event: bytes, target: str) -> bool:
        return bool(struct.unpack_from("=I", event, 16)[0] == self._x.atom(target))

    def _pieces(self, place: int) -> Part:
        """A large content comes in pieces, each when the one before has been deleted; an empty one is the end."""
        kind, data = "", bytearray()
        while True:
            self._event(lambda event: event[0] & 0x7F == _PROPERTY_NOTIFY and _is_new(event, place))
            piece = self._take(place)
            if not piece.data:
                return Part(kind or piece.kind, bytes(data))
            kind = kind or piece.kind
            data += piece.data
            if len(data) > _MOST:
                raise _too_large()

    def _take(self, place: int) -> Part:
        """Read the property and delete it."""
        data = bytearray()
        while True:
            body = struct.pack("=5I", self._window, place, _ANY_TYPE, len(data) // 4, 0x10_0000)
            reply = self._x.request(GET_PROPERTY, 1, body)
            kind, left, items = struct.unpack_from("=III", reply, 8)
            data += reply[32 : 32 + reply[1] // 8 * items]
            if len(data) + left > _MOST:
                raise _too_large()
            if left == 0:
                return Part(self._x.atom_name(kind) if kind else "", bytes(data), reply[1])

    def _event(self, fits: Callable[[bytes], bool]) -> bytes:
        """Wait for an event. Raises NotInTime."""
        until = time.monotonic() + _ANSWER_S
        while True:
            while (event := self._x.event()) is not None:
                if fits(event):
                    return event
            left = until - time.monotonic()
            if left <= 0:
                raise NotInTime(
                    "The program whose content is on the clipboard does not hand it out.",
                    "It is busy or hangs. Copy again, or end that program.",
                )
            select.select([self._x], [], [], left)


def _is_new(event: bytes, place: int) -> bool:
    return bool(struct.unpack_from("=I", event, 8)[0] == place and event[16] == _NEW_VALUE)


def _too_large() -> NotInTime:
    return NotInTime(
        "What is on the clipboard is larger than {megabytes} MB, so it was not read.",
        "Hand over large data as a file.",
        megabytes=_MOST // 1024 // 1024,
    )

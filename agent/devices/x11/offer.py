"""`Offer`: owns the X clipboard, and hands its content out to whoever pastes (ICCCM, sections 2.2 to 2.7).

On X11 a copied content stays with the program that has copied it, so a small thread answers for as long as nobody else
copies and this process lives. A clipboard manager, where one runs, is asked to keep it beyond that.
"""

from __future__ import annotations

import logging
import select
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent.core.errors import DeviceError, NoDisplay
from agent.devices.x11.connection import Connection, XError
from agent.devices.x11.display import SEND_EVENT, Display, words
from agent.devices.x11.requestor import CLIPBOARD, Part, hidden_window

log = logging.getLogger(__name__)

_CHANGE_ATTRIBUTES, _CHANGE_PROPERTY, _SET_OWNER, _GET_OWNER, _CONVERT = 2, 18, 22, 23, 24
_PROPERTY_NOTIFY, _CLEAR, _REQUEST, _NOTIFY = 28, 29, 30, 31
_EVENT_MASK, _PROPERTY_CHANGE, _DELETED = 0x800, 0x40_0000, 1
_ATOM, _INTEGER = 4, 19
"""Predefined atoms."""
_PIECE = 0x3_0000
"""A request holds 256 KiB at most; what is larger goes in pieces (INCR)."""
_NAP_S, _PATIENCE_S = 1.0, 10.0
"""How often the thread looks whether its display is still there, and how long a program may take for a piece."""


@dataclass(slots=True)
class _Transfer:
    """A large content on its way."""

    kind: int
    pieces: Iterator[bytes]
    until: float


class Offer:
    """The content that we have copied, if we have. Thread-safe."""

    def __init__(self, connection: Connection) -> None:
        self._x = connection
        self._display = Display(connection)
        self._window = hidden_window(connection)
        self._parts: Mapping[str, Part] = {}
        self._since = 0
        self._transfers: dict[tuple[int, int], _Transfer] = {}
        self._readers: set[int] = set()
        """The programs that have got the content, by what all windows of a program share."""
        self._thread: threading.Thread | None = None

    def hold(self, parts: Mapping[str, Part], when: int, *, save: bool) -> None:
        """Own the clipboard from this server time on. With `save`, a clipboard manager is asked to keep it."""
        with self._x.lock:
            self._parts, self._since = dict(parts), when
            self._readers.clear()
            self._own(self._window, when)
            if self._owner(CLIPBOARD) != self._window:
                raise DeviceError(
                    "The clipboard did not take the content.", "Another program holds it. Try again in a moment."
                )
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="clipboard", daemon=True)
                self._thread.start()
            if save and self._owner("CLIPBOARD_MANAGER"):
                names = (self._x.atom("CLIPBOARD_MANAGER"), self._x.atom("SAVE_TARGETS"), self._x.atom("_TLA_SAVE"))
                self._x.post(_CONVERT, 0, struct.pack("=5I", self._window, *names, when))
            self._answer_all()  # what came together with the replies above wakes nobody

    def drop(self, when: int) -> None:
        """Leave the clipboard empty, if it is ours."""
        with self._x.lock:
            if self._owner(CLIPBOARD):
                self._own(0, when)

    def holds_since(self) -> int | None:
        """The time from which on the clipboard has been ours; None when it is not."""
        with self._x.lock:
            return self._since if self._owner(CLIPBOARD) == self._window else None

    def was_read_by(self, window: int) -> bool | None:
        """Whether the window's program has got the content; None when only others have."""
        with self._x.lock:
            return True if self._display.program(window) in self._readers else None if self._readers else False

    def _own(self, window: int, when: int) -> None:
        self._x.order(_SET_OWNER, 0, struct.pack("=III", window, self._x.atom(CLIPBOARD), when))

    def _owner(self, selection: str) -> int:
        reply = self._x.request(_GET_OWNER, 0, struct.pack("=I", self._x.atom(selection)))
        return int(struct.unpack_from("=I", reply, 8)[0])

    # -- the thread ------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while self._serve():
                select.select([self._x], [], [], _NAP_S)
        except (NoDisplay, OSError, ValueError):  # the display is gone, or its connection was closed meanwhile
            pass
        except Exception:  # a strange request must not leave the desktop without paste, and the fault without a trace
            log.exception("The clipboard's content is no longer handed out.")
        finally:
            with self._x.lock:
                self._thread = None

    def _serve(self) -> bool:
        """Answer what has come; False when nothing is left to be handed out."""
        with self._x.lock:
            self._answer_all()
            now = time.monotonic()
            self._transfers = {place: each for place, each in self._transfers.items() if each.until > now}
            if self._parts or self._transfers:
                return True
            self._thread = None
            return False

    def _answer_all(self) -> None:
        while (event := self._x.event()) is not None:
            self._answer(event)
        self._x.flush()

    def _answer(self, event: bytes) -> None:
        kind = event[0] & 0x7F
        if kind == _REQUEST:
            self._hand_out(event)
        elif kind == _PROPERTY_NOTIFY and event[16] == _DELETED:
            self._next_piece(*struct.unpack_from("=II", event, 4))
        elif kind == _CLEAR and _is_later(struct.unpack_from("=I", event, 4)[0], self._since):
            self._parts = {}  # another program has copied something

    def _hand_out(self, event: bytes) -> None:
        when, _, requestor, selection, target, place = struct.unpack_from("=6I", event, 4)
        place = place or target  # the ICCCM's advice for very old programs
        try:
            done = self._convert(requestor, target, place)
        except XError:  # who asked is gone
            return
        answer = struct.pack("=BxH5I8x", _NOTIFY, 0, when, requestor, selection, target, place if done else 0)
        self._x.post(SEND_EVENT, 0, struct.pack("=II", requestor, 0) + answer)

    def _convert(self, requestor: int, target: int, place: int) -> bool:
        name = self._x.atom_name(target)
        if name == "TARGETS":
            known = ("TARGETS", "TIMESTAMP", "MULTIPLE", *self._parts)
            self._write(requestor, place, _ATOM, struct.pack(f"={len(known)}I", *map(self._x.atom, known)), 32)
        elif name == "TIMESTAMP":
            self._write(requestor, place, _INTEGER, struct.pack("=I", self._since), 32)
        elif name == "MULTIPLE":
            self._convert_all(requestor, place)
        elif name in self._parts:
            self._hand_over(requestor, place, self._parts[name])
        else:
            return False
        return True

    def _convert_all(self, requestor: int, place: int) -> None:
        """The request's property holds pairs of a target and a place; those we do not have are struck out."""
        asked = words(self._display.property(requestor, self._x.atom_name(place)))
        answered = []
        for target, each in zip(asked[::2], asked[1::2], strict=False):
            is_plain = self._x.atom_name(target) != "MULTIPLE"
            answered += [target, each if is_plain and each and self._convert(requestor, target, each) else 0]
        self._write(requestor, place, self._x.atom("ATOM_PAIR"), struct.pack(f"={len(answered)}I", *answered), 32)

    def _hand_over(self, requestor: int, place: int, part: Part) -> None:
        kind = self._x.atom(part.kind)
        if len(part.data) <= _PIECE:
            self._write(requestor, place, kind, part.data, 8)
            self._readers.add(self._display.program(requestor))
            return
        # Hear when a piece was taken: the requestor deletes the property.
        self._x.order(_CHANGE_ATTRIBUTES, 0, struct.pack("=III", requestor, _EVENT_MASK, _PROPERTY_CHANGE))
        self._transfers[requestor, place] = _Transfer(kind, _pieces(part.data), time.monotonic() + _PATIENCE_S)
        self._write(requestor, place, self._x.atom("INCR"), struct.pack("=I", len(part.data)), 32)

    def _next_piece(self, requestor: int, place: int) -> None:
        transfer = self._transfers.get((requestor, place))
        if transfer is None:
            return
        piece = next(transfer.pieces, None)
        if piece is None:
            del self._transfers[requestor, place]
            self._readers.add(self._display.program(requestor))
            return
        transfer.until = time.monotonic() + _PATIENCE_S
        try:
            self._write(requestor, place, transfer.kind, piece, 8)
        except XError:  # who asked is gone
            del self._transfers[requestor, place]

    def _write(self, window: int, place: int, kind: int, data: bytes, width: int) -> None:
        count = len(data) * 8 // width
        body = struct.pack("=IIIB3xI", window, place, kind, width, count)
        self._x.order(_CHANGE_PROPERTY, 0, body + data)


def _pieces(data: bytes) -> Iterator[bytes]:
    """The content in pieces, and an empty one as the end."""
    for start in range(0, len(data), _PIECE):
        yield data[start : start + _PIECE]
    yield b""


def _is_later(one: int, other: int) -> bool:
    """Of two server times, which are milliseconds that begin anew after 49 days."""
    return (one - other) % 2**32 < 2**31

"""`Connection`: sends X11 requests as bytes, through libxcb, and gives back the replies as bytes.

The requests' layouts are in https://www.x.org/releases/X11R7.7/doc/xproto/x11protocol.html, appendix B.
"""

from __future__ import annotations

import ctypes
import functools
import logging
import os
import struct
import threading
import weakref
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_size_t, c_uint, c_uint8, c_void_p
from dataclasses import dataclass
from typing import Any

from agent.core.errors import NoDisplay

log = logging.getLogger(__name__)

COOKIE = b"MIT-MAGIC-COOKIE-1"
_CHECKED = 1
"""XCB_REQUEST_CHECKED (xcbext.h): errors come back to the one who asked, not as an event."""


class XError(Exception):
    """The X server refused a request. `code` is as in the protocol: 3 is BadWindow, 8 BadMatch, 10 BadAccess."""

    def __init__(self, code: int, opcode: int, minor: int) -> None:
        super().__init__(f"X error {code} for request {opcode}.{minor}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Setup:
    """What the server told when we connected."""

    root: int
    width: int
    height: int
    id_mask: int
    """The bits of a resource id that are *not* the client's."""
    min_keycode: int
    max_keycode: int


class _Iovec(Structure):
    _fields_ = (("base", c_void_p), ("length", c_size_t))


class _ProtocolRequest(Structure):
    _fields_ = (("count", c_size_t), ("extension", c_void_p), ("opcode", c_uint8), ("is_void", c_uint8))


class _Authority(Structure):
    _fields_ = (("name_length", c_int), ("name", c_char_p), ("data_length", c_int), ("data", c_char_p))


class _Cookie(Structure):
    _fields_ = (("sequence", c_uint),)


class _ExtensionReply:
    """Offsets in the reply to QueryExtension."""

    present, opcode, first_event = 8, 9, 10


@functools.cache
def _libraries() -> tuple[Any, Any]:
    """(libxcb, libxcb without giving up the GIL). Raises NoDisplay when it is not installed.

    Sending and polling return at once, so they keep the GIL: giving it up inside a server grab could freeze the
    whole display for as long as another Python thread computes.
    """
    try:
        free, held = ctypes.CDLL("libxcb.so.1"), ctypes.PyDLL("libxcb.so.1")
    except OSError as error:
        raise NoDisplay(
            "The library libxcb is missing.", "Install it, on Debian and Ubuntu: apt install libxcb1."
        ) from error
    for library in (free, held):
        _declare(library)
    return free, held


def _declare(library: Any) -> None:
    connection, error = c_void_p, POINTER(c_void_p)
    for name, result, arguments in (
        ("xcb_connect_to_display_with_auth_info", connection, (c_char_p, POINTER(_Authority), POINTER(c_int))),
        ("xcb_connection_has_error", c_int, (connection,)),
        ("xcb_disconnect", None, (connection,)),
        ("xcb_get_setup", c_void_p, (connection,)),
        ("xcb_flush", c_int, (connection,)),
        ("xcb_send_request", c_uint, (connection, c_int, POINTER(_Iovec), POINTER(_ProtocolRequest))),
        ("xcb_wait_for_reply", c_void_p, (connection, c_uint, error)),
        ("xcb_request_check", c_void_p, (connection, _Cookie)),
        ("xcb_poll_for_event", c_void_p, (connection,)),
        ("xcb_generate_id", c_uint, (connection,)),
        ("xcb_get_file_descriptor", c_int, (connection,)),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments


@functools.cache
def _free() -> Any:
    free = ctypes.PyDLL(None).free
    free.restype, free.argtypes = None, (c_void_p,)
    return free


def _taken(pointer: int, size: int = 32) -> bytes:
    """Copy a message that libxcb has malloc'ed, with what its length field adds, and free it."""
    if size == 0:
        size = 32 + 4 * int(ctypes.c_uint32.from_address(pointer + 4).value)
    message = ctypes.string_at(pointer, size)
    _free()(pointer)
    return message


class Connection:
    """One connection to a display. Thread-safe; hold `lock` for requests that belong together.

    Every method raises NoDisplay once the server is gone.
    """

    def __init__(self, display: str | None = None, *, cookie: bytes = b"") -> None:
        """Connect to the display, such as ``:0``; None is that of the environment.

        `cookie` is the key to a display of our own; without it the user's ``.Xauthority`` is looked into.
        """
        self.display = display or os.environ.get("DISPLAY", "")
        self.lock = threading.RLock()
        self._free, self._held = _libraries()
        self._screen = c_int()
        key = byref(_Authority(len(COOKIE), COOKIE, len(cookie), cookie)) if cookie else None
        self._c: int | None = self._free.xcb_connect_to_display_with_auth_info(
            self.display.encode() or None, key, byref(self._screen)
        )
        self._disconnect = weakref.finalize(self, self._free.xcb_disconnect, self._c)
        # At the end of the process another thread may still be waiting in it; the system closes it then.
        self._disconnect.atexit = False
        if self._free.xcb_connection_has_error(self._c):
            self.close()
            raise NoDisplay(
                "There is no display {display}.",
                "Start the program in a desktop session, or set DISPLAY to a running X server.",
                display=self.display or "(DISPLAY is not set)",
            )
        self.setup = self._read_setup()
        self._atoms: dict[str, int] = {}
        self._extensions: dict[str, tuple[int, int]] = {}

    def close(self) -> None:
        """Disconnect. Using the connection afterwards raises NoDisplay."""
        with self.lock:
            self._disconnect()
            self._c = None

    def send(self, opcode: int, data: int = 0, body: bytes = b"") -> int:
        """Queue a request that has a reply, and return its number for `reply`.

        `data` is the second byte of the request: a detail, or the minor opcode of an extension's request.
        """
        return self._send(opcode, data, body, flags=_CHECKED, void=False)

    def post(self, opcode: int, data: int = 0, body: bytes = b"") -> None:
        """Queue a request that has no reply. An error comes as an event (with type 0) and is not waited for."""
        self._send(opcode, data, body, flags=0, void=True)

    def order(self, opcode: int, data: int = 0, body: bytes = b"") -> None:
        """Send a request that has no reply, and wait until the server has carried it out. Raises XError."""
        sequence = self._send(opcode, data, body, flags=_CHECKED, void=True)
        error = self._free.xcb_request_check(self._alive(), _Cookie(sequence))
        if error:
            raise _error(error)
        if self._free.xcb_connection_has_error(self._alive()):
            raise self._died()

    def reply(self, sequence: int) -> bytes:
        """Wait for the reply to a request: its 32 bytes and what follows. Raises XError."""
        error = c_void_p()
        pointer = self._free.xcb_wait_for_reply(self._alive(), sequence, byref(error))
        if error.value:
            raise _error(error.value)
        if not pointer:
            raise self._died()
        return _taken(pointer, 0)

    def request(self, opcode: int, data: int = 0, body: bytes = b"") -> bytes:
        """Send a request and wait for its reply."""
        return self.reply(self.send(opcode, data, body))

    def event(self) -> bytes | None:
        """The next event that has come, without waiting."""
        pointer = self._held.xcb_poll_for_event(self._alive())
        return _taken(pointer) if pointer else None

    def fileno(self) -> int:
        """What `select` waits for; `event` may have something all the same, so ask it first."""
        return int(self._held.xcb_get_file_descriptor(self._alive()))

    def flush(self) -> None:
        """Send what is queued, now."""
        if self._held.xcb_flush(self._alive()) <= 0:
            raise self._died()

    def atom(self, name: str) -> int:
        """The number of a name (InternAtom); asked once."""
        if name not in self._atoms:
            encoded = name.encode("latin-1")
            reply = self.request(16, 0, struct.pack("=HH", len(encoded), 0) + encoded)
            self._atoms[name] = struct.unpack_from("=I", reply, 8)[0]
        return self._atoms[name]

    def atom_name(self, atom: int) -> str:
        """The name of an atom (GetAtomName); asked once."""
        known = next((name for name, number in self._atoms.items() if number == atom), None)
        if known is None:
            reply = self.request(17, 0, struct.pack("=I", atom))
            known = reply[32 : 32 + struct.unpack_from("=H", reply, 8)[0]].decode("latin-1")
            self._atoms[known] = atom
        return known

    def new_id(self) -> int:
        """A number for a new window or other resource of this connection."""
        return int(self._held.xcb_generate_id(self._alive()))

    def extension(self, name: str) -> tuple[int, int]:
        """(major opcode, number of its first event) of an extension; asked once. Raises NoDisplay without it."""
        if name not in self._extensions:
            encoded = name.encode("latin-1")
            reply = self.request(98, 0, struct.pack("=HH", len(encoded), 0) + encoded)
            if not reply[_ExtensionReply.present]:
                raise NoDisplay(
                    "The display {display} has no extension {name}.",
                    "Use an X server that has it (Xorg, Xvfb and Xvnc do).",
                    display=self.display,
                    name=name,
                )
            self._extensions[name] = (reply[_ExtensionReply.opcode], reply[_ExtensionReply.first_event])
        return self._extensions[name]

    def _send(self, opcode: int, data: int, body: bytes, *, flags: int, void: bool) -> int:
        body += bytes(-len(body) % 4)
        request = ctypes.create_string_buffer(struct.pack("=BBH", opcode, data, 0) + body, 4 + len(body))
        # libxcb writes into two entries before the first one.
        vector = (_Iovec * 3)()
        vector[2] = _Iovec(ctypes.addressof(request), 4 + len(body))
        protocol = _ProtocolRequest(1, None, opcode, void)
        first = ctypes.cast(byref(vector, 2 * ctypes.sizeof(_Iovec)), POINTER(_Iovec))
        sequence = int(self._held.xcb_send_request(self._alive(), flags, first, byref(protocol)))
        if sequence == 0:
            raise self._died()
        return sequence

    def _alive(self) -> int:
        if self._c is None:
            raise self._died()
        return self._c

    def _died(self) -> NoDisplay:
        return NoDisplay(
            "The display {display} is gone.",
            "The desktop session has ended or the X server has crashed. Sign in again; what waits for it then goes on.",
            display=self.display,
        )

    def _read_setup(self) -> Setup:
        start: int = self._free.xcb_get_setup(self._c)
        fixed = ctypes.string_at(start, 40)
        vendor, formats = struct.unpack_from("=H", fixed, 24)[0], fixed[29]
        screen = start + 40 + vendor + -vendor % 4 + 8 * formats
        for _ in range(self._screen.value):
            screen = self._next_screen(screen)
        root, width, height = struct.unpack("=I16xHH", ctypes.string_at(screen, 24))
        return Setup(root, width, height, struct.unpack_from("=I", fixed, 16)[0], fixed[34], fixed[35])

    @staticmethod
    def _next_screen(screen: int) -> int:
        depths = ctypes.string_at(screen + 39, 1)[0]
        place = screen + 40
        for _ in range(depths):
            visuals: int = struct.unpack("=2xH", ctypes.string_at(place, 4))[0]
            place += 8 + 24 * visuals
        return place


def _error(pointer: int) -> XError:
    message = _taken(pointer)
    return XError(message[1], message[10], struct.unpack_from("=H", message, 8)[0])

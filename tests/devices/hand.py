"""`Hand`: a person's hand at an X display, for tests.

A physical one moves the server's own mouse and keyboard (XTEST can send for a real device, as the Xvfb's are): the
server then tells them as the source, as it does for those on a desk. The other is a program that sends by XTEST, as a
remote desktop does for whoever sits at its other end.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from agent.core.geometry import Point
from agent.devices.x11.connection import Connection
from agent.devices.x11.display import QUERY_POINTER
from agent.devices.x11.keyboard import Keyboard, _devices
from agent.devices.x11.keysym import KEYS, keysym

_LIST_DEVICES, _OPEN_DEVICE, _FAKE_INPUT, _QUERY_KEYMAP = 2, 3, 2, 44
_KEY, _BUTTON, _MOTION = 2, 4, 6
"""Events: press, and the release after it. Those of a device of its own are numbered from the extension's first one."""


class Hand:
    """Does at once what it is told."""

    def __init__(self, connection: Connection, *, physical: bool = True) -> None:
        self._x = connection
        self._keymap = Keyboard(connection).keymap()
        self._test, _ = connection.extension("XTEST")
        self._mouse = self._keyboard = self._first = 0
        if physical:
            opcode, first = connection.extension("XInputExtension")
            self._mouse, self._keyboard = self._open_devices(opcode)
            self._first = first - 1

    def move(self, point: Point) -> None:
        """Move the pointer there. A physical mouse tells nothing when it is there already."""
        if self._mouse:
            values = struct.pack("=BBHHBBii16x", self._first + 1, self._mouse, 0, 0, 2, 0, point.x, point.y)
            self._send(_MOTION, 0, self._mouse, values=values)
        else:
            self._send(_MOTION, 0, 0, at=point)

    def press(self, *keys: str) -> None:
        """Press the keys, one after the other, and keep them down."""
        self._keys(keys, _KEY)

    def release(self, *keys: str) -> None:
        """Let them go."""
        self._keys(keys, _KEY + 1)

    def click(self, button: int = 1) -> None:
        """Click where the pointer is."""
        self._send(_BUTTON, button, self._mouse)
        self._send(_BUTTON + 1, button, self._mouse)

    def keys_down(self) -> frozenset[int]:
        """The keycodes that are down, whoever holds them."""
        bits = self._x.request(_QUERY_KEYMAP)[8:40]
        return frozenset(code for code in range(256) if bits[code // 8] >> code % 8 & 1)

    def buttons_down(self) -> int:
        """The buttons that are down, as a mask."""
        reply = self._x.request(QUERY_POINTER, 0, struct.pack("=I", self._x.setup.root))
        return int(struct.unpack_from("=H", reply, 24)[0]) & 0x1F00

    def code(self, key: str) -> int:
        """The keycode of a key."""
        stroke = self._keymap.key(KEYS.get(key) or keysym(key), 0)
        assert stroke is not None
        return stroke.keycode

    def _keys(self, keys: Iterable[str], kind: int) -> None:
        for key in keys:
            self._send(kind, self.code(key), self._keyboard)

    def _send(self, kind: int, detail: int, device: int, *, at: Point | None = None, values: bytes = b"") -> None:
        root, x, y = (self._x.setup.root, at.x, at.y) if at is not None else (0, 0, 0)
        event = struct.pack("=BBHIIQhhIHBB", self._first + kind, detail, 0, 0, root, 0, x, y, 0, 0, 0, device)
        self._x.order(self._test, _FAKE_INPUT, event + values)

    def _open_devices(self, opcode: int) -> tuple[int, int]:
        names = dict(_devices(self._x.request(opcode, _LIST_DEVICES)))
        mouse, keyboard = names["Xvfb mouse"], names["Xvfb keyboard"]
        for device in (mouse, keyboard):
            self._x.request(opcode, _OPEN_DEVICE, struct.pack("=B3x", device))
        return mouse, keyboard

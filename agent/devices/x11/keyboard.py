"""`Keyboard`: the state and the map of the X keyboard, and fake key events (XKB and XTEST)."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from agent.devices.x11.connection import Connection, XError
from agent.devices.x11.keymap import Keymap, Stroke, entries, read

_GRAB_SERVER, _UNGRAB_SERVER, _GET_MODIFIER_MAPPING = 36, 37, 119
_USE_EXTENSION, _SELECT_EVENTS, _GET_STATE, _LATCH_LOCK_STATE, _GET_MAP, _SET_MAP = 0, 1, 4, 5, 8, 9
"""Requests of the core protocol, and of XKB."""

_TYPES, _KEYSYMS = 1, 2
"""Parts of the map."""

_CORE_KEYBOARD = 0x100
_KEY_PRESS, _KEY_RELEASE, _BUTTON_PRESS, _BUTTON_RELEASE, _MOTION = 2, 3, 4, 5, 6
_NEW_KEYBOARD, _MAP_CHANGED = 0, 1
"""XKB's own events; who has introduced himself to XKB does not get the core protocol's MappingNotify."""
_TEST_DEVICE = "XTEST keyboard"


@dataclass(frozen=True, slots=True)
class State:
    """What is held and locked now, each as a mask of modifiers, and the layout in force."""

    held: int
    latched: int
    locked: int
    group: int
    locked_group: int

    @classmethod
    def of(cls, reply: bytes) -> State:
        """From the reply to XkbGetState."""
        return cls(held=reply[9], latched=reply[10], locked=reply[11], group=reply[12], locked_group=reply[13])


class Keyboard:
    """The keyboard of a display. Not for several threads at once: hold the connection's lock."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._test, _ = connection.extension("XTEST")
        self._xkb, self._xkb_event = connection.extension("XKEYBOARD")
        connection.request(self._xkb, _USE_EXTENSION, struct.pack("=HH", 1, 0))
        wanted = 1 << _NEW_KEYBOARD | 1 << _MAP_CHANGED
        connection.order(
            self._xkb, _SELECT_EVENTS, struct.pack("=HHHHHH", _CORE_KEYBOARD, wanted, 0, wanted, 0xFF, 0xFF)
        )
        self.device = self._test_device()
        """The XKB number of the keyboard that our key events come from."""
        self._down: dict[int, None] = {}
        self._buttons: dict[int, None] = {}

    # -- reading -------------------------------------------------------------------------------------------

    def ask_state(self) -> int:
        """Send XkbGetState; `State.of` reads the reply."""
        return self.connection.send(self._xkb, _GET_STATE, struct.pack("=HH", _CORE_KEYBOARD, 0))

    def state(self) -> State:
        """What is held and locked now."""
        return State.of(self.connection.reply(self.ask_state()))

    def keymap(self) -> Keymap:
        """The map that holds for our key events."""
        modifiers = self.connection.send(_GET_MODIFIER_MAPPING)
        return read(self._map(self.device), _without_sequence(self.connection.reply(modifiers)))

    def map_changed(self) -> bool:
        """Whether somebody changed the map since the last call; takes all events from the queue."""
        changed = False
        while (event := self.connection.event()) is not None:
            changed |= event[0] & 0x7F == self._xkb_event and event[1] in (_NEW_KEYBOARD, _MAP_CHANGED)
        return changed

    # -- changing ------------------------------------------------------------------------------------------

    def lock(self, modifiers: int, affected: int, group: int) -> None:
        """Set the locks of the affected modifiers and the layout, and end all latches, without any key event."""
        body = struct.pack("=HBBBBBBBBH", _CORE_KEYBOARD, affected, modifiers, True, group, 0xFF, 0, 0, False, 0)
        self.connection.order(self._xkb, _LATCH_LOCK_STATE, body)

    def assign(self, wanted: Mapping[int, bytes]) -> Mapping[int, bytes]:
        """Put other entries of the map (KEYSYMMAP) on these keycodes; returns those that were there before.

        All in one request, with the keys between them as they are: each change of the map makes every program on
        the display read it anew, which costs it some 20 ms.
        """
        x = self.connection
        x.post(_GRAB_SERVER)
        try:
            reply = self._map(_CORE_KEYBOARD)
            before = entries(reply)
            after = before | dict(wanted)
            run = range(min(wanted), max(wanted) + 1)
            data = b"".join(after[code] for code in run)
            numbers = (*reply[10:12], run[0], len(run), (len(data) - 8 * len(run)) // 4)
            head = struct.pack("=HHHBB2xBBH18x", _CORE_KEYBOARD, _KEYSYMS, 0, *numbers)
            x.order(self._xkb, _SET_MAP, head + data)
        finally:
            x.post(_UNGRAB_SERVER)
            x.flush()
        self.map_changed()  # our own change is no news
        return {code: before[code] for code in wanted}

    def press(self, keycode: int) -> None:
        """Press a key and keep it down. Queued: flush."""
        self._down[keycode] = None
        self._fake(_KEY_PRESS, keycode)

    def release(self, keycode: int) -> None:
        """Let the key go. Queued: flush."""
        self._fake(_KEY_RELEASE, keycode)
        self._down.pop(keycode, None)

    def strike(self, stroke: Stroke, keymap: Keymap) -> None:
        """Press and release a key within its modifiers. Queued: flush."""
        modifiers = [keymap.modifier_key(bit) for bit in range(8) if stroke.modifiers >> bit & 1]
        for keycode in (*modifiers, stroke.keycode):
            self.press(keycode)
        for keycode in (stroke.keycode, *reversed(modifiers)):
            self.release(keycode)

    def button(self, number: int, *, down: bool) -> None:
        """Press or release a button of the mouse. Queued: flush."""
        if down:
            self._buttons[number] = None
        self._fake(_BUTTON_PRESS if down else _BUTTON_RELEASE, number)
        if not down:
            self._buttons.pop(number, None)

    def point(self, x: int, y: int) -> None:
        """Put the pointer there. Queued: flush."""
        self._fake(_MOTION, 0, x, y)

    def release_ours(self) -> None:
        """Let go of every key and button that we have pressed, and wait until that has happened."""
        for keycode in reversed(list(self._down)):
            self.release(keycode)
        for number in list(self._buttons):
            self.button(number, down=False)
        self.sync()

    def release_keys(self, keycodes: frozenset[int]) -> None:
        """Let go of these keys where a program (not the person) holds them."""
        for keycode in keycodes:
            self.release(keycode)
        self.sync()

    def sync(self) -> None:
        """Wait until the server has carried out everything."""
        self.connection.request(43)

    def _map(self, device: int) -> bytes:
        """The reply to XkbGetMap: all key types and keysyms."""
        body = struct.pack("=HHH18x", device, _TYPES | _KEYSYMS, 0)
        return _without_sequence(self.connection.request(self._xkb, _GET_MAP, body))

    def _fake(self, kind: int, detail: int, x: int = 0, y: int = 0) -> None:
        root = self.connection.setup.root if kind == _MOTION else 0
        body = struct.pack("=BBHII8xhh8x", kind, detail, 0, 0, root, x, y)
        self.connection.post(self._test, 2, body)

    def _test_device(self) -> int:
        """The keyboard that XTEST types on. It may have a map of its own, which then holds for what we type."""
        try:
            reply = self.connection.request(self.connection.extension("XInputExtension")[0], 2)
        except XError:
            return _CORE_KEYBOARD
        return next((number for name, number in _devices(reply) if name.endswith(_TEST_DEVICE)), _CORE_KEYBOARD)


def _without_sequence(reply: bytes) -> bytes:
    """The reply without its running number, so that equal maps are equal bytes."""
    return reply[:2] + b"\0\0" + reply[4:]


def _devices(reply: bytes) -> list[tuple[str, int]]:
    """(name, id) of each input device in a reply to ListInputDevices."""
    count = reply[8]
    infos = [(reply[32 + 8 * index + 4], reply[32 + 8 * index + 5]) for index in range(count)]
    place = 32 + 8 * count
    for _ in range(sum(classes for _, classes in infos)):
        place += reply[place + 1]
    named = []
    for number, _ in infos:
        length = reply[place]
        named.append((reply[place + 1 : place + 1 + length].decode("utf-8", "replace"), number))
        place += 1 + length
    return named

"""`Keyboard`: the state and the map of the X keyboard, and fake key events (XKB and XTEST)."""

from __future__ import annotations

import logging
import struct
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from agent.devices.x11.connection import Connection, XError
from agent.devices.x11.hands import Hands, Held
from agent.devices.x11.keymap import Keymap, Stroke, entries, entry, read

log = logging.getLogger(__name__)

Sends = Callable[[int, int, int, int], None]

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

    def __init__(self, connection: Connection, sends: Sends = lambda kind, code, x, y: None) -> None:
        """`sends` is told of each event before it is sent; its kinds are those of `agent.devices.person.board`."""
        self.connection = connection
        self._sends = sends
        self._test, _ = connection.extension("XTEST")
        self._xkb, self._xkb_event = connection.extension("XKEYBOARD")
        connection.request(self._xkb, _USE_EXTENSION, struct.pack("=HH", 1, 0))
        wanted = 1 << _NEW_KEYBOARD | 1 << _MAP_CHANGED
        connection.order(
            self._xkb, _SELECT_EVENTS, struct.pack("=HHHHHH", _CORE_KEYBOARD, wanted, 0, wanted, 0xFF, 0xFF)
        )
        self.device = self._test_device()
        """The XKB number of the keyboard that our key events come from."""
        self._hands = Hands(connection)
        self._down: dict[int, None] = {}
        self._buttons: dict[int, None] = {}
        self._lent: dict[int, tuple[bytes, bytes]] = {}
        """Keycodes that have got other characters for a while: what was put there, and what was before."""
        self._news = False

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
        """Whether somebody else changed the map since the last call; takes all events from the queue."""
        changed, self._news = self._news | self._take_news(), False
        return changed

    # -- changing ------------------------------------------------------------------------------------------

    def lock(self, modifiers: int, affected: int, group: int) -> None:
        """Set the locks of the affected modifiers and the layout, and end all latches, without any key event."""
        body = struct.pack("=HBBBBBBBBH", _CORE_KEYBOARD, affected, modifiers, True, group, 0xFF, 0, 0, False, 0)
        self.connection.order(self._xkb, _LATCH_LOCK_STATE, body)

    @property
    def lends(self) -> bool:
        """Whether some keycodes have other characters for now."""
        return bool(self._lent)

    def lend(self, keys: Mapping[int, Sequence[int]]) -> None:
        """Put these keysyms on keycodes that mean nothing, until `give_back`; what was lent before is given back.

        All in one request, with the keys between them as they are: each change of the map makes every program on
        the display read it anew, which costs it some 20 ms.
        """
        with self._grabbed() as now:
            back = self._ours(now)
            before = {**now, **back}
            put = {code: entry(keysyms) for code, keysyms in keys.items()}
            self._lent |= {code: (new, before[code]) for code, new in put.items()}
            self._note()
            self._put({**before, **put}, {*back, *put})
            after = self._entries()
            self._lent = {code: (after[code], before[code]) for code in put}

    def give_back(self) -> None:
        """Make the map what it was before `lend`. A key that somebody has given another meaning since keeps that."""
        if not self._lent:
            return
        with self._grabbed() as now:
            ours = self._ours(now)
            if ours:
                self._put({**now, **ours}, ours)
            after = self._entries() if ours else now
            wrong = [code for code, before in ours.items() if after[code] != before]
            self._lent = {}
        if wrong:
            log.warning("The keycodes %s of the keyboard map could not be given back.", wrong)

    def mend(self, held: Held) -> None:
        """Let go of what a dead program has held, and give back what it has lent."""
        self._down |= dict.fromkeys(held.keys)
        self._buttons |= dict.fromkeys(held.buttons)
        self._lent |= held.lent
        self.give_back()
        self.release_ours()

    def hold(self, *keycodes: int) -> None:
        """Press these keys in order and keep them down, until `release_ours`."""
        self._down |= dict.fromkeys(keycodes)
        self._note()
        for keycode in keycodes:
            self._fake(_KEY_PRESS, keycode)
        self.connection.flush()

    def release(self, keycode: int) -> None:
        """Let the key go. Queued: flush."""
        self._fake(_KEY_RELEASE, keycode)
        self._down.pop(keycode, None)

    def strike(self, stroke: Stroke, keymap: Keymap) -> None:
        """Press and release a key within its modifiers. Queued: flush."""
        modifiers = [keymap.modifier_key(bit) for bit in range(8) if stroke.modifiers >> bit & 1]
        for keycode in (*modifiers, stroke.keycode):
            self._fake(_KEY_PRESS, keycode)
        for keycode in (stroke.keycode, *reversed(modifiers)):
            self._fake(_KEY_RELEASE, keycode)

    def button(self, number: int, *, down: bool) -> None:
        """Press or release a button of the mouse. Queued: flush."""
        if down:
            self._buttons[number] = None
            self._note()
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
        self._note()
        self.connection.request(43)

    def _note(self) -> None:
        """Tell on the display what is held, before it is: for the case that we die meanwhile."""
        self._hands.note(Held(tuple(self._down), tuple(self._buttons), dict(self._lent)))

    def _take_news(self) -> bool:
        changed = False
        while (event := self.connection.event()) is not None:
            changed |= event[0] & 0x7F == self._xkb_event and event[1] in (_NEW_KEYBOARD, _MAP_CHANGED)
        return changed

    @contextmanager
    def _grabbed(self) -> Iterator[Mapping[int, bytes]]:
        """What is on each key, while the server is held still so that it can be changed."""
        x = self.connection
        x.post(_GRAB_SERVER)
        try:
            entries_now = self._entries()
            self._news |= self._take_news()
            yield entries_now
        finally:
            self._note()
            x.post(_UNGRAB_SERVER)
            x.flush()

    def _ours(self, now: Mapping[int, bytes]) -> dict[int, bytes]:
        """What was before on the keycodes that still are as we have lent them."""
        return {code: before for code, (put, before) in self._lent.items() if now.get(code) == put}

    def _entries(self) -> Mapping[int, bytes]:
        return entries(self._map(_CORE_KEYBOARD))

    def _put(self, after: Mapping[int, bytes], codes: Collection[int]) -> None:
        """XkbSetMap of the keys from the lowest to the highest of `codes`, which is no news to us."""
        run = range(min(codes), max(codes) + 1)
        data = b"".join(after[code] for code in run)
        minimum, maximum = self.connection.setup.min_keycode, self.connection.setup.max_keycode
        numbers = (minimum, maximum, run[0], len(run), (len(data) - 8 * len(run)) // 4)
        head = struct.pack("=HHHBB2xBBH18x", _CORE_KEYBOARD, _KEYSYMS, 0, *numbers)
        self.connection.order(self._xkb, _SET_MAP, head + data)
        self._take_news()

    def _map(self, device: int) -> bytes:
        """The reply to XkbGetMap: all key types and keysyms."""
        body = struct.pack("=HHH18x", device, _TYPES | _KEYSYMS, 0)
        return _without_sequence(self.connection.request(self._xkb, _GET_MAP, body))

    def _fake(self, kind: int, detail: int, x: int = 0, y: int = 0) -> None:
        root = self.connection.setup.root if kind == _MOTION else 0
        body = struct.pack("=BBHII8xhh8x", kind, detail, 0, 0, root, x, y)
        self._sends(kind - _KEY_PRESS, detail, x, y)
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

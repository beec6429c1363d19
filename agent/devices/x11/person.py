"""`X11Outlook`: what an X server tells of mouse and keyboard, whoever has the focus or a grab (XInput 2, raw events).

https://www.x.org/releases/X11R7.7/doc/inputproto/XI2proto.txt. Each event names the device that it comes from: those of
a person come from real ones, what programs send by XTEST from the server's two “XTEST” devices. Of the latter, what we
have sent ourselves is known (see `Board`); everything else counts as the person's, because a remote desktop sends it.
"""

from __future__ import annotations

import os
import select
import struct
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import product

from agent.devices.person.board import BUTTON_DOWN, BUTTON_UP, KEY_DOWN, KEY_UP, MOTION, Board
from agent.devices.person.outlook import Act, Screen
from agent.devices.x11.connection import Connection, XError
from agent.devices.x11.keysym import KEYS, keysym

_XI_SELECT_EVENTS, _XI_QUERY_VERSION, _XI_QUERY_DEVICE = 46, 47, 48
_ALL_DEVICES, _ALL_MASTER_DEVICES = 0, 1
_GENERIC_EVENT = 35
_KINDS = {13: KEY_DOWN, 14: KEY_UP, 15: BUTTON_DOWN, 16: BUTTON_UP, 17: MOTION, 22: BUTTON_DOWN, 23: MOTION}
"""The raw events' numbers. Touching a screen (22) counts as a button that is not held."""
_TOUCH = 22

_RR_QUERY_VERSION, _RR_GET_MONITORS = 0, 42
_CREATE_WINDOW, _CHANGE_PROPERTY, _SET_SELECTION_OWNER, _GET_SELECTION_OWNER = 1, 18, 22, 23
_GET_PROPERTY, _GRAB_KEY, _UNGRAB_KEY, _QUERY_POINTER, _QUERY_KEYMAP, _GET_KEYBOARD_MAPPING = 20, 33, 34, 38, 44, 101
_TEST_FAKE_INPUT = 2
_ASYNCHRONOUS = 1
_CARDINAL = 6
_BAD_ACCESS = 10
_INPUT_ONLY = 2

_BOTH_SIDES = {"ctrl": (0xFFE4,), "shift": (0xFFE2,), "alt": (0xFFEA,), "meta": (0xFFEC,)}
"""Keysyms of the right-hand keys, beside those in `KEYS`."""
_MODIFIERS = {"shift": 1, "ctrl": 4, "alt": 8, "meta": 64, "altgr": 128}
_LOCKS = (0, 2, 16, 18)
"""Caps Lock and Num Lock make another combination of the same keys, for a grab."""

_OWNER = "_TLA_STOP_KEYS"
"""A selection whose owner is the agent that has the stop keys, so that another one knows whom to name."""


class X11Outlook:
    """An `Outlook` (see there) on one display. The connections are its own."""

    def __init__(self, connection: Connection, grabbing: Connection, board: Board) -> None:
        """`board` knows what the program sends. Who has a key grabbed does not hear when it is let go: hence two."""
        self._x = connection
        self._board = board
        self._root = connection.setup.root
        self._input, _ = connection.extension("XInputExtension")
        # From version 2.1 on, raw events come also while another program has grabbed mouse or keyboard.
        connection.request(self._input, _XI_QUERY_VERSION, struct.pack("=HH", 2, 2))
        self._test_devices: frozenset[int] = frozenset()
        self._seen: dict[tuple[int, int], float] = {}
        self._keys: tuple[frozenset[int], ...] = ()
        self._grabs = Grabs(grabbing)
        self._pending: list[bytes] = []
        self._bell, self._ringer = os.pipe()

    def begin(self, keys: Sequence[str]) -> bool:
        """See `Outlook`."""
        self.rest()
        self._test_devices = frozenset(_test_devices(self._x, self._input))
        self._seen = self._board.all_sent()
        codes = _codes(self._x)
        self._keys = tuple(_keycodes(key, codes) for key in keys)
        self._select(*_KINDS)
        self._take()
        self._pending.clear()  # of the time before
        return self._grabs.take(keys, self._keys)

    def rest(self) -> None:
        """See `Outlook`."""
        self._select()
        self._grabs.give_back()
        self._keys = ()

    def wait(self, seconds: float | None) -> None:
        """See `Outlook`."""
        if self._take():
            return
        ready, _, _ = select.select([self._x.fileno(), self._bell], [], [], seconds)
        if self._bell in ready:
            os.read(self._bell, 4096)

    def wake(self) -> None:
        """See `Outlook`."""
        os.write(self._ringer, b"!")

    def acts(self) -> Iterable[Act]:
        """See `Outlook`."""
        self._take()
        self._grabs.drop_events()
        events, self._pending = self._pending, []
        for event in events:
            number, detail, source = struct.unpack_from("=H6xIH", event, 8)
            if number not in _KINDS:
                continue
            kind, code = _KINDS[number], detail & 0xFF
            if number == _TOUCH:
                yield from (Act(BUTTON_DOWN, code), Act(BUTTON_UP, code))
            else:
                yield Act(kind, code, ours=source in self._test_devices and self._is_ours(kind, code))

    def completes(self, code: int, held: Collection[int]) -> bool:
        """See `Outlook`."""
        if not any(code in codes for codes in self._keys):
            return False
        missing = [codes for codes in self._keys if codes.isdisjoint(held)]
        if not missing:
            return True
        # They may have been down before we began to listen.
        bits = self._x.request(_QUERY_KEYMAP)[8:40]
        return all(any(bits[other // 8] >> other % 8 & 1 for other in codes) for codes in missing)

    def pointer(self) -> tuple[int, int]:
        """See `Outlook`."""
        x, y = struct.unpack_from("=hh", self._x.request(_QUERY_POINTER, 0, struct.pack("=I", self._root)), 16)
        return x, y

    def screens(self) -> Sequence[Screen]:
        """See `Outlook`."""
        try:
            randr, _ = self._x.extension("RANDR")
            self._x.request(randr, _RR_QUERY_VERSION, struct.pack("=II", 1, 5))
            reply = self._x.request(randr, _RR_GET_MONITORS, struct.pack("=IB3x", self._root, True))
        except XError:  # a server from before 2015
            return [(0, 0, self._x.setup.width, self._x.setup.height)]
        place, screens = 32, []
        for _ in range(struct.unpack_from("=I", reply, 12)[0]):
            outputs, x, y, width, height = struct.unpack_from("=HhhHH", reply, place + 6)
            screens.append((x, y, x + width, y + height))
            place += 24 + 4 * outputs
        return screens

    def let_go(self) -> None:
        """See `Outlook`."""
        test, _ = self._x.extension("XTEST")
        for down, up, kind in ((KEY_DOWN, KEY_UP, 3), (BUTTON_DOWN, BUTTON_UP, 5)):
            for code in self._board.held(down, up):
                self._x.post(test, _TEST_FAKE_INPUT, struct.pack("=BBHII8xhh8x", kind, code, 0, 0, 0, 0, 0))
        self._x.flush()

    def _take(self) -> bool:
        """Whether events have come. The server's raw ones are kept for `acts`."""
        came = False
        while (event := self._x.event()) is not None:
            came = True
            if event[0] & 0x7F == _GENERIC_EVENT and event[1] == self._input:
                self._pending.append(event)
        return came

    def _is_ours(self, kind: int, code: int) -> bool:
        """Whether the program has sent one more of these than have come."""
        code = 0 if kind == MOTION else code
        key = (kind, code)
        sent = self._board.sent(kind, code)
        if not self._board.sent_lately(kind, code):
            # The server may have swallowed one, such as the press of a key that is down: it must not excuse another.
            self._seen[key] = sent
            return False
        seen = self._seen[key] + 1
        if seen > sent:
            return False
        self._seen[key] = seen
        return True

    def _select(self, *numbers: int) -> None:
        mask = sum(1 << number for number in numbers).to_bytes(4, "little")
        body = struct.pack("=IHHHH", self._root, 1, 0, _ALL_MASTER_DEVICES, 1) + mask
        self._x.order(self._input, _XI_SELECT_EVENTS, body)


class Grabs:
    """Keeps the stop keys for us, so that no other program gets them. They work without that too."""

    def __init__(self, connection: Connection) -> None:
        self._x = connection
        self._root = connection.setup.root
        self._taken: list[tuple[int, int]] = []
        self._window = 0

    def take(self, keys: Sequence[str], codes: Sequence[frozenset[int]]) -> bool:
        """Returns whether another program has them."""
        plain = [number for number, key in enumerate(keys) if key not in _MODIFIERS]
        if len(plain) != 1:
            return False  # a grab is for one key with modifiers
        modifiers = sum(_MODIFIERS[key] for key in keys if key in _MODIFIERS)
        try:
            for code, locks in product(sorted(codes[plain[0]]), _LOCKS):
                body = struct.pack("=IHBBB3x", self._root, modifiers | locks, code, _ASYNCHRONOUS, _ASYNCHRONOUS)
                self._x.order(_GRAB_KEY, False, body)
                self._taken.append((code, modifiers | locks))
        except XError as error:
            if error.code != _BAD_ACCESS:
                raise
            owner = self._owner()
            self.give_back()
            # Another of our own agents is no conflict: it stops too.
            return not owner
        self._sign()
        return False

    def give_back(self) -> None:
        """Let others have them."""
        for code, modifiers in self._taken:
            self._x.post(_UNGRAB_KEY, code, struct.pack("=IH2x", self._root, modifiers))
        self._taken.clear()
        if self._window and self._owner() == self._window:
            self._x.post(_SET_SELECTION_OWNER, 0, struct.pack("=III", 0, self._x.atom(_OWNER), 0))
        self._x.flush()

    def drop_events(self) -> None:
        """Take the key presses that have come of it from the queue: they are told as raw events."""
        while self._x.event() is not None:
            pass

    def _sign(self) -> None:
        if not self._window:
            self._window = self._x.new_id()
            body = struct.pack("=IIhhHHHHII", self._window, self._root, -1, -1, 1, 1, 0, _INPUT_ONLY, 0, 0)
            self._x.order(_CREATE_WINDOW, 0, body)
        self._x.order(_SET_SELECTION_OWNER, 0, struct.pack("=III", self._window, self._x.atom(_OWNER), 0))

    def _owner(self) -> int:
        reply = self._x.request(_GET_SELECTION_OWNER, 0, struct.pack("=I", self._x.atom(_OWNER)))
        return int(struct.unpack_from("=I", reply, 8)[0])


def _test_devices(x: Connection, opcode: int) -> Iterator[int]:
    """The devices by which programs send input: each master device has one, and nothing else is named so."""
    reply = x.request(opcode, _XI_QUERY_DEVICE, struct.pack("=HH", _ALL_DEVICES, 0))
    place = 32
    for _ in range(struct.unpack_from("=H", reply, 8)[0]):
        number, classes, length = struct.unpack_from("=H4xHH", reply, place)
        name = reply[place + 12 : place + 12 + length]
        if name.endswith((b" XTEST pointer", b" XTEST keyboard")):
            yield number
        place += 12 + length + -length % 4
        for _ in range(classes):
            place += 4 * struct.unpack_from("=H", reply, place + 2)[0]


def _codes(x: Connection) -> dict[int, set[int]]:
    """The keycodes of each keysym."""
    first, last = x.setup.min_keycode, x.setup.max_keycode
    reply = x.request(_GET_KEYBOARD_MAPPING, 0, struct.pack("=BB2x", first, last - first + 1))
    width = reply[1]
    codes: dict[int, set[int]] = {}
    for place, number in enumerate(struct.unpack_from(f"={(len(reply) - 32) // 4}I", reply, 32)):
        codes.setdefault(number, set()).add(first + place // width)
    return codes


def _keycodes(key: str, codes: dict[int, set[int]]) -> frozenset[int]:
    names = (KEYS.get(key) or keysym(key), *_BOTH_SIDES.get(key, ()))
    return frozenset(code for name in names for code in codes.get(name, ()))

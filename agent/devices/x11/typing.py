"""`Typing`: one text on its way into a window, character by character."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto

from agent.core.devices import Check, Still
from agent.core.errors import ActionError, NotInTime
from agent.devices.keyboard import HANDS_S, hands_in_the_way
from agent.devices.pause import halted_after, pause
from agent.devices.x11.display import Display
from agent.devices.x11.guard import Guard
from agent.devices.x11.keyboard import Keyboard, State
from agent.devices.x11.keymap import SHIFT, Keymap, Stroke
from agent.devices.x11.keysym import keysym
from agent.devices.x11.mend import mend
from agent.devices.x11.ping import Ping

_GRAB_SERVER, _UNGRAB_SERVER = 36, 37
_LAST_WAIT_S = 0.1


class _Found(Enum):
    """What a look at the display found, just before a key."""

    ALL_WELL = auto()
    ANOTHER_WINDOW = auto()
    ANOTHER_MAP = auto()
    HANDS_IN_THE_WAY = auto()
    """Somebody holds Shift, has pressed Caps Lock or changed the layout."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to type the characters, under the keyboard map of this moment."""

    keymap: Keymap
    group: int
    strokes: Mapping[str, Stroke]
    borrowed: Mapping[int, Sequence[int]]
    """Keycodes that mean nothing in the map, with the keysyms to put on them for a while, the second one for Shift."""


def plan(text: str, keymap: Keymap, group: int, kept_locks: int) -> Plan:
    """Find a key for each character, as far as the spare keys reach; the rest needs another plan.

    `kept_locks` are modifiers that stay locked (Num Lock): keys that look at them are not used.
    """
    known = keymap.characters(group)
    spare = iter(_spare(keymap))
    strokes: dict[str, Stroke] = {}
    borrowed: dict[int, list[int]] = {}
    for character in text:
        if character in strokes:
            continue
        stroke = known.get(character)
        if stroke is None or stroke.looks_at & kept_locks:
            stroke = next(spare, None)
            if stroke is None:
                break
            borrowed.setdefault(stroke.keycode, []).append(keysym(character))
        strokes[character] = stroke
    return Plan(keymap, group, strokes, borrowed)


def _spare(keymap: Keymap) -> Iterator[Stroke]:
    """Keys that are free, first without and then with Shift: more characters a change of the map."""
    for modifiers in (0, SHIFT) if keymap.can_hold(SHIFT) else (0,):
        for keycode in keymap.spare:
            yield Stroke(keycode, modifiers)


class Typing:
    """Types one text. Make one for each text, and hold the connection's lock meanwhile."""

    def __init__(
        self,
        keyboard: Keyboard,
        display: Display,
        ping: Ping,
        check: Check,
        *,
        into: int | None = None,
        still: Still | None = None,
    ) -> None:
        self._keyboard = keyboard
        self._x = keyboard.connection
        self._display = display
        self._ping = ping
        self._check = check
        self._guard = Guard(display, into, still) if into is not None else None

    def run(self, text: str, delay_s: float = 0.0) -> int:
        """Type it all; returns how many characters. Raises WrongWindow, and what `check` raises."""
        typed = 0
        with halted_after(0), self.steady() as keymap:
            now = keymap
            with halted_after(len(text)), self._lending():
                while typed < len(text):
                    current = self._plan(text[typed:], now)
                    typed = self._type(text, typed, current, delay_s)
                    if text[typed : typed + 1] in current.strokes:  # it ended because somebody has changed the map
                        self._keyboard.give_back()
                        now = self._keyboard.keymap()
            self._x.flush()
            with halted_after(typed):
                self._ping.catch_up(self._window(), self._check)
        return typed

    def _plan(self, text: str, keymap: Keymap) -> Plan:
        state = self._keyboard.state()
        found = plan(text, keymap, state.group, state.locked)
        if not found.strokes:
            raise ActionError(
                "The keyboard map has no free key left.",
                "Other programs have taken all spare keys; `setxkbmap` with your layout frees them.",
            )
        return found

    @contextmanager
    def steady(self, *, keep_locks: bool = False) -> Iterator[Keymap]:
        """A keyboard without held keys and without Caps Lock; afterwards the locks are as they were."""
        mend(self._keyboard)
        keymap = self._keyboard.keymap()
        self._keyboard.map_changed()
        locks = 0 if keep_locks else self._keyboard.state().locked & ~keymap.num_lock
        self._wait_for_free_hands(keymap)
        if locks:
            self._keyboard.lock(0, locks, self._keyboard.state().locked_group)
        try:
            yield keymap
        finally:
            self._keyboard.release_ours()
            if locks:
                self._keyboard.lock(locks, locks, self._keyboard.state().locked_group)

    @contextmanager
    def held(self, keycodes: Sequence[int]) -> Iterator[None]:
        """These keys down, if they reach the window. Raises WrongWindow."""
        x = self._x
        try:
            x.post(_GRAB_SERVER)
            try:
                if self._guard is not None and not self._guard.passes(self._guard.ask()):
                    raise self._guard.error(0)
                self._keyboard.hold(*keycodes)
            finally:
                x.post(_UNGRAB_SERVER)
                x.flush()
            yield
        finally:
            self._keyboard.release_ours()

    @contextmanager
    def borrowed(self, keys: Mapping[int, Sequence[int]]) -> Iterator[None]:
        """Spare keys with these keysyms."""
        with self._lending():
            self._lend(keys)
            yield

    @contextmanager
    def _lending(self) -> Iterator[None]:
        """Give back in the end what `_lend` has lent: when the program has read what was typed with it."""
        try:
            yield
            self._let_read()
        except BaseException:
            # What has been typed so far shall still be read rightly, but a stop must not wait for long.
            with suppress(NotInTime):
                if self._keyboard.lends:
                    self._ping.wait(self._window(), lambda: None, _LAST_WAIT_S)
            raise
        finally:
            self._keyboard.give_back()

    def _lend(self, keys: Mapping[int, Sequence[int]]) -> None:
        """Put these keysyms on spare keys, in the place of those that were lent before.

        In one change of the map, not two: each costs every program on the display some time, openbox 30 ms.
        """
        if keys:
            self._let_read()
            self._keyboard.lend(keys)
            self._ping.wait(self._window(), self._check)

    def _let_read(self) -> None:
        if self._keyboard.lends:
            self._x.flush()
            self._ping.wait(self._window(), self._check)

    def _window(self) -> int:
        return self._guard.window if self._guard else self._display.active()

    def _type(self, text: str, start: int, plan: Plan, delay_s: float) -> int:
        """Type as far as the plan reaches or the map stays as it is; returns the new count of typed characters."""
        with halted_after(start):
            self._lend(plan.borrowed)
        for typed in range(start, len(text)):
            stroke = plan.strokes.get(text[typed])
            with halted_after(typed):
                if stroke is None or not self._strike(stroke, plan, typed):
                    return typed
            with halted_after(typed + 1):
                pause(delay_s, self._check)
        return len(text)

    def _strike(self, stroke: Stroke, plan: Plan, typed: int) -> bool:
        """Press the key once all is well: right window, nothing held, right layout. False when the map has changed."""
        until = time.monotonic() + HANDS_S
        while True:
            self._check()
            found = self._strike_if_well(stroke, plan)
            if found is not _Found.HANDS_IN_THE_WAY:
                break
            if time.monotonic() > until:
                raise hands_in_the_way()
            self._calm(plan)
        if found is _Found.ANOTHER_WINDOW and self._guard is not None:
            raise self._guard.error(typed)
        return found is _Found.ALL_WELL

    def _strike_if_well(self, stroke: Stroke, plan: Plan) -> _Found:
        """Look and press in one go, with the server held still: nobody can step in between."""
        x = self._x
        x.post(_GRAB_SERVER)
        try:
            found = self._look(plan)
            if found is _Found.ALL_WELL:
                self._keyboard.strike(stroke, plan.keymap)
        finally:
            x.post(_UNGRAB_SERVER)
            x.flush()
        return found

    def _look(self, plan: Plan) -> _Found:
        """All questions in one round trip."""
        asked = self._keyboard.ask_state()
        question = self._guard.ask() if self._guard else None
        state = State.of(self._x.reply(asked))
        if self._guard is not None and question is not None and not self._guard.passes(question):
            return _Found.ANOTHER_WINDOW
        if self._keyboard.map_changed():
            return _Found.ANOTHER_MAP
        locked = state.locked & ~plan.keymap.num_lock
        calm = not (state.held or state.latched or locked) and state.group == plan.group
        return _Found.ALL_WELL if calm else _Found.HANDS_IN_THE_WAY

    def _calm(self, plan: Plan) -> None:
        """Wait until the person holds no Shift or Ctrl, and take back Caps Lock and a changed layout."""
        self._wait_for_free_hands(plan.keymap)
        state = self._keyboard.state()
        self._keyboard.lock(0, state.locked & ~plan.keymap.num_lock, plan.group)

    def _wait_for_free_hands(self, keymap: Keymap) -> None:
        if self._keyboard.state().held:  # perhaps by a program that was ended in the middle of typing
            self._keyboard.release_keys(keymap.modifier_keys)
        until = time.monotonic() + HANDS_S
        while self._keyboard.state().held:
            self._check()
            if time.monotonic() > until:
                raise hands_in_the_way()
            time.sleep(0.01)

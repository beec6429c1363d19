"""`Typing`: one text on its way into a window, character by character."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto

from agent.core.devices import Check
from agent.core.errors import ActionError, NotInTime
from agent.devices.keyboard import wrong_window
from agent.devices.pause import pause
from agent.devices.x11.display import Display
from agent.devices.x11.guard import Guard
from agent.devices.x11.keyboard import Keyboard, State
from agent.devices.x11.keymap import Keymap, Stroke, entry
from agent.devices.x11.keysym import keysym
from agent.devices.x11.ping import Ping

_GRAB_SERVER, _UNGRAB_SERVER = 36, 37
_LAST_WAIT_S = 0.1
_PATIENCE_S = 5.0
"""How long a person may hold a key such as Shift before we give up."""


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
    borrowed: Mapping[int, int]
    """Keycodes that mean nothing in the map, with the keysyms to put on them for a while."""


def plan(text: str, keymap: Keymap, group: int, kept_locks: int) -> Plan:
    """Find a key for each character, as far as the spare keys reach; the rest needs another plan.

    `kept_locks` are modifiers that stay locked (Num Lock): keys that look at them are not used.
    """
    known = keymap.characters(group)
    spare = iter(keymap.spare)
    strokes: dict[str, Stroke] = {}
    borrowed: dict[int, int] = {}
    for character in text:
        if character in strokes:
            continue
        stroke = known.get(character)
        if stroke is None or stroke.looks_at & kept_locks:
            keycode = next(spare, None)
            if keycode is None:
                break
            borrowed[keycode] = keysym(character)
            stroke = Stroke(keycode)
        strokes[character] = stroke
    return Plan(keymap, group, strokes, borrowed)


class Typing:
    """Types one text. Make one for each text, and hold the connection's lock meanwhile."""

    def __init__(self, keyboard: Keyboard, display: Display, ping: Ping, check: Check, into: int | None = None) -> None:
        self._keyboard = keyboard
        self._x = keyboard.connection
        self._display = display
        self._ping = ping
        self._check = check
        self._guard = Guard(display, into) if into is not None else None

    def run(self, text: str, delay_s: float = 0.0) -> int:
        """Type it all; returns how many characters. Raises WrongWindow, and what `check` raises."""
        typed = 0
        with self.steady():
            while typed < len(text):
                state = self._keyboard.state()
                current = plan(text[typed:], self._keyboard.keymap(), state.group, state.locked)
                if not current.strokes:
                    raise ActionError(
                        "The keyboard map has no free key left.",
                        "Other programs have taken all spare keys; `setxkbmap` with your layout frees them.",
                    )
                typed = self._type(text, typed, current, delay_s)
            self._x.flush()
            self._ping.catch_up(self._window(), self._check)
        return typed

    @contextmanager
    def steady(self, *, keep_locks: bool = False) -> Iterator[Keymap]:
        """A keyboard without held keys and without Caps Lock; afterwards the locks are as they were."""
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
    def borrowed(self, keys: Mapping[int, int]) -> Iterator[None]:
        """Spare keys with these keysyms. Given back only when the program has read what was typed with them."""
        if not keys:
            yield
            return
        window = self._window()
        before = self._keyboard.assign({keycode: entry(number) for keycode, number in keys.items()})
        try:
            self._ping.wait(window, self._check)
            yield
            self._x.flush()
            self._ping.wait(window, self._check)
        except BaseException:
            # What has been typed so far shall still be read rightly, but a stop must not wait for long.
            with suppress(NotInTime):
                self._ping.wait(window, lambda: None, _LAST_WAIT_S)
            raise
        finally:
            self._keyboard.assign(before)

    def _window(self) -> int:
        return self._guard.window if self._guard else self._display.active()

    def _type(self, text: str, start: int, plan: Plan, delay_s: float) -> int:
        """Type as far as the plan reaches or the map stays as it is; returns the new count of typed characters."""
        with self.borrowed(plan.borrowed):
            for typed in range(start, len(text)):
                stroke = plan.strokes.get(text[typed])
                if stroke is None or not self._strike(stroke, plan, typed):
                    return typed
                pause(delay_s, self._check)
        return len(text)

    def _strike(self, stroke: Stroke, plan: Plan, typed: int) -> bool:
        """Press the key once all is well: right window, nothing held, right layout. False when the map has changed."""
        until = time.monotonic() + _PATIENCE_S
        while True:
            self._check()
            found = self._strike_if_well(stroke, plan)
            if found is not _Found.HANDS_IN_THE_WAY:
                break
            if time.monotonic() > until:
                raise _held_down()
            self._calm(plan)
        if found is _Found.ANOTHER_WINDOW and self._guard is not None:
            front = self._display.name(self._guard.front())
            raise wrong_window(self._display.name(self._guard.window), front, typed)
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
        until = time.monotonic() + _PATIENCE_S
        while self._keyboard.state().held:
            self._check()
            if time.monotonic() > until:
                raise _held_down()
            time.sleep(0.01)


def _held_down() -> ActionError:
    return ActionError(
        "Somebody holds Shift, Ctrl, Alt or another such key down.",
        "Typing would come out wrong. Let go of the key and start the step again.",
    )

"""`Guard`: says, with the server held still, whether a key pressed now would reach the intended window."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from agent.core.geometry import Region
from agent.devices.x11.connection import XError
from agent.devices.x11.display import GET_GEOMETRY, GET_INPUT_FOCUS, Display, words

_GRAB_KEYBOARD, _UNGRAB_KEYBOARD = 31, 32
_ASYNCHRONOUS = 1
_FREE = 0
"""Status of GrabKeyboard: nobody else holds the keyboard."""


@dataclass(frozen=True, slots=True)
class _Question:
    active: int
    focus: int
    grab: int


class Guard:
    """Watches one window. Three things can lead keys elsewhere, and all three are looked at:

    another window is active; the input focus is elsewhere; or a program has grabbed the whole keyboard (a menu,
    a screen lock, a hotkey recorder). `ask` and `passes` must lie between GrabServer and UngrabServer, and so
    must the key: then nothing can come between the answer and the key.
    """

    def __init__(self, display: Display, window: int) -> None:
        self._display = display
        self.window = window
        self._managed = display.has_manager()
        self._focus = display.input_focus()
        self._inside: dict[int, bool] = {}

    def ask(self) -> _Question:
        """Queue the questions; with others queued before, all cost one round trip."""
        x = self._display.connection
        active = self._display.ask_property(self._display.root, "_NET_ACTIVE_WINDOW")
        focus = x.send(GET_INPUT_FOCUS)
        # Grabbing the keyboard fails when somebody else has it. With the focus window as the grabbing one it
        # causes no event at all, so the program does not notice.
        window = self._focus if self._focus > 1 else self.window
        grab = x.send(_GRAB_KEYBOARD, True, struct.pack("=IIBBH", window, 0, _ASYNCHRONOUS, _ASYNCHRONOUS, 0))
        x.post(_UNGRAB_KEYBOARD, 0, struct.pack("=I", 0))
        return _Question(active, focus, grab)

    def passes(self, question: _Question) -> bool:
        """Whether the key would arrive."""
        x = self._display.connection
        active = words(self._display.property_in(question.active))
        focus = int(struct.unpack_from("=I", x.reply(question.focus), 8)[0])
        try:
            free = x.reply(question.grab)[1] == _FREE
        except XError:  # the window that had the focus is gone
            free = False
        self._focus = focus
        if self._managed and active[:1] != (self.window,):
            return False
        return self._holds(focus) and (free or self._own_popup())

    def front(self) -> int:
        """The window that has the keyboard, for the error message."""
        active = self._display.active()
        if active != self.window:
            return active
        popup = self._popup()
        return popup or self._display.input_focus()

    def _holds(self, focus: int) -> bool:
        if focus not in self._inside:
            self._inside[focus] = self._display.within(focus, self.window)
        return self._inside[focus]

    def _own_popup(self) -> bool:
        """Whether the keyboard is grabbed by a menu or completion list of the window's own program."""
        popup = self._popup()
        return popup != 0 and self._display.program(popup) == self._display.program(self.window)

    def _popup(self) -> int:
        """The topmost window that manages itself, as menus and screen locks do; 0 for none."""
        for window in reversed(self._display.tree(self._display.root)[1]):
            if self._display.shown(window) == (True, True) and self._on_screen(window):
                return window
        return 0

    def _on_screen(self, window: int) -> bool:
        # Window managers keep a tiny one outside of the screen.
        x = self._display.connection
        try:
            reply = x.reply(self._display.ask(GET_GEOMETRY, window))
        except XError:
            return False
        left, top, width, height = struct.unpack_from("=hhHH", reply, 12)
        screen = Region(0, 0, x.setup.width, x.setup.height)
        return not screen.intersection(Region(left, top, width, height)).is_empty

"""`Guard`: says, with the server held still, whether a key pressed now would reach the intended window.

The rules for one character:

1. The window is the active one, the input focus lies in it, and no other program has grabbed the keyboard.
2. For a secret the window is also what it was when the secret was released: of the same process (by the server's word,
   not by the window's), of the same class, with a title that the credential's binding allows. A window id alone proves
   nothing, for the server gives the ids of an ended program to the next one.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from agent.core.devices import Still
from agent.core.errors import WrongWindow
from agent.core.geometry import Region
from agent.core.target import WindowInfo
from agent.devices.keyboard import other_window, wrong_window
from agent.devices.x11.connection import XError
from agent.devices.x11.display import GET_INPUT_FOCUS, TITLES, Display, class_name, title_text, words
from agent.devices.x11.owner import Owners

_GRAB_KEYBOARD, _UNGRAB_KEYBOARD = 31, 32
_ASYNCHRONOUS = 1
_FREE = 0
"""Status of GrabKeyboard: nobody else holds the keyboard."""


@dataclass(frozen=True, slots=True)
class _Question:
    active: int
    focus: int
    grab: int
    looks: tuple[int, ...]
    """Title (twice), class and owner of the window; nothing for a plain text."""


class Guard:
    """Watches one window. Three things can lead keys elsewhere, and all three are looked at:

    another window is active; the input focus is elsewhere; or a program has grabbed the whole keyboard (a menu,
    a screen lock, a hotkey recorder). `ask` and `passes` must lie between GrabServer and UngrabServer, and so
    must the key: then nothing can come between the answer and the key.
    """

    def __init__(self, display: Display, window: int, still: Still | None = None) -> None:
        """Without `still` the window may become what it likes, as long as it has the keyboard."""
        self._display = display
        self.window = window
        self._name = display.name(window)
        self._still = still
        self._owners = Owners(display) if still is not None else None
        self._turned = False
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
        return _Question(active, focus, grab, self._ask_looks())

    def passes(self, question: _Question) -> bool:
        """Whether the key would arrive."""
        x = self._display.connection
        active = words(self._display.property_in(question.active))
        focus = int(struct.unpack_from("=I", x.reply(question.focus), 8)[0])
        try:
            free = x.reply(question.grab)[1] == _FREE
        except XError:  # the window that had the focus is gone
            free = False
        seen = self._seen(question.looks)  # every reply must be taken
        self._focus = focus
        if (self._managed and active[:1] != (self.window,)) or not self._holds(focus):
            return False
        self._turned = self._still is not None and (seen is None or not self._still(seen))
        return not self._turned and (free or self._own_popup())

    def error(self, typed: int) -> WrongWindow:
        """Why the key did not pass, after so many that did."""
        if self._turned:
            return other_window(self._name, self._display.name(self.window), typed)
        return wrong_window(self._name, self._display.name(self._front()), typed)

    def _front(self) -> int:
        """The window that has the keyboard."""
        active = self._display.active()
        if active != self.window:
            return active
        popup = self._display.popup()
        return popup or self._display.input_focus()

    def _ask_looks(self) -> tuple[int, ...]:
        if self._owners is None:
            return ()
        names = (*TITLES, "WM_CLASS")
        return (*(self._display.ask_property(self.window, name) for name in names), self._owners.ask(self.window))

    def _seen(self, looks: tuple[int, ...]) -> WindowInfo | None:
        """The window as it is now; None for one that is gone, and for a plain text."""
        if self._owners is None:
            return None
        *properties, owner = looks
        utf8, latin1, classes = (self._property(question) for question in properties)
        pid = self._owners.answer(owner)
        if utf8 is None or latin1 is None or classes is None:
            return None
        return WindowInfo(
            self.window, title_text(utf8, latin1), Region(0, 0, 0, 0), pid, class_name=class_name(classes)
        )

    def _property(self, question: int) -> bytes | None:
        try:
            return self._display.property_in(question)
        except XError:
            return None

    def _holds(self, focus: int) -> bool:
        if focus not in self._inside:
            self._inside[focus] = self._display.within(focus, self.window)
        return self._inside[focus]

    def _own_popup(self) -> bool:
        """Whether the keyboard is grabbed by a menu or completion list of the window's own program."""
        popup = self._display.popup()
        return popup != 0 and self._display.program(popup) == self._display.program(self.window)

"""`X11Session`: whether the desktop of an X11 display is there: not locked, not another user's turn."""

from __future__ import annotations

import struct

from agent.core.devices import DesktopState
from agent.core.errors import DesktopAway
from agent.core.geometry import Region
from agent.devices.x11.connection import Connection, XError
from agent.devices.x11.display import Display
from agent.devices.x11.logind import Logind

_GRAB_SERVER, _UNGRAB_SERVER, _GRAB_KEYBOARD, _UNGRAB_KEYBOARD = 36, 37, 31, 32
_ASYNCHRONOUS, _ALREADY_GRABBED = 1, 1
_LOCKED = DesktopAway("The screen is locked.", "Unlock it; what waits for the desktop then goes on.")


class X11Session:
    """Asks three that may know, because no screen lock tells all of them:

    logind (the locks of GNOME, KDE, Xfce, Cinnamon), the property that XScreenSaver keeps on the root window, and
    the display itself: a window over all of it that no window manager manages, by somebody who holds the keyboard
    (i3lock, slock, xsecurelock).
    """

    def __init__(self, connection: Connection, logind: Logind) -> None:
        self._x = connection
        self._display = Display(connection)
        self._logind = logind

    def state(self) -> DesktopState:
        """How it is now. Raises NoDisplay when the X server is gone."""
        with self._x.lock:
            locked = self._saver_locks() or self._is_covered()
        return DesktopState.locked(_LOCKED) if locked else self._logind.state()

    def _saver_locks(self) -> bool:
        """Whether XScreenSaver (or who keeps to its convention) has locked: the first number is the state's atom."""
        state = self._display.numbers(self._display.root, "_SCREENSAVER_STATUS")[:1]
        return state == (self._x.atom("LOCK"),)

    def _is_covered(self) -> bool:
        top = self._display.popup()
        setup = self._x.setup
        whole = Region(0, 0, setup.width, setup.height)
        return top != 0 and self._display.on_screen(top) == whole and self._keyboard_is_held(top)

    def _keyboard_is_held(self, window: int) -> bool:
        """Whether somebody has grabbed the keyboard, found out by trying to; with the server held, no key is missed."""
        self._x.post(_GRAB_SERVER)
        try:
            reply = self._x.request(
                _GRAB_KEYBOARD, True, struct.pack("=IIBBH", window, 0, _ASYNCHRONOUS, _ASYNCHRONOUS, 0)
            )
            self._x.post(_UNGRAB_KEYBOARD, 0, struct.pack("=I", 0))
            return reply[1] == _ALREADY_GRABBED
        except XError:  # the window has just vanished
            return False
        finally:
            self._x.post(_UNGRAB_SERVER)
            self._x.flush()

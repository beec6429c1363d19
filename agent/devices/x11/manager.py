"""`Manager`: what is asked of the window manager, by the convention EWMH.

https://specifications.freedesktop.org/wm-spec/latest/. Nothing here waits for an answer: it is a wish.
"""

from __future__ import annotations

import struct

from agent.core.errors import DeviceError
from agent.core.geometry import Region
from agent.core.target import WindowState
from agent.devices.x11.display import Display

_FROM_PAGER = 2
"""Source indication: the user asked for it (EWMH, section 3.9), so that focus-stealing prevention lets it through."""
_ICONIC = 3
"""IconicState (ICCCM, section 4.1.4)."""
_REMOVE, _ADD = 0, 1
_EVERYWHERE = 0xFFFFFFFF
"""The workspace of a window that is on all of them."""
_CONFIGURE_WINDOW, _PLACE_AND_SIZE = 12, 0xF
_NORTH_WEST, _X_Y_WIDTH_HEIGHT = 1, 0xF00
_STATE = "_NET_WM_STATE_"
_MAXIMIZED = ("MAXIMIZED_VERT", "MAXIMIZED_HORZ")


class Manager:
    """The window manager of a display. Raises XError for a vanished window, and NoDisplay."""

    def __init__(self, display: Display) -> None:
        self._display = display

    # -- what it tells -------------------------------------------------------------------------------------

    def workspace(self) -> int | None:
        """The number of the workspace that is shown; None where there are none."""
        return next(iter(self._display.numbers(self._display.root, "_NET_CURRENT_DESKTOP")), None)

    def shown_as(self, states: tuple[int, ...]) -> tuple[bool, bool, bool]:
        """(minimised, maximised, full screen) from a window's _NET_WM_STATE."""
        maximized = all(self._atom(name) in states for name in _MAXIMIZED)
        return self._atom("HIDDEN") in states, maximized, self._atom("FULLSCREEN") in states

    # -- what it is asked for --------------------------------------------------------------------------------

    def activate(self, window: int) -> None:
        """Raise the window, un-minimise it, give it the keys."""
        self._display.tell_manager(window, "_NET_ACTIVE_WINDOW", _FROM_PAGER, 0, 0)

    def show_workspace_of(self, window: int) -> None:
        """Go to the window's workspace. Some window managers do so by themselves when it is activated, some do not."""
        own = self._display.numbers(window, "_NET_WM_DESKTOP")
        if is_elsewhere(own, self.workspace()):
            self._display.tell_manager(self._display.root, "_NET_CURRENT_DESKTOP", own[0], 0)

    def close(self, window: int) -> None:
        """Let it close as by the button in its frame."""
        self._display.tell_manager(window, "_NET_CLOSE_WINDOW", 0, _FROM_PAGER)

    def set_state(self, window: int, state: WindowState) -> None:
        """Show the window so."""
        if not self._display.has_manager():
            raise DeviceError(
                "Without a window manager no window can be minimised or maximised.",
                "Start one, for example openbox.",
            )
        if state == "minimised":
            self._display.tell_manager(window, "WM_CHANGE_STATE", _ICONIC)
            return
        if self.shown_as(self._display.numbers(window, "_NET_WM_STATE"))[0]:
            self.activate(window)
        self._change(window, _ADD if state == "fullscreen" else _REMOVE, "FULLSCREEN")
        if state != "fullscreen":
            self._change(window, _ADD if state == "maximised" else _REMOVE, *_MAXIMIZED)

    def move(self, window: int, region: Region) -> None:
        """Put the window so that it fills the region with its frame."""
        left, right, top, bottom = self._extents(window)
        width, height = max(1, region.width - left - right), max(1, region.height - top - bottom)
        if self._display.has_manager():
            flags = _NORTH_WEST | _X_Y_WIDTH_HEIGHT | _FROM_PAGER << 12
            # With this gravity the corner is that of the frame; a shadow that the program draws has none.
            corner = (region.x + min(0, left), region.y + min(0, top))
            place = (*(part & 0xFFFFFFFF for part in corner), width, height)
            self._display.tell_manager(window, "_NET_MOVERESIZE_WINDOW", flags, *place)
        else:
            body = struct.pack("=IHHiiII", window, _PLACE_AND_SIZE, 0, region.x, region.y, width, height)
            self._display.connection.order(_CONFIGURE_WINDOW, 0, body)

    def _extents(self, window: int) -> tuple[int, int, int, int]:
        return edges(
            self._display.numbers(window, "_NET_FRAME_EXTENTS"), self._display.numbers(window, "_GTK_FRAME_EXTENTS")
        )

    def _change(self, window: int, how: int, *names: str) -> None:
        first, second = (*map(self._atom, names), 0)[:2]
        self._display.tell_manager(window, "_NET_WM_STATE", how, first, second, _FROM_PAGER)

    def _atom(self, name: str) -> int:
        return self._display.connection.atom(_STATE + name)


def is_elsewhere(own: tuple[int, ...], shown: int | None) -> bool:
    """Whether a window with this _NET_WM_DESKTOP lies on another workspace than the one that is shown."""
    return bool(own) and shown is not None and own[0] not in (shown, _EVERYWHERE)


def edges(frame: tuple[int, ...], shadow: tuple[int, ...]) -> tuple[int, int, int, int]:
    """(left, right, top, bottom): by how much a window is larger than its content.

    GTK draws a shadow inside of its own window, which is no part of it: there the figures are negative.
    """
    if len(shadow) == 4:
        left, right, top, bottom = (-edge for edge in shadow)
        return left, right, top, bottom
    left, right, top, bottom = frame if len(frame) == 4 else (0, 0, 0, 0)
    return left, right, top, bottom

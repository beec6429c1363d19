"""`Aim`: what lies under a pixel, and whether a button pressed there now would reach the intended window."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from agent.core.errors import ActionError, WrongWindow
from agent.core.geometry import Point
from agent.devices.x11.connection import XError
from agent.devices.x11.display import QUERY_POINTER, TRANSLATE, Display

_GRAB_POINTER, _UNGRAB_POINTER = 26, 27
_ASYNCHRONOUS = 1
_ALREADY_GRABBED = 1


@dataclass(frozen=True, slots=True)
class Under:
    """The pointer: where it is, the root's child under it (0: none), and which buttons are down (bit 8: the first)."""

    place: Point
    child: int
    buttons: int


class Aim:
    """Looks at the windows of one display from above. Raises NoDisplay."""

    def __init__(self, display: Display) -> None:
        self._display = display

    def child_at(self, point: Point) -> int:
        """The root's child at this pixel: a window manager's frame, a menu, or 0."""
        root = self._display.root
        reply = self._display.connection.request(TRANSLATE, 0, struct.pack("=IIhh", root, root, point.x, point.y))
        return int(struct.unpack_from("=I", reply, 8)[0])

    def window_of(self, child: int) -> int:
        """The application's window that a child of the root is, holds, or belongs to; 0 when there is no child."""
        return self._client_in(child) or self._owner(child) or child if child else 0

    def under_pointer(self) -> Under:
        """What lies under the pointer."""
        reply = self._display.connection.request(QUERY_POINTER, 0, struct.pack("=I", self._display.root))
        child, x, y, buttons = struct.unpack_from("=Ihh4xH", reply, 12)
        return Under(Point(x, y), child, buttons)

    def check_place(self, wanted: Point, under: Under) -> None:
        """Raise ActionError when the pointer could not be put there: X stops it at the edge of the screen."""
        if under.place != wanted:
            raise ActionError(
                "The point {point} cannot be reached with the mouse, so nothing was pressed.",
                "It lies outside of the screen, or something holds the pointer at {place}.",
                point=wanted,
                place=under.place,
            )

    def check_window(self, wanted: int, point: Point, child: int) -> None:
        """Raise WrongWindow when what lies at the point is not the window, or another program holds the mouse."""
        found = self.window_of(child)
        if found != wanted:
            raise WrongWindow(
                "At {point} lies {there} instead of {window}, so nothing was pressed.",
                "Close or move what covers it; for a menu or dialog of its own, name that window.",
                point=point,
                there=self._display.name(found),
                window=self._display.name(wanted),
            )
        if self._is_grabbed(child) and (holder := self._foreign_popup(wanted)):
            raise WrongWindow(
                "{holder} holds the mouse, so a click would not reach {window}; nothing was pressed.",
                "It may be an open menu: close it first, for example with the escape key.",
                holder=self._display.name(holder),
                window=self._display.name(wanted),
            )

    def _foreign_popup(self, window: int) -> int:
        """The topmost menu (or other window that manages itself) when it is of another program; else 0."""
        popup = self._display.popup()
        foreign = popup and self._display.program(popup) != self._display.program(window)
        # A window manager's frames manage themselves too.
        return popup if foreign and not self._client_in(popup) else 0

    def _is_grabbed(self, child: int) -> bool:
        """Whether a program has taken the mouse for itself; found out by trying to take it.

        With the very window under the pointer as the grabbing one it causes no event, so no program notices.
        """
        x = self._display.connection
        body = struct.pack("=IHBBIII", self._deepest(child), 0, _ASYNCHRONOUS, _ASYNCHRONOUS, 0, 0, 0)
        try:
            taken = x.request(_GRAB_POINTER, True, body)[1] == _ALREADY_GRABBED
        except XError:  # the window has just vanished
            return False
        x.post(_UNGRAB_POINTER, 0, struct.pack("=I", 0))
        return taken

    def _deepest(self, child: int) -> int:
        """The innermost window under the pointer."""
        window = child or self._display.root
        for _ in range(20):
            reply = self._display.connection.request(QUERY_POINTER, 0, struct.pack("=I", window))
            inner: int = struct.unpack_from("=I", reply, 12)[0]
            if not inner:
                break
            window = inner
        return window

    def _client_in(self, frame: int) -> int:
        """The application's window in a window manager's frame; 0 when there is none."""
        clients = set(self._display.clients())
        level = [frame]
        for _ in range(3):  # no window manager puts more than two windows around a client
            for window in level:
                if window in clients:
                    return window
            level = [child for window in level for child in self._children(window)]
        return 0

    def _children(self, window: int) -> tuple[int, ...]:
        try:
            return self._display.tree(window)[1]
        except XError:
            return ()

    def _owner(self, popup: int) -> int:
        """The window that a menu or tooltip belongs to: the one that it names, else its program's topmost one."""
        clients = self._display.clients()
        try:
            named = next(iter(self._display.numbers(popup, "WM_TRANSIENT_FOR")), 0)
        except XError:
            return 0
        program = self._display.program(popup)
        ours = (window for window in clients if self._display.program(window) == program)
        return named if named in clients else next(ours, 0)

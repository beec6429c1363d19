"""`X11Windows`: the windows of an X11 desktop, by the window managers' convention (EWMH).

https://specifications.freedesktop.org/wm-spec/latest/. Works without a window manager too, as far as X goes.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Iterable, Sequence

from agent.core.errors import WindowNotFound, WrongWindow
from agent.core.geometry import Point, Region
from agent.core.target import WindowInfo
from agent.devices.process_name import process_name
from agent.devices.x11.connection import Connection, XError
from agent.devices.x11.display import GET_GEOMETRY, TITLES, TRANSLATE, Display, class_name, title_text, words

_FOCUS_S = 2.0
_FROM_PAGER = 2
"""Source indication: the user asked for it (EWMH, section 3.9), so that focus-stealing prevention lets it through."""
_MAP_WINDOW, _CONFIGURE_WINDOW, _SET_INPUT_FOCUS = 8, 12, 42
_STACK_MODE, _ABOVE, _REVERT_TO_PARENT = 0x40, 0, 2

_PROPERTIES = (
    *TITLES,
    "WM_CLASS",
    "_NET_WM_PID",
    "_NET_WM_STATE",
    "_NET_FRAME_EXTENTS",
    "_GTK_FRAME_EXTENTS",
)


class X11Windows:
    """Knows the top-level windows of one display. Thread-safe."""

    def __init__(self, connection: Connection) -> None:
        self._x = connection
        self._display = Display(connection)

    def list(self) -> tuple[WindowInfo, ...]:
        """All, the topmost first."""
        return tuple(self._infos(self._display.clients()))

    def active(self) -> WindowInfo | None:
        """The one that gets the keystrokes."""
        window = self._display.active()
        return next(iter(self._infos((window,))), None) if window else None

    def at(self, point: Point) -> WindowInfo | None:
        """The topmost one at this pixel. A menu or tooltip counts as the window that it belongs to."""
        top = self._child_at(point)
        if top == 0:
            return None
        window = self._client_in(top) or self._owner(top) or top
        return next(iter(self._infos((window,))), None)

    def focus(self, window_id: int) -> None:
        """Raise and activate it, un-minimising it; returns when it is active."""
        self._must_exist(window_id)
        try:
            if self._display.has_manager():
                self._display.tell_manager(window_id, "_NET_ACTIVE_WINDOW", _FROM_PAGER, 0, 0)
            else:
                self._focus_ourselves(window_id)
        except XError as error:
            raise _gone(window_id) from error
        self._wait_until_active(window_id)

    def close(self, window_id: int) -> None:
        """Ask it politely to close."""
        self._must_exist(window_id)
        try:
            if self._display.has_manager():
                self._display.tell_manager(window_id, "_NET_CLOSE_WINDOW", 0, _FROM_PAGER)
            else:
                delete = self._x.atom("WM_DELETE_WINDOW")
                self._display.send_message(window_id, window_id, "WM_PROTOCOLS", (delete, 0))
        except XError as error:
            raise _gone(window_id) from error

    # -- looking -------------------------------------------------------------------------------------------

    def _infos(self, windows: Iterable[int]) -> Sequence[WindowInfo]:
        """What is known of the windows; those that have vanished meanwhile are left out."""
        active = self._display.active()
        hidden = self._x.atom("_NET_WM_STATE_HIDDEN")
        # All questions first: the whole list costs one round trip.
        asked = [(window, self._ask(window)) for window in windows]
        answered = [(window, self._answers(questions)) for window, questions in asked]
        return [_info(window, answers, active, hidden) for window, answers in answered if answers is not None]

    def _ask(self, window: int) -> Sequence[int]:
        corner = struct.pack("=IIhh", window, self._display.root, 0, 0)
        properties = [self._display.ask_property(window, name) for name in _PROPERTIES]
        return [self._display.ask(GET_GEOMETRY, window), self._x.send(TRANSLATE, 0, corner), *properties]

    def _answers(self, questions: Iterable[int]) -> Sequence[bytes] | None:
        answers = [self._answer(question, plain=place < 2) for place, question in enumerate(questions)]
        known = [answer for answer in answers if answer is not None]
        return known if len(known) == len(answers) else None

    def _answer(self, question: int, *, plain: bool) -> bytes | None:
        """One reply (as it is) or property; None when the window has vanished."""
        try:
            return self._x.reply(question) if plain else self._display.property_in(question)
        except XError:
            return None

    def _child_at(self, point: Point) -> int:
        """The root's child at this pixel: a window manager's frame, a menu, or 0."""
        root = self._display.root
        reply = self._x.request(TRANSLATE, 0, struct.pack("=IIhh", root, root, point.x, point.y))
        return int(struct.unpack_from("=I", reply, 8)[0])

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

    # -- acting --------------------------------------------------------------------------------------------

    def _must_exist(self, window_id: int) -> None:
        if window_id not in self._display.clients():
            raise _gone(window_id)

    def _focus_ourselves(self, window_id: int) -> None:
        self._x.order(_MAP_WINDOW, 0, struct.pack("=I", window_id))
        self._x.order(_CONFIGURE_WINDOW, 0, struct.pack("=IHHI", window_id, _STACK_MODE, 0, _ABOVE))
        self._x.order(_SET_INPUT_FOCUS, _REVERT_TO_PARENT, struct.pack("=II", window_id, 0))

    def _wait_until_active(self, window_id: int) -> None:
        until = time.monotonic() + _FOCUS_S
        while not self._is_active(window_id):
            if time.monotonic() > until:
                self._must_exist(window_id)
                raise WrongWindow(
                    "{window} does not come to the front; {front} stays there.",
                    "A dialog of the program may be open, or the desktop is locked.",
                    window=self._display.name(window_id),
                    front=self._display.name(self._display.active()),
                )
            time.sleep(0.005)

    def _is_active(self, window_id: int) -> bool:
        return self._display.active() == window_id and self._display.within(self._display.input_focus(), window_id)


def _info(window: int, answers: Sequence[bytes], active: int, hidden: int) -> WindowInfo:
    geometry, corner, utf8, latin1, wm_class, pid, state, frame, shadow = answers
    (process_id,) = words(pid)[:1] or (0,)
    return WindowInfo(
        id=window,
        title=title_text(utf8, latin1),
        region=_region(geometry, corner, words(frame), words(shadow)),
        pid=process_id,
        process=process_name(process_id),
        class_name=class_name(wm_class),
        active=window == active,
        minimized=hidden in words(state),
    )


def _region(geometry: bytes, corner: bytes, frame: tuple[int, ...], shadow: tuple[int, ...]) -> Region:
    """The window with its frame. GTK draws a shadow inside of its own window, which is no part of it."""
    width, height = struct.unpack_from("=HH", geometry, 16)
    x, y = struct.unpack_from("=hh", corner, 12)
    left, right, top, bottom = frame if len(frame) == 4 else (0, 0, 0, 0)
    if len(shadow) == 4:
        left, right, top, bottom = (-edge for edge in shadow)
    return Region(x - left, y - top, max(0, width + left + right), max(0, height + top + bottom))


def _gone(window_id: int) -> WindowNotFound:
    return WindowNotFound("There is no window 0x{id}.", "It may have been closed meanwhile.", id=f"{window_id:x}")

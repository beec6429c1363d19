"""`X11Windows`: the windows of an X11 desktop, by the window managers' convention (EWMH).

https://specifications.freedesktop.org/wm-spec/latest/. Works without a window manager too, as far as X goes.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Callable, Iterable, Sequence

from agent.core.errors import ActionError, WindowNotFound, WrongWindow
from agent.core.geometry import Point, Region
from agent.core.target import WindowInfo, WindowState
from agent.devices.process_name import process_name
from agent.devices.x11.aim import Aim
from agent.devices.x11.connection import Connection, XError
from agent.devices.x11.display import GET_GEOMETRY, TITLES, TRANSLATE, Display, class_name, title_text, words
from agent.devices.x11.manager import Manager, edges, is_elsewhere

_FOCUS_S = 2.0
_STATE_S = 2.0
_SETTLE_S = 0.5
"""How long a window may take to come to a place; one that does not come there exactly is waited for in vain."""
_MAP_WINDOW, _CONFIGURE_WINDOW, _SET_INPUT_FOCUS = 8, 12, 42
_STACK_MODE, _ABOVE, _REVERT_TO_PARENT = 0x40, 0, 2

_PROPERTIES = (
    *TITLES,
    "WM_CLASS",
    "_NET_WM_PID",
    "_NET_WM_STATE",
    "_NET_WM_DESKTOP",
    "_NET_FRAME_EXTENTS",
    "_GTK_FRAME_EXTENTS",
)


class X11Windows:
    """Knows the top-level windows of one display. Thread-safe."""

    def __init__(self, connection: Connection) -> None:
        self._x = connection
        self._display = Display(connection)
        self._aim = Aim(self._display)
        self._manager = Manager(self._display)

    def list(self) -> tuple[WindowInfo, ...]:
        """All, the topmost first."""
        return tuple(self._infos(self._display.clients()))

    def active(self) -> WindowInfo | None:
        """The one that gets the keystrokes."""
        window = self._display.active()
        return next(iter(self._infos((window,))), None) if window else None

    def at(self, point: Point) -> WindowInfo | None:
        """The topmost one at this pixel. A menu or tooltip counts as the window that it belongs to."""
        window = self._aim.window_of(self._aim.child_at(point))
        return next(iter(self._infos((window,))), None) if window else None

    def focus(self, window_id: int) -> None:
        """Raise and activate it, un-minimising it, on its own workspace; returns when it is active."""
        self._must_exist(window_id)
        try:
            if self._display.has_manager():
                self._manager.show_workspace_of(window_id)
                self._manager.activate(window_id)
            else:
                self._focus_ourselves(window_id)
        except XError as error:
            raise _gone(window_id) from error
        self._wait_until_active(window_id)

    def set_state(self, window_id: int, state: WindowState) -> None:
        """Minimise, maximise or restore it; returns when that is done."""
        self._must_exist(window_id)
        try:
            self._manager.set_state(window_id, state)
            reached = self._comes_true(lambda: self._info(window_id).state == state)
            self._comes_true(lambda: self._stands_still(window_id), _SETTLE_S)
        except XError as error:
            raise _gone(window_id) from error
        if not reached:
            raise ActionError(
                "{window} did not become {state}.",
                "The program or the window manager does not allow it for this window.",
                window=self._display.name(window_id),
                state=state,
            )

    def move(self, window_id: int, region: Region) -> Region:
        """Put it (with its frame) there, restoring it first; returns where it is then."""
        if self._info(window_id).state != "normal":
            self.set_state(window_id, "normal")
        try:
            self._manager.move(window_id, region)
            self._comes_true(lambda: self._info(window_id).region == region, _SETTLE_S)
        except XError as error:
            raise _gone(window_id) from error
        return self._info(window_id).region

    def close(self, window_id: int) -> None:
        """Ask it politely to close."""
        self._must_exist(window_id)
        try:
            if self._display.has_manager():
                self._manager.close(window_id)
            else:
                delete = self._x.atom("WM_DELETE_WINDOW")
                self._display.send_message(window_id, window_id, "WM_PROTOCOLS", (delete, 0))
        except XError as error:
            raise _gone(window_id) from error

    # -- looking -------------------------------------------------------------------------------------------

    def _infos(self, windows: Iterable[int]) -> Sequence[WindowInfo]:
        """What is known of the windows; those that have vanished meanwhile are left out."""
        active = self._display.active()
        workspace = self._manager.workspace()
        # All questions first: the whole list costs one round trip.
        asked = [(window, self._ask(window)) for window in windows]
        answered = [(window, self._answers(questions)) for window, questions in asked]
        return [
            self._described(window, answers, active, workspace) for window, answers in answered if answers is not None
        ]

    def _described(self, window: int, answers: Sequence[bytes], active: int, workspace: int | None) -> WindowInfo:
        geometry, corner, utf8, latin1, wm_class, pid, state, desktop, frame, shadow = answers
        (process_id,) = words(pid)[:1] or (0,)
        minimized, maximized, fullscreen = self._manager.shown_as(words(state))
        return WindowInfo(
            id=window,
            title=title_text(utf8, latin1),
            region=_region(geometry, corner, words(frame), words(shadow)),
            pid=process_id,
            process=process_name(process_id),
            class_name=class_name(wm_class),
            active=window == active,
            minimized=minimized,
            maximized=maximized,
            fullscreen=fullscreen,
            elsewhere=is_elsewhere(words(desktop), workspace),
        )

    def _info(self, window_id: int) -> WindowInfo:
        self._must_exist(window_id)
        found = next(iter(self._infos((window_id,))), None)
        if found is None:
            raise _gone(window_id)
        return found

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

    # -- acting --------------------------------------------------------------------------------------------

    def _must_exist(self, window_id: int) -> None:
        if window_id not in self._display.clients():
            raise _gone(window_id)

    def _stands_still(self, window_id: int) -> bool:
        before = self._info(window_id).region
        time.sleep(0.01)
        return self._info(window_id).region == before

    def _focus_ourselves(self, window_id: int) -> None:
        self._x.order(_MAP_WINDOW, 0, struct.pack("=I", window_id))
        self._x.order(_CONFIGURE_WINDOW, 0, struct.pack("=IHHI", window_id, _STACK_MODE, 0, _ABOVE))
        self._x.order(_SET_INPUT_FOCUS, _REVERT_TO_PARENT, struct.pack("=II", window_id, 0))

    def _wait_until_active(self, window_id: int) -> None:
        if not self._comes_true(lambda: self._is_active(window_id), _FOCUS_S):
            self._must_exist(window_id)
            raise WrongWindow(
                "{window} does not come to the front; {front} stays there.",
                "A dialog of the program may be open, or the desktop is locked.",
                window=self._display.name(window_id),
                front=self._display.name(self._display.active()),
            )

    @staticmethod
    def _comes_true(true: Callable[[], bool], within_s: float = _STATE_S) -> bool:
        """Whether something that the window manager was asked for happens in time."""
        until = time.monotonic() + within_s
        while not true():
            if time.monotonic() > until:
                return False
            time.sleep(0.005)
        return True

    def _is_active(self, window_id: int) -> bool:
        return self._display.active() == window_id and self._display.within(self._display.input_focus(), window_id)


def _region(geometry: bytes, corner: bytes, frame: tuple[int, ...], shadow: tuple[int, ...]) -> Region:
    """The window with its frame."""
    width, height = struct.unpack_from("=HH", geometry, 16)
    x, y = struct.unpack_from("=hh", corner, 12)
    left, right, top, bottom = edges(frame, shadow)
    return Region(x - left, y - top, max(0, width + left + right), max(0, height + top + bottom))


def _gone(window_id: int) -> WindowNotFound:
    return WindowNotFound("There is no window 0x{id}.", "It may have been closed meanwhile.", id=f"{window_id:x}")

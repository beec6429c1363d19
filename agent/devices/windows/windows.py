"""`WindowsWindows`: the top-level windows that a person would count."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agent.core.errors import ActionError, Elevated, WindowNotFound, WrongWindow
from agent.core.geometry import Point, Region
from agent.core.target import WindowInfo, WindowState
from agent.devices.process_name import process_name
from agent.devices.windows.integrity import Integrity
from agent.devices.windows.user32 import (
    DWMWA_CLOAKED,
    DWMWA_EXTENDED_FRAME_BOUNDS,
    GA_ROOT,
    GWL_EXSTYLE,
    INPUT_MOUSE,
    SW_MAXIMIZE,
    SW_MINIMIZE,
    SW_RESTORE,
    SWP_ASYNC,
    SWP_KEEP_ORDER,
    WM_CLOSE,
    WS_EX_APPWINDOW,
    WS_EX_TOOLWINDOW,
    EnumProc,
    Input,
    PointStruct,
    Rect,
)

_FOCUS_S = 2.0
_STATE_S = 2.0
_SETTLE_S = 0.5
_TEXT = 512
_COMMANDS: Mapping[WindowState, int] = {"normal": SW_RESTORE, "minimised": SW_MINIMIZE, "maximised": SW_MAXIMIZE}


class WindowsWindows:
    """Knows the windows of this desktop. Thread-safe."""

    def __init__(self, user32: Any, dwmapi: Any, integrity: Integrity) -> None:
        self._user32 = user32
        self._dwmapi = dwmapi
        self._integrity = integrity

    def list(self) -> tuple[WindowInfo, ...]:
        """All, the topmost first."""
        return tuple(self._info(window) for window in self._handles() if self._is_for_people(window))

    def active(self) -> WindowInfo | None:
        """The one that gets the keystrokes."""
        window = self.foreground()
        return self._info(window) if window else None

    def at(self, point: Point) -> WindowInfo | None:
        """The topmost one at this pixel."""
        inner = self._user32.WindowFromPoint(PointStruct(point.x, point.y))
        window = self._user32.GetAncestor(inner, GA_ROOT) if inner else 0
        return self._info(window) if window else None

    def focus(self, window_id: int) -> None:
        """Raise and activate it, un-minimising it; returns when it is active."""
        self._must_exist(window_id)
        if self._user32.IsIconic(window_id):
            self._user32.ShowWindow(window_id, SW_RESTORE)
        # Only who had the last input event may take the foreground; a movement by nothing is one.
        nothing = Input(type=INPUT_MOUSE)
        self._user32.SendInput(1, ctypes.byref(nothing), ctypes.sizeof(Input))
        self._user32.SetForegroundWindow(window_id)
        if not _comes_true(lambda: self.foreground() == window_id, _FOCUS_S):
            self._must_exist(window_id)
            raise WrongWindow(
                "{window} does not come to the front; {front} stays there.",
                "A dialog of the program may be open, or the desktop is locked.",
                window=self.name(window_id),
                front=self.name(self.foreground()),
            )

    def set_state(self, window_id: int, state: WindowState) -> None:
        """Minimise, maximise or restore it; returns when that is done."""
        self._must_exist(window_id)
        if state not in _COMMANDS:
            raise ActionError(
                "Windows cannot make the window of another program full screen.",
                "Most programs do it themselves by a key: press f11 with keyboard.hotkey.",
            )
        if not _comes_true(lambda: self._is_shown(window_id, state), _STATE_S):
            self._must_exist(window_id)
            raise ActionError(
                "{window} did not become {state}.",
                "The program or the window manager does not allow it for this window.",
                window=self.name(window_id),
                state=state,
            )

    def move(self, window_id: int, region: Region) -> Region:
        """Put it (with its frame) there, restoring it first; returns where it is then."""
        self._must_exist(window_id)
        if self._info(window_id).state != "normal":
            self.set_state(window_id, "normal")
        # Windows counts an unseen border with it, which is no part of what a person sees as the window.
        outer, seen = Rect(), self._attribute(window_id, DWMWA_EXTENDED_FRAME_BOUNDS, Rect())
        self._user32.GetWindowRect(window_id, ctypes.byref(outer))
        left, top = region.x - (seen.left - outer.left), region.y - (seen.top - outer.top)
        right, bottom = region.right + (outer.right - seen.right), region.bottom + (outer.bottom - seen.bottom)
        self._user32.SetWindowPos(window_id, 0, left, top, right - left, bottom - top, SWP_KEEP_ORDER | SWP_ASYNC)
        _comes_true(lambda: self._info(window_id).region == region, _SETTLE_S)
        return self._info(window_id).region

    def check_reachable(self, window: WindowInfo) -> None:
        """Raise Elevated when Windows would swallow our input for this window."""
        if window.elevated:
            raise Elevated(
                "{window} ({process}) runs with more rights than this program, so Windows would swallow the input.",
                "Start this program as administrator too, or start {process} without administrator rights.",
                window=window,
                process=window.process or window.pid,
            )

    def close(self, window_id: int) -> None:
        """Ask it politely to close."""
        self._must_exist(window_id)
        self._user32.PostMessageW(window_id, WM_CLOSE, 0, 0)

    def foreground(self) -> int:
        """The handle of the active window; 0 for none, as on a locked desktop."""
        return int(self._user32.GetForegroundWindow() or 0)

    def name(self, window: int) -> str:
        """The window for a sentence."""
        if window == 0:
            return "no window"
        return str(self._info(window)) if self._user32.IsWindow(window) else f"0x{window:x}"

    def _handles(self) -> Sequence[int]:
        found: Sequence[int] = ()

        def take(window: int, _: int) -> int:
            nonlocal found
            found = (*found, window)
            return 1

        self._user32.EnumWindows(EnumProc(take), 0)
        return found

    def _is_for_people(self, window: int) -> bool:
        """Whether it would be on the task bar: shown, not hidden by the system, nobody's tool window."""
        if not self._user32.IsWindowVisible(window) or self._attribute(window, DWMWA_CLOAKED, ctypes.c_uint32()).value:
            return False
        style = self._user32.GetWindowLongW(window, GWL_EXSTYLE)
        is_tool = bool(style & WS_EX_TOOLWINDOW) and not style & WS_EX_APPWINDOW
        return not is_tool and bool(self._text("GetWindowTextW", window))

    def _info(self, window: int) -> WindowInfo:
        pid = ctypes.c_uint32()
        self._user32.GetWindowThreadProcessId(window, ctypes.byref(pid))
        bounds = self._attribute(window, DWMWA_EXTENDED_FRAME_BOUNDS, Rect())
        size = (max(0, bounds.right - bounds.left), max(0, bounds.bottom - bounds.top))
        return WindowInfo(
            id=window,
            title=self._text("GetWindowTextW", window),
            region=Region(bounds.left, bounds.top, *size),
            pid=pid.value,
            process=process_name(pid.value),
            class_name=self._text("GetClassNameW", window),
            active=window == self.foreground(),
            minimized=bool(self._user32.IsIconic(window)),
            maximized=bool(self._user32.IsZoomed(window)),
            elevated=self._integrity.above_ours(pid.value),
        )

    def _attribute(self, window: int, number: int, value: Any) -> Any:
        self._dwmapi.DwmGetWindowAttribute(window, number, ctypes.byref(value), ctypes.sizeof(value))
        return value

    def _text(self, function: str, window: int) -> str:
        buffer = ctypes.create_unicode_buffer(_TEXT)
        getattr(self._user32, function)(window, buffer, _TEXT)
        return buffer.value

    def _is_shown(self, window_id: int, state: WindowState) -> bool:
        """Whether it is shown so; if not, ask for it (a minimised one is restored to what it was before at first)."""
        if self._info(window_id).state == state:
            return True
        # Not ShowWindow, which waits for a program that hangs.
        self._user32.ShowWindowAsync(window_id, _COMMANDS[state])
        return False

    def _must_exist(self, window_id: int) -> None:
        if not self._user32.IsWindow(window_id):
            raise WindowNotFound(
                "There is no window 0x{id}.", "It may have been closed meanwhile.", id=f"{window_id:x}"
            )


def _comes_true(true: Callable[[], bool], within_s: float) -> bool:
    """Whether something that Windows was asked for happens in time."""
    until = time.monotonic() + within_s
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.005)
    return True

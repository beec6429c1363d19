"""`MacWindows`: the windows that the window server lists."""

from __future__ import annotations

import time
from typing import Any

from agent.core.errors import ActionError, WindowNotFound, WrongWindow
from agent.core.geometry import Point, Region
from agent.core.target import WindowInfo, WindowState
from agent.devices.macos.elements import Elements

_FOCUS_S = 2.0
_ALL_WINDOWS_AND_IGNORE_OTHERS = 3
"""NSApplicationActivateAllWindows | NSApplicationActivateIgnoringOtherApps."""


class MacWindows:
    """Knows the windows on the screen. A window is active when it is the first of the front program."""

    def __init__(self, quartz: Any, appkit: Any, elements: Elements) -> None:
        self._quartz = quartz
        self._appkit = appkit
        self._elements = elements

    def list(self) -> tuple[WindowInfo, ...]:
        """All on the screen, the topmost first."""
        options = self._quartz.kCGWindowListOptionOnScreenOnly | self._quartz.kCGWindowListExcludeDesktopElements
        described = self._quartz.CGWindowListCopyWindowInfo(options, self._quartz.kCGNullWindowID) or ()
        # Layer 0 is where programs have their windows; the menu bar and the Dock lie above.
        ours = [each for each in described if each.get("kCGWindowLayer") == 0]
        front = self._front_pid()
        first = next((each["kCGWindowNumber"] for each in ours if each["kCGWindowOwnerPID"] == front), 0)
        return tuple(_info(each, first) for each in ours)

    def active(self) -> WindowInfo | None:
        """The one that gets the keystrokes."""
        return next((window for window in self.list() if window.active), None)

    def at(self, point: Point) -> WindowInfo | None:
        """The topmost one at this point."""
        return next((window for window in self.list() if window.region.contains(point)), None)

    def focus(self, window_id: int) -> None:
        """Bring its program to the front; of several windows of a program, macOS chooses the last used one."""
        window = self._get(window_id)
        program = self._appkit.NSRunningApplication.runningApplicationWithProcessIdentifier_(window.pid)
        if program is not None:
            program.activateWithOptions_(_ALL_WINDOWS_AND_IGNORE_OTHERS)
        until = time.monotonic() + _FOCUS_S
        while (active := self.active()) is None or active.id != window_id:
            if time.monotonic() > until:
                raise WrongWindow(
                    "{window} does not come to the front; {front} stays there.",
                    "A dialog of the program may be open, or the desktop is locked.",
                    window=window,
                    front=active or "no window",
                )
            time.sleep(0.01)

    def set_state(self, window_id: int, state: WindowState) -> None:
        """Minimise it, make it fill the screen, or undo both."""
        window = self._get(window_id)
        if state == "maximised":
            raise ActionError(
                "macOS knows no maximised windows.", "Use full screen, or move the window to the size of the screen."
            )
        self._elements.change(window, "AXFullScreen", state == "fullscreen")
        self._elements.change(window, "AXMinimized", state == "minimised")

    def move(self, window_id: int, region: Region) -> Region:
        """Put it there; returns where it is then."""
        self._elements.place(self._get(window_id), region)
        return self._get(window_id).region

    def close(self, window_id: int) -> None:
        """Ask it politely to close."""
        self._elements.close(self._get(window_id))

    def _get(self, window_id: int) -> WindowInfo:
        for window in self.list():
            if window.id == window_id:
                return window
        raise WindowNotFound("There is no window 0x{id}.", "It may have been closed meanwhile.", id=f"{window_id:x}")

    def _front_pid(self) -> int:
        program = self._appkit.NSWorkspace.sharedWorkspace().frontmostApplication()
        return int(program.processIdentifier()) if program is not None else 0


def _info(described: Any, active: int) -> WindowInfo:
    bounds = described["kCGWindowBounds"]
    return WindowInfo(
        id=int(described["kCGWindowNumber"]),
        title=str(described.get("kCGWindowName") or ""),
        region=Region(int(bounds["X"]), int(bounds["Y"]), int(bounds["Width"]), int(bounds["Height"])),
        pid=int(described["kCGWindowOwnerPID"]),
        process=str(described.get("kCGWindowOwnerName") or ""),
        active=described["kCGWindowNumber"] == active,
    )

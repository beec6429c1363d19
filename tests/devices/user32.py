"""A double of the parts of ``user32`` and ``dwmapi`` that we call, after their documentation.

https://learn.microsoft.com/en-us/windows/win32/api/winuser/. It takes what ctypes passes (pointers and structures)
and behaves as documented: SendInput delivers to the foreground window, and returns how many events it took.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from agent.devices.windows.user32 import INPUT_KEYBOARD, KEY_UP, UNICODE, VK_RETURN, VK_TAB, Input, PointStruct, Rect


@dataclass
class Window:
    """One top-level window."""

    handle: int
    title: str
    place: tuple[int, int, int, int]
    pid: int = 0
    visible: bool = True
    cloaked: bool = False
    iconic: bool = False
    style: int = 0
    typed: bytes = b""

    @property
    def text(self) -> str:
        """What it got, as the UTF-16 that Windows hands on."""
        return self.typed.decode("utf-16-le")


@dataclass
class User32:
    """The desktop. `stack` is in Z order, the topmost first."""

    stack: list[Window] = field(default_factory=list)
    foreground: Window | None = None
    refuses: bool = False
    """Whether input is blocked, as for a window of a higher integrity level."""
    before_input: Callable[[], None] = lambda: None
    sizes: set[int] = field(default_factory=set)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"the double of user32 has no {name}")

    def GetForegroundWindow(self) -> int | None:  # noqa: N802 - Windows' name, here and below
        return self.foreground.handle if self.foreground else None

    def SetForegroundWindow(self, handle: int) -> int:  # noqa: N802
        self.foreground = self._get(handle)
        self.stack.remove(self.foreground)
        self.stack.insert(0, self.foreground)
        return 1

    def IsWindow(self, handle: int) -> int:  # noqa: N802
        return int(any(window.handle == handle for window in self.stack))

    def IsWindowVisible(self, handle: int) -> int:  # noqa: N802
        return int(self._get(handle).visible)

    def IsIconic(self, handle: int) -> int:  # noqa: N802
        return int(self._get(handle).iconic)

    def ShowWindow(self, handle: int, command: int) -> int:  # noqa: N802
        self._get(handle).iconic = command != 9
        return 1

    def PostMessageW(self, handle: int, message: int, *_: int) -> int:  # noqa: N802
        if message == 0x10:
            self.stack.remove(self._get(handle))
        return 1

    def EnumWindows(self, callback: Any, parameter: int) -> int:  # noqa: N802
        for window in list(self.stack):
            if not callback(window.handle, parameter):
                break
        return 1

    def GetWindowLongW(self, handle: int, index: int) -> int:  # noqa: N802
        assert index == -20
        return self._get(handle).style

    def GetWindowTextW(self, handle: int, buffer: Any, size: int) -> int:  # noqa: N802
        buffer.value = self._get(handle).title[: size - 1]
        return len(buffer.value)

    def GetClassNameW(self, handle: int, buffer: Any, size: int) -> int:  # noqa: N802
        buffer.value = "Double"
        return len(buffer.value)

    def GetWindowThreadProcessId(self, handle: int, pid: Any) -> int:  # noqa: N802
        pid._obj.value = self._get(handle).pid
        return 1

    def WindowFromPoint(self, point: PointStruct) -> int | None:  # noqa: N802
        for window in self.stack:
            left, top, right, bottom = window.place
            if not window.iconic and left <= point.x < right and top <= point.y < bottom:
                return window.handle
        return None

    def GetAncestor(self, handle: int, flags: int) -> int:  # noqa: N802
        assert flags == 2
        return handle

    def SendInput(self, count: int, events: Any, size: int) -> int:  # noqa: N802
        self.sizes.add(size)
        if self.refuses:
            return 0
        for event in events if isinstance(events, ctypes.Array) else [events._obj]:
            if event.type == INPUT_KEYBOARD:
                self._key(event)
        return count

    def _key(self, event: Input) -> None:
        key = event.union.keyboard
        if key.flags & KEY_UP or self.foreground is None:
            return
        named = {VK_TAB: "\t", VK_RETURN: "\n"}
        unit = key.scan.to_bytes(2, "little") if key.flags & UNICODE else named[key.key].encode("utf-16-le")
        self.foreground.typed += unit

    def _get(self, handle: int) -> Window:
        return next(window for window in self.stack if window.handle == handle)


@dataclass
class Dwmapi:
    """The attributes of the windows of a `User32`."""

    user32: User32

    def DwmGetWindowAttribute(self, handle: int, attribute: int, value: Any, size: int) -> int:  # noqa: N802
        window = self.user32._get(handle)
        if attribute == 14:
            value._obj.value = 2 if window.cloaked else 0
        else:
            assert (attribute, size) == (9, ctypes.sizeof(Rect))
            value._obj.left, value._obj.top, value._obj.right, value._obj.bottom = window.place
        return 0


class Gui:
    """PyAutoGUI's functions that we call; it keeps what was asked."""

    class FailSafeException(Exception):
        """The pointer is in a corner."""

    def __init__(self, user32: User32) -> None:
        self._user32 = user32
        self.at = (0, 0)
        self.calls: list[tuple[Any, ...]] = []
        self.in_corner = False

    def position(self) -> tuple[int, int]:
        return self.at

    def moveTo(self, x: int, y: int) -> None:  # noqa: N802
        self._note("moveTo", x, y)
        self.at = (x, y)

    def click(self, x: int, y: int, clicks: int = 1, button: str = "left") -> None:
        self._note("click", x, y, clicks, button)
        self.at = (x, y)
        handle = self._user32.WindowFromPoint(PointStruct(x, y))
        if handle is not None:
            self._user32.SetForegroundWindow(handle)

    def scroll(self, clicks: int) -> None:
        self._note("scroll", clicks)

    def hscroll(self, clicks: int) -> None:
        self._note("hscroll", clicks)

    def keyDown(self, key: str) -> None:  # noqa: N802
        self._note("keyDown", key)

    def keyUp(self, key: str) -> None:  # noqa: N802
        self._note("keyUp", key)

    def mouseUp(self, button: str = "left") -> None:  # noqa: N802
        self._note("mouseUp", button)

    def _note(self, *call: Any) -> None:
        if self.in_corner:
            raise self.FailSafeException
        self.calls.append(call)

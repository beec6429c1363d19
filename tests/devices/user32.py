"""A double of the parts of ``user32`` and ``dwmapi`` that we call, after their documentation.

https://learn.microsoft.com/en-us/windows/win32/api/winuser/. It takes what ctypes passes (pointers and structures)
and behaves as documented: SendInput delivers to the foreground window, and returns how many events it took.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from agent.devices.windows.user32 import INPUT_KEYBOARD, KEY_UP, UNICODE, Input, PointStruct, Rect

BORDER = 7
"""What Windows adds on the left, on the right and below, without showing it."""


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
    zoomed: bool = False
    clicks: list[str] = field(default_factory=list)
    """The mouse events that it got, such as ``left down``."""
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
    screen: tuple[int, int, int, int] = (0, 0, 1920, 1080)
    """Left, top, width and height of the virtual desktop."""
    swapped: bool = False
    pointer: tuple[int, int] = (0, 0)
    sizes: set[int] = field(default_factory=set)
    keys: list[tuple[int, str, bool]] = field(default_factory=list)
    """(virtual-key code, down or up, whether it is one of the enhanced keyboard), characters left out."""
    held_by_person: set[int] = field(default_factory=set)

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

    def IsZoomed(self, handle: int) -> int:  # noqa: N802
        return int(self._get(handle).zoomed)

    def ShowWindow(self, handle: int, command: int) -> int:  # noqa: N802
        window = self._get(handle)
        if command == 6:
            window.iconic = True
            if self.foreground is window:
                self.foreground = None
        elif command == 9 and window.iconic:
            window.iconic = False  # what was maximised before is so again
        else:
            window.iconic, window.zoomed = False, command == 3
        return 1

    ShowWindowAsync = ShowWindow

    def GetWindowRect(self, handle: int, rect: Any) -> int:  # noqa: N802
        left, top, right, bottom = self._get(handle).place
        rect._obj.left, rect._obj.top = left - BORDER, top
        rect._obj.right, rect._obj.bottom = right + BORDER, bottom + BORDER
        return 1

    def SetWindowPos(self, handle: int, after: int, left: int, top: int, width: int, height: int, flags: int) -> int:  # noqa: N802, PLR0917 - as Windows has it
        assert flags == 0x4 | 0x10 | 0x4000
        self._get(handle).place = (left + BORDER, top, left + width - BORDER, top + height - BORDER)
        return 1

    def GetCursorPos(self, point: Any) -> int:  # noqa: N802
        point._obj.x, point._obj.y = self.pointer
        return 1

    def GetSystemMetrics(self, number: int) -> int:  # noqa: N802
        return {23: int(self.swapped), **dict(zip((76, 77, 78, 79), self.screen, strict=True))}[number]

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
        if pid is not None:
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
            else:
                self._mouse(event.union.mouse)
        return count

    def GetAsyncKeyState(self, key: int) -> int:  # noqa: N802
        return -0x8000 if key in self.held_by_person else 0

    def GetKeyboardLayout(self, thread: int) -> int:  # noqa: N802
        assert thread == 1
        return 0x407

    def VkKeyScanExW(self, character: int, layout: int) -> int:  # noqa: N802
        assert layout == 0x407
        known = {"a": 0x41, "s": 0x53, "Ä": 0x1DE, "ä": 0xDE, "€": 0x645, "+": 0xBB}
        return known.get(chr(character), -1)

    def MapVirtualKeyW(self, code: int, kind: int) -> int:  # noqa: N802
        assert kind == 0
        return code + 0x100

    def _key(self, event: Input) -> None:
        key = event.union.keyboard
        if not key.flags & UNICODE:
            assert key.scan == key.key + 0x100
            self.keys.append((key.key, "up" if key.flags & KEY_UP else "down", bool(key.flags & 1)))
        if key.flags & KEY_UP or self.foreground is None:
            return
        named = {0x09: "\t", 0x0D: "\n"}
        unit = key.scan.to_bytes(2, "little") if key.flags & UNICODE else named.get(key.key, "").encode("utf-16-le")
        self.foreground.typed += unit

    def _mouse(self, mouse: Any) -> None:
        if mouse.flags & 0x8000:
            assert mouse.flags == 0x1 | 0x4000 | 0x8000
            left, top, width, height = self.screen
            x, y = left + mouse.dx * width // 65536, top + mouse.dy * height // 65536
            self.pointer = (min(max(x, left), left + width - 1), min(max(y, top), top + height - 1))
        kind = {0x2: "left down", 0x4: "left up", 0x8: "right down", 0x10: "right up", 0x20: "middle down"}
        kind |= {0x40: "middle up", 0x800: "wheel", 0x1000: "side wheel"}
        handle = self.WindowFromPoint(PointStruct(*self.pointer))
        if mouse.flags in kind and handle is not None:
            turned = f" {ctypes.c_int32(mouse.data).value}" if mouse.data else ""
            self._get(handle).clicks.append(kind[mouse.flags] + turned)
            if "down" in kind[mouse.flags]:
                self.SetForegroundWindow(handle)

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

    def failSafeCheck(self) -> None:  # noqa: N802
        if self.in_corner:
            raise self.FailSafeException

    def isValidKey(self, key: str) -> bool:  # noqa: N802
        return key.isascii()

    def mouseDown(self, button: str = "left") -> None:  # noqa: N802
        self._note("mouseDown", button)

    def dragTo(self, x: int, y: int, button: str = "left", mouseDownUp: bool = True) -> None:  # noqa: N802, N803
        self._note("dragTo", x, y, button, mouseDownUp)
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

"""`WindowsOutlook`: what Windows tells of mouse and keyboard, by low-level hooks. Written from the documentation.

https://learn.microsoft.com/en-us/windows/win32/winmsg/lowlevelkeyboardproc and .../lowlevelmouseproc. A flag tells the
input that a program has sent; a remote desktop's has none, and is the person's. The hooks are called in this thread
while it takes messages from its queue, and Windows waits for them: so they only note.
"""

from __future__ import annotations

import ctypes
from collections.abc import Collection, Iterable, Sequence
from ctypes import Structure, byref, c_int32, c_size_t, c_uint32, c_void_p
from typing import Any

from agent.core.errors import DeviceError
from agent.devices.person.board import BUTTON_DOWN, BUTTON_UP, KEY_DOWN, KEY_UP, MOTION
from agent.devices.person.outlook import Act, Screen
from agent.devices.windows.keys import KEYS
from agent.devices.windows.user32 import INPUT_KEYBOARD, INPUT_MOUSE, Input, PointStruct, Rect
from agent.devices.windows.user32 import KEY_UP as KEY_UP_FLAG

KEYBOARD_HOOK, MOUSE_HOOK = 13, 14
"""WH_KEYBOARD_LL and WH_MOUSE_LL."""
KEY_INJECTED, MOUSE_INJECTED, KEY_IS_UP = 0x10, 0x01, 0x80
"""LLKHF_INJECTED, LLMHF_INJECTED and LLKHF_UP."""
_MOUSE_MOVED = 0x200
_BUTTONS = {
    0x201: (BUTTON_DOWN, 1),
    0x202: (BUTTON_UP, 1),
    0x204: (BUTTON_DOWN, 3),
    0x205: (BUTTON_UP, 3),
    0x207: (BUTTON_DOWN, 2),
    0x208: (BUTTON_UP, 2),
    0x20A: (BUTTON_DOWN, 4),
    0x20B: (BUTTON_DOWN, 8),
    0x20C: (BUTTON_UP, 8),
    0x20E: (BUTTON_DOWN, 6),
}
"""WM_LBUTTONDOWN and so on; the wheels (0x20A, 0x20E) count as X11 counts them."""

_ALL_INPUT, _REMOVE, _FOREVER = 0x04FF, 1, 0xFFFFFFFF
_WAKE = 0x8000
"""WM_APP: a message of our own."""
_NO_REPEAT = 0x4000
_MODIFIERS = {"alt": 1, "ctrl": 2, "shift": 4, "meta": 8}
_TAKEN_ID = 1
_TWINS = {"ctrl": (0xA3,), "shift": (0xA1,), "alt": (0xA5,), "meta": (0x5C,), "pause": (0x03,)}
"""The right-hand keys; and Pause with Ctrl, which Windows calls VK_CANCEL."""
_MOUSE_KEYS = {1: 0x4, 2: 0x10, 4: 0x40}
"""VK_LBUTTON, VK_RBUTTON and VK_MBUTTON, with the flag that lets each go."""


class KeyHook(Structure):
    """KBDLLHOOKSTRUCT."""

    _fields_ = (("key", c_uint32), ("scan", c_uint32), ("flags", c_uint32), ("time", c_uint32), ("extra", c_size_t))


class MouseHook(Structure):
    """MSLLHOOKSTRUCT."""

    _fields_ = (
        ("place", PointStruct),
        ("data", c_uint32),
        ("flags", c_uint32),
        ("time", c_uint32),
        ("extra", c_size_t),
    )


class _Message(Structure):
    """MSG, with room for what newer systems add."""

    _fields_ = (("window", c_void_p), ("message", c_uint32), ("rest", c_size_t * 6))


HookProc = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)(c_size_t, c_int32, c_size_t, c_size_t)
_MonitorProc = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)(
    c_int32, c_void_p, c_void_p, ctypes.POINTER(Rect), c_size_t
)


class WindowsOutlook:
    """An `Outlook` (see there) on this session's desktop. Made, and used, in one thread."""

    def __init__(self, user32: Any, thread: int) -> None:
        """`thread` is the number of the thread that uses it."""
        self._user32 = user32
        self._thread = thread
        self._acts: list[Act] = []
        self._hooks: list[Any] = []
        self._held: set[int] = set()
        """Keys that the person holds."""
        self._keys: tuple[frozenset[int], ...] = ()
        # Kept: ctypes does not, and Windows calls them.
        self._procs = {KEYBOARD_HOOK: HookProc(self._key), MOUSE_HOOK: HookProc(self._mouse)}

    @classmethod
    def of_this_system(cls) -> WindowsOutlook:
        """For the thread that calls it."""
        user32, kernel32 = (ctypes.WinDLL(name) for name in ("user32", "kernel32"))  # type: ignore[attr-defined,unused-ignore]  # only on Windows
        user32.SetWindowsHookExW.restype = c_void_p
        user32.SetWindowsHookExW.argtypes = (c_int32, HookProc, c_void_p, c_uint32)
        user32.CallNextHookEx.restype = c_size_t
        user32.CallNextHookEx.argtypes = (c_void_p, c_int32, c_size_t, c_size_t)
        user32.UnhookWindowsHookEx.argtypes = (c_void_p,)
        user32.EnumDisplayMonitors.argtypes = (c_void_p, c_void_p, _MonitorProc, c_size_t)
        return cls(user32, kernel32.GetCurrentThreadId())

    def begin(self, keys: Sequence[str]) -> bool:
        """See `Outlook`. Another agent of ours counts as another program: Windows does not tell."""
        self.rest()
        for kind, proc in self._procs.items():
            hook = self._user32.SetWindowsHookExW(kind, proc, None, 0)
            if not hook:
                raise DeviceError("Windows lets nobody listen to mouse and keyboard here.", "Sign in at the machine.")
            self._hooks.append(hook)
        self._keys = tuple(_codes(key) for key in keys)
        return self._are_taken(keys)

    def rest(self) -> None:
        """See `Outlook`."""
        for hook in self._hooks:
            self._user32.UnhookWindowsHookEx(hook)
        self._user32.UnregisterHotKey(None, _TAKEN_ID)
        self._hooks.clear()
        self._acts.clear()
        self._held.clear()
        self._keys = ()

    def wait(self, seconds: float | None) -> None:
        """See `Outlook`."""
        most_ms = _FOREVER if seconds is None else int(1000 * seconds)
        if not self._acts:
            self._user32.MsgWaitForMultipleObjects(0, None, False, most_ms, _ALL_INPUT)
        message = _Message()
        while self._user32.PeekMessageW(byref(message), None, 0, 0, _REMOVE):
            pass

    def wake(self) -> None:
        """See `Outlook`."""
        self._user32.PostThreadMessageW(self._thread, _WAKE, 0, 0)

    def acts(self) -> Iterable[Act]:
        """See `Outlook`."""
        acts, self._acts = self._acts, []
        return acts

    def completes(self, code: int, held: Collection[int]) -> bool:
        """See `Outlook`."""
        return any(code in codes for codes in self._keys) and all(
            not codes.isdisjoint(held) or any(self._is_down(other) for other in codes) for codes in self._keys
        )

    def pointer(self) -> tuple[int, int]:
        """See `Outlook`."""
        at = PointStruct()
        self._user32.GetCursorPos(byref(at))
        return at.x, at.y

    def screens(self) -> Sequence[Screen]:
        """See `Outlook`."""
        screens: list[Screen] = []

        def note(monitor: int, context: int, place: Any, data: int) -> int:
            rect = place.contents
            screens.append((rect.left, rect.top, rect.right, rect.bottom))
            return 1

        self._user32.EnumDisplayMonitors(None, None, _MonitorProc(note), 0)
        return screens

    def let_go(self) -> None:
        """See `Outlook`: of all that is down and not held by the person."""
        events = []
        for code in (code for code in range(8, 255) if code not in self._held and self._is_down(code)):
            event = Input(type=INPUT_KEYBOARD)
            event.union.keyboard.key, event.union.keyboard.flags = code, KEY_UP_FLAG
            events.append(event)
        for code, flag in _MOUSE_KEYS.items():
            if self._is_down(code):
                event = Input(type=INPUT_MOUSE)
                event.union.mouse.flags = flag
                events.append(event)
        if events:
            self._user32.SendInput(len(events), (Input * len(events))(*events), ctypes.sizeof(Input))

    def _key(self, action: int, message: int, place: int) -> int:
        if action == 0:
            told = KeyHook.from_address(place)
            is_up, ours = bool(told.flags & KEY_IS_UP), bool(told.flags & KEY_INJECTED)
            if not ours:
                (self._held.discard if is_up else self._held.add)(told.key)
            self._acts.append(Act(KEY_UP if is_up else KEY_DOWN, told.key & 0xFF, ours))
        return int(self._user32.CallNextHookEx(None, action, message, place))

    def _mouse(self, action: int, message: int, place: int) -> int:
        if action == 0:
            ours = bool(MouseHook.from_address(place).flags & MOUSE_INJECTED)
            if message == _MOUSE_MOVED:
                self._acts.append(Act(MOTION, 0, ours))
            elif message in _BUTTONS:
                self._acts.append(Act(*_BUTTONS[message], ours))
        return int(self._user32.CallNextHookEx(None, action, message, place))

    def _is_down(self, code: int) -> bool:
        return bool(self._user32.GetAsyncKeyState(code) & 0x8000)

    def _are_taken(self, keys: Sequence[str]) -> bool:
        """Try to register them, so that no other program gets them while we listen."""
        plain = [key for key in keys if key not in _MODIFIERS]
        if len(plain) != 1:
            return False
        modifiers = sum(_MODIFIERS[key] for key in keys if key in _MODIFIERS) | _NO_REPEAT
        code = 0x03 if plain == ["pause"] and "ctrl" in keys else min(_codes(plain[0]))
        return not self._user32.RegisterHotKey(None, _TAKEN_ID, modifiers, code)


def _codes(key: str) -> frozenset[int]:
    # Digits and letters have the code of their capital letter, on every layout.
    code = KEYS[key][0] if key in KEYS else ord(key.upper()) & 0xFF
    return frozenset({code, *_TWINS.get(key, ())})

"""The structures and types of ``user32`` that we use, with their sizes spelt out so that they are the same anywhere.

https://learn.microsoft.com/en-us/windows/win32/api/winuser/ns-winuser-input
"""

from __future__ import annotations

import ctypes
from ctypes import Structure, Union, c_int32, c_size_t, c_uint16, c_uint32, c_void_p
from typing import Any

INPUT_MOUSE, INPUT_KEYBOARD = 0, 1
EXTENDED, KEY_UP, UNICODE = 0x1, 0x2, 0x4

GA_ROOT = 2
GWL_EXSTYLE, WS_EX_TOOLWINDOW, WS_EX_APPWINDOW = -20, 0x80, 0x40000
SW_MAXIMIZE, SW_MINIMIZE, SW_RESTORE = 3, 6, 9
SWP_KEEP_ORDER, SWP_ASYNC = 0x4 | 0x10, 0x4000
"""SWP_NOZORDER with SWP_NOACTIVATE, and SWP_ASYNCWINDOWPOS."""
WM_CLOSE = 0x10
DWMWA_EXTENDED_FRAME_BOUNDS, DWMWA_CLOAKED = 9, 14

# On other systems there is no WINFUNCTYPE; the tests' double takes the plain kind.
EnumProc = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)(c_int32, c_void_p, c_void_p)


class Rect(Structure):
    """RECT."""

    _fields_ = (("left", c_int32), ("top", c_int32), ("right", c_int32), ("bottom", c_int32))


class PointStruct(Structure):
    """POINT."""

    _fields_ = (("x", c_int32), ("y", c_int32))


class MouseInput(Structure):
    """MOUSEINPUT."""

    _fields_ = (
        ("dx", c_int32),
        ("dy", c_int32),
        ("data", c_uint32),
        ("flags", c_uint32),
        ("time", c_uint32),
        ("extra", c_size_t),
    )


class KeyInput(Structure):
    """KEYBDINPUT."""

    _fields_ = (
        ("key", c_uint16),
        ("scan", c_uint16),
        ("flags", c_uint32),
        ("time", c_uint32),
        ("extra", c_size_t),
    )


class _InputUnion(Union):
    _fields_ = (("mouse", MouseInput), ("keyboard", KeyInput))


class Input(Structure):
    """INPUT: 40 bytes in a 64-bit process."""

    _fields_ = (("type", c_uint32), ("union", _InputUnion))


def libraries() -> tuple[Any, Any]:
    """(user32, dwmapi), with window handles declared as pointers: as plain integers they would be cut to 32 bits."""
    user32, dwmapi = (ctypes.WinDLL(name) for name in ("user32", "dwmapi"))  # type: ignore[attr-defined,unused-ignore]  # only on Windows
    handle, number = c_void_p, c_int32
    for name, result, arguments in (
        ("GetForegroundWindow", handle, ()),
        ("SetForegroundWindow", number, (handle,)),
        ("IsWindow", number, (handle,)),
        ("IsWindowVisible", number, (handle,)),
        ("IsIconic", number, (handle,)),
        ("IsZoomed", number, (handle,)),
        ("ShowWindow", number, (handle, number)),
        ("ShowWindowAsync", number, (handle, number)),
        ("GetWindowRect", number, (handle, ctypes.POINTER(Rect))),
        ("SetWindowPos", number, (handle, handle, number, number, number, number, c_uint32)),
        ("GetCursorPos", number, (ctypes.POINTER(PointStruct),)),
        ("GetSystemMetrics", number, (number,)),
        ("PostMessageW", number, (handle, c_uint32, c_size_t, c_size_t)),
        ("GetAncestor", handle, (handle, c_uint32)),
        ("WindowFromPoint", handle, (PointStruct,)),
        ("GetWindowLongW", number, (handle, number)),
        ("GetWindowTextW", number, (handle, ctypes.c_wchar_p, number)),
        ("GetClassNameW", number, (handle, ctypes.c_wchar_p, number)),
        ("GetWindowThreadProcessId", c_uint32, (handle, ctypes.POINTER(c_uint32))),
        ("EnumWindows", number, (EnumProc, c_size_t)),
        ("GetAsyncKeyState", ctypes.c_int16, (number,)),
        ("GetKeyboardLayout", handle, (c_uint32,)),
        ("VkKeyScanExW", ctypes.c_int16, (c_uint16, handle)),
        ("MapVirtualKeyW", c_uint32, (c_uint32, c_uint32)),
        ("SendInput", c_uint32, (c_uint32, ctypes.POINTER(Input), number)),
    ):
        function = getattr(user32, name)
        function.restype, function.argtypes = result, arguments
    dwmapi.DwmGetWindowAttribute.argtypes = (handle, c_uint32, c_void_p, c_uint32)
    return user32, dwmapi

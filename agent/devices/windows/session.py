"""`WindowsSession`: whether the desktop of this Windows session is in front and unlocked."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, byref, c_int32, c_uint32, c_void_p, cast
from typing import Any

from agent.core.devices import DesktopState
from agent.core.errors import DesktopAway

_READ_OBJECTS = 0x1
_THIS_SERVER, _THIS_SESSION, _CONNECT_STATE = None, 0xFFFFFFFF, 8
_ACTIVE = 0
"""WTSActive; whatever else it is, nobody looks at this session (4 is WTSDisconnected)."""


class WindowsSession:
    """Asks the terminal services whether somebody is connected, and user32 for the desktop that gets the input.

    https://learn.microsoft.com/en-us/windows/win32/api/wtsapi32/nf-wtsapi32-wtsquerysessioninformationw
    """

    def __init__(self, user32: Any, wtsapi32: Any) -> None:
        self._user32 = user32
        self._wtsapi32 = wtsapi32

    @classmethod
    def of_this_system(cls) -> WindowsSession:
        """With its own view of the libraries, so that nobody else's declarations are touched."""
        user32, wtsapi32 = (ctypes.WinDLL(name) for name in ("user32", "wtsapi32"))  # type: ignore[attr-defined,unused-ignore]  # only on Windows
        user32.OpenInputDesktop.restype = c_void_p
        user32.OpenInputDesktop.argtypes = (c_uint32, c_int32, c_uint32)
        user32.CloseDesktop.argtypes = (c_void_p,)
        pointer, size = POINTER(c_void_p), POINTER(c_uint32)
        wtsapi32.WTSQuerySessionInformationW.argtypes = (c_void_p, c_uint32, c_int32, pointer, size)
        wtsapi32.WTSFreeMemory.argtypes = (c_void_p,)
        return cls(user32, wtsapi32)

    def state(self) -> DesktopState:
        """How it is now."""
        if self._connected() != _ACTIVE:
            return DesktopState.gone(
                DesktopAway(
                    "Nobody is connected to this Windows session, so it has no screen.",
                    "Connect to it again (a minimised or closed remote desktop has none); "
                    "what waits for it then goes on.",
                )
            )
        if not self._input_desktop_is_ours():
            return DesktopState.locked(
                DesktopAway(
                    "Windows is locked, or asks for an administrator's consent.",
                    "Unlock it or answer the question; what waits for the desktop then goes on.",
                )
            )
        return DesktopState()

    def _connected(self) -> int:
        told, size = c_void_p(), c_uint32()
        if not self._wtsapi32.WTSQuerySessionInformationW(
            _THIS_SERVER, _THIS_SESSION, _CONNECT_STATE, byref(told), byref(size)
        ):
            return _ACTIVE  # without the service there is no remote desktop
        try:
            return int(cast(told, POINTER(c_int32)).contents.value)
        finally:
            self._wtsapi32.WTSFreeMemory(told)

    def _input_desktop_is_ours(self) -> bool:
        """Only the system may open the desktop of the lock screen and of the question for consent."""
        desktop = self._user32.OpenInputDesktop(0, False, _READ_OBJECTS)
        if desktop:
            self._user32.CloseDesktop(desktop)
        return bool(desktop)

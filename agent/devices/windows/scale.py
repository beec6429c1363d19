"""The scale of each monitor on Windows."""

from __future__ import annotations

import ctypes
from ctypes import byref, c_int32, c_uint32, c_void_p
from typing import Any

from agent.core.geometry import Region
from agent.devices.windows.user32 import Rect

_NEAREST = 2  # MONITOR_DEFAULTTONEAREST
_EFFECTIVE = 0  # MDT_EFFECTIVE_DPI: what programs shall draw by, the choice of the person
_NORMAL_DPI = 96


class MonitorScale:
    """Tells the scale of a monitor.

    Windows tells the truth to a process that has said it can bear different ones; mss says so for us when it opens.
    https://learn.microsoft.com/en-us/windows/win32/api/shellscalingapi/nf-shellscalingapi-getdpiformonitor
    """

    def __init__(self, user32: Any, shcore: Any) -> None:
        self._user32 = user32
        self._shcore = shcore

    @classmethod
    def of_this_system(cls) -> MonitorScale:
        """With its own view of the libraries, so that nobody else's declarations are touched."""
        user32, shcore = (ctypes.WinDLL(name) for name in ("user32", "shcore"))  # type: ignore[attr-defined,unused-ignore]  # only on Windows
        user32.MonitorFromRect.restype = c_void_p
        user32.MonitorFromRect.argtypes = (ctypes.POINTER(Rect), c_uint32)
        dpi = ctypes.POINTER(c_uint32)
        shcore.GetDpiForMonitor.argtypes = (c_void_p, c_int32, dpi, dpi)
        return cls(user32, shcore)

    def __call__(self, region: Region) -> float:
        """The scale of the monitor that shows most of the region."""
        monitor = self._user32.MonitorFromRect(byref(Rect(region.x, region.y, region.right, region.bottom)), _NEAREST)
        across, down = c_uint32(), c_uint32()
        failed = self._shcore.GetDpiForMonitor(monitor, _EFFECTIVE, byref(across), byref(down))
        return across.value / _NORMAL_DPI if not failed and across.value else 1.0

"""`Integrity`: how trusted Windows holds a process. It lets no program send input to one that it trusts more.

https://learn.microsoft.com/en-us/windows/win32/secauthz/mandatory-integrity-control
"""

from __future__ import annotations

import ctypes
import os
from ctypes import byref, c_int32, c_uint8, c_uint32, c_void_p
from typing import Any

_QUERY_LIMITED, _TOKEN_QUERY, _TOKEN_INTEGRITY_LEVEL = 0x1000, 0x8, 25
_NOTHING = 0


class Integrity:
    """Compares processes with ours. Windows swallows refused input without a word, so one must ask before."""

    def __init__(self, kernel32: Any, advapi32: Any) -> None:
        self._kernel32 = kernel32
        self._advapi32 = advapi32
        self._ours = self.level(os.getpid())

    @classmethod
    def of_this_system(cls) -> Integrity:
        """With its own view of the libraries, so that nobody else's declarations are touched."""
        kernel32, advapi32 = (ctypes.WinDLL(name) for name in ("kernel32", "advapi32"))  # type: ignore[attr-defined,unused-ignore]  # only on Windows
        kernel32.OpenProcess.restype = c_void_p
        kernel32.OpenProcess.argtypes = (c_uint32, c_int32, c_uint32)
        kernel32.CloseHandle.argtypes = (c_void_p,)
        advapi32.OpenProcessToken.argtypes = (c_void_p, c_uint32, ctypes.POINTER(c_void_p))
        size = ctypes.POINTER(c_uint32)
        advapi32.GetTokenInformation.argtypes = (c_void_p, c_int32, c_void_p, c_uint32, size)
        return cls(kernel32, advapi32)

    def above_ours(self, pid: int) -> bool:
        """Whether it has more rights than we have. A process that we may not even ask about has, if we have few."""
        level = self.level(pid) if pid else _NOTHING
        if level is None or self._ours is None:
            return level is None and self._ours is not None
        return level > self._ours

    def level(self, pid: int) -> int | None:
        """0x2000 (medium), 0x3000 (high, “as administrator”); None when we may not know, 0 when it is gone."""
        process = self._kernel32.OpenProcess(_QUERY_LIMITED, False, pid)
        if not process:
            return _NOTHING
        token = c_void_p()
        try:
            if not self._advapi32.OpenProcessToken(process, _TOKEN_QUERY, byref(token)):
                return None
            return self._of(token)
        finally:
            for handle in (token.value, process):
                if handle:
                    self._kernel32.CloseHandle(handle)

    def _of(self, token: c_void_p) -> int | None:
        label = ctypes.create_string_buffer(256)
        needed = c_uint32()
        if not self._advapi32.GetTokenInformation(token, _TOKEN_INTEGRITY_LEVEL, label, len(label), byref(needed)):
            return None
        # TOKEN_MANDATORY_LABEL begins with a pointer to a SID; its last part of four bytes is the level.
        sid: int = c_void_p.from_buffer(label).value or 0
        parts = c_uint8.from_address(sid + 1).value
        return int(c_uint32.from_address(sid + 8 + 4 * (parts - 1)).value)

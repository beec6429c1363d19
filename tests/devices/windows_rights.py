"""Doubles of what Windows tells of processes and sessions (kernel32, advapi32, wtsapi32), after its documentation."""

from __future__ import annotations

import ctypes
import os
from dataclasses import dataclass, field
from typing import Any

MEDIUM, HIGH = 0x2000, 0x3000


@dataclass
class Rights:
    """Processes by id, each with its level; who is `secret` may not be asked.

    A handle is the process's id, a token the same plus a million.
    """

    levels: dict[int, int] = field(default_factory=lambda: {os.getpid(): MEDIUM})
    secret: set[int] = field(default_factory=set)
    open_handles: int = 0
    _labels: list[Any] = field(default_factory=list)

    def OpenProcess(self, access: int, inherit: bool, pid: int) -> int | None:  # noqa: N802 - Windows' name, here and below
        assert (access, inherit) == (0x1000, False)
        known = pid in self.levels or pid in self.secret
        self.open_handles += known
        return pid if known else None

    def OpenProcessToken(self, process: int, access: int, token: Any) -> int:  # noqa: N802
        assert access == 0x8
        if process in self.secret:
            return 0
        self.open_handles += 1
        token._obj.value = process + 1_000_000
        return 1

    def GetTokenInformation(self, token: Any, kind: int, label: Any, size: int, needed: Any) -> int:  # noqa: N802 - as Windows has it
        assert kind == 25
        sid = bytes([1, 1, 0, 0, 0, 0, 0, 16]) + self.levels[token.value - 1_000_000].to_bytes(4, "little")
        self._labels.append(ctypes.create_string_buffer(sid, len(sid)))
        ctypes.c_void_p.from_buffer(label).value = ctypes.addressof(self._labels[-1])
        return 1

    def CloseHandle(self, handle: int) -> int:  # noqa: N802
        self.open_handles -= 1
        return 1


@dataclass
class SessionDouble:
    """user32 and wtsapi32 of a session. `state` is its WTSConnectState, None where there is no such service."""

    state: int | None
    input_desktop: bool
    taken: int = 0
    """What was not given back."""

    def WTSQuerySessionInformationW(self, server: None, session: int, kind: int, told: Any, size: Any) -> int:  # noqa: N802
        assert (server, session, kind) == (None, 0xFFFFFFFF, 8)
        if self.state is None:
            return 0
        self.taken += 1
        self._memory = ctypes.c_int32(self.state)
        told._obj.value = ctypes.addressof(self._memory)
        return 1

    def WTSFreeMemory(self, memory: Any) -> None:  # noqa: N802
        self.taken -= 1

    def OpenInputDesktop(self, flags: int, inherit: bool, access: int) -> int | None:  # noqa: N802
        self.taken += self.input_desktop
        return 5 if self.input_desktop else None

    def CloseDesktop(self, desktop: int) -> int:  # noqa: N802
        self.taken -= 1
        return 1

"""The clipboards of Windows and macOS against doubles of their system calls: the contract, and the shapes of the data.

It shows that we call them as documented, not that they do what is documented.
"""

from __future__ import annotations

import ctypes
import struct
from pathlib import Path
from typing import Any

import pytest

from agent.core.clipboard import Clip
from agent.core.errors import DeviceError
from agent.devices.macos.clipboard import MacClipboard
from agent.devices.windows.clipboard import WindowsClipboard
from tests.devices.device_contracts import HTML, ClipboardContract


class _Memory:
    """kernel32's global memory."""

    def __init__(self) -> None:
        self.blocks: dict[int, Any] = {}
        self.locked = 0

    def GlobalAlloc(self, flags: int, size: int) -> int:  # noqa: N802 - Windows' name, here and below
        assert flags == 2
        handle = 0x1_0000_0001 + len(self.blocks)
        self.blocks[handle] = ctypes.create_string_buffer(size)
        return handle

    def GlobalLock(self, handle: int) -> int:  # noqa: N802
        self.locked += 1
        return ctypes.addressof(self.blocks[handle])

    def GlobalUnlock(self, handle: int) -> int:  # noqa: N802
        self.locked -= 1
        return 0

    def GlobalSize(self, handle: int) -> int:  # noqa: N802
        return ctypes.sizeof(self.blocks[handle])

    def GlobalFree(self, handle: int) -> None:  # noqa: N802
        del self.blocks[handle]


class _User32:
    """user32's clipboard: open for one at a time, filled by its owner's window only."""

    def __init__(self) -> None:
        self.data: dict[int, int] = {}
        self.names: list[str] = []
        self.opened = False
        self.owner: int | None = None
        self.busy = 0
        self.version = 1

    def OpenClipboard(self, window: int | None) -> int:  # noqa: N802
        if self.opened or self.busy:
            self.busy = max(0, self.busy - 1)
            return 0
        self.opened, self.opener = True, window
        return 1

    def CloseClipboard(self) -> int:  # noqa: N802
        self.opened = False
        return 1

    def EmptyClipboard(self) -> int:  # noqa: N802
        assert self.opened
        self.data, self.owner = {}, self.opener
        self.version += 1
        return 1

    def SetClipboardData(self, number: int, memory: int) -> int:  # noqa: N802
        assert self.opened
        if self.owner is None:
            return 0
        self.data[number] = memory
        return memory

    def GetClipboardData(self, number: int) -> int | None:  # noqa: N802
        assert self.opened
        return self.data.get(number)

    def EnumClipboardFormats(self, number: int) -> int:  # noqa: N802
        numbers = [0, *self.data, 0]
        return numbers[numbers.index(number) + 1]

    def RegisterClipboardFormatW(self, name: str) -> int:  # noqa: N802
        if name not in self.names:
            self.names.append(name)
        return 0xC000 + self.names.index(name)

    def GetClipboardFormatNameW(self, number: int, buffer: Any, size: int) -> int:  # noqa: N802
        buffer.value = self.names[number - 0xC000]
        return len(buffer.value)

    def GetClipboardSequenceNumber(self) -> int:  # noqa: N802
        return self.version

    def CreateWindowExW(self, *arguments: Any) -> int:  # noqa: N802
        assert arguments[1] == "STATIC"
        return 0x1_0000_0777

    def DestroyWindow(self, window: int) -> int:  # noqa: N802
        return 1


class TestWindowsClipboard(ClipboardContract):
    @pytest.fixture
    def memory(self) -> _Memory:
        return _Memory()

    @pytest.fixture
    def user32(self) -> _User32:
        return _User32()

    @pytest.fixture
    def clipboard(self, user32: _User32, memory: _Memory) -> WindowsClipboard:
        return WindowsClipboard(user32, memory)

    def test_a_busy_clipboard_is_waited_for_and_then_named(self, clipboard: WindowsClipboard, user32: _User32) -> None:
        user32.busy = 3
        clipboard.set(Clip(text="abc"))
        user32.busy = 10_000
        with pytest.raises(DeviceError, match="keeps the clipboard open"):
            clipboard.text()

    def test_everything_is_unlocked_and_closed(
        self, clipboard: WindowsClipboard, user32: _User32, memory: _Memory, picture: bytes
    ) -> None:
        clipboard.set(Clip(text="a", html="b", image=picture))
        clipboard.restore(clipboard.snapshot())
        assert (memory.locked, user32.opened) == (0, False)

    def test_html_has_the_header_that_windows_wants(
        self, clipboard: WindowsClipboard, user32: _User32, memory: _Memory
    ) -> None:
        clipboard.set(Clip(html=HTML))
        data = memory.blocks[user32.data[user32.RegisterClipboardFormatW("HTML Format")]].raw
        places = dict(line.split(b":") for line in data.split(b"\r\n")[1:5])
        assert data[int(places[b"StartFragment"]) : int(places[b"EndFragment"])].decode() == HTML
        assert data[int(places[b"StartHTML"]) :].startswith(b"<html>")
        assert data[: int(places[b"EndHTML"])].endswith(b"</html>")

    def test_a_bitmap_of_an_old_program_becomes_a_png(
        self, clipboard: WindowsClipboard, user32: _User32, picture: bytes
    ) -> None:
        clipboard.set(Clip(image=picture))
        del user32.data[user32.RegisterClipboardFormatW("PNG")]
        assert clipboard.formats() == {"image"}
        assert clipboard.image().startswith(b"\x89PNG")

    def test_files_are_dropped_as_wide_names(
        self, clipboard: WindowsClipboard, user32: _User32, memory: _Memory
    ) -> None:
        clipboard.set(Clip(files=(Path("/ä"), Path("/b"))))
        data = memory.blocks[user32.data[15]].raw
        assert struct.unpack_from("<I12xI", data) == (20, 1)
        assert data[20:].decode("utf-16-le").endswith("\0\0")

    def test_line_ends_are_those_of_windows(
        self, clipboard: WindowsClipboard, user32: _User32, memory: _Memory
    ) -> None:
        clipboard.set(Clip(text="a\nb"))
        assert memory.blocks[user32.data[13]].raw.decode("utf-16-le") == "a\r\nb\0"


class _Item:
    """NSPasteboardItem."""

    def __init__(self) -> None:
        self.parts: dict[str, bytes] = {}

    @classmethod
    def alloc(cls) -> type[_Item]:
        return cls

    @classmethod
    def init(cls) -> _Item:
        return cls()

    def setData_forType_(self, data: bytes, kind: str) -> bool:  # noqa: N802 - AppKit's name, here and below
        self.parts[kind] = data
        return True

    def types(self) -> list[str]:
        return list(self.parts)

    def dataForType_(self, kind: str) -> bytes | None:  # noqa: N802
        return self.parts.get(kind)

    def stringForType_(self, kind: str) -> str | None:  # noqa: N802
        data = self.parts.get(kind)
        return data.decode() if data is not None else None


class _Board:
    """NSPasteboard: `dataForType_` and `types` look at all items."""

    def __init__(self) -> None:
        self.items: list[_Item] = []
        self.version = 1

    def types(self) -> list[str]:
        return [kind for item in self.items for kind in item.types()]

    def dataForType_(self, kind: str) -> bytes | None:  # noqa: N802
        return next((item.parts[kind] for item in self.items if kind in item.parts), None)

    def pasteboardItems(self) -> list[_Item]:  # noqa: N802
        return self.items

    def clearContents(self) -> int:  # noqa: N802
        self.items = []
        self.version += 1
        return self.version

    def changeCount(self) -> int:  # noqa: N802
        return self.version

    def writeObjects_(self, items: list[_Item]) -> bool:  # noqa: N802
        self.items = list(items)
        return True


class _AppKit:
    NSPasteboardItem = _Item

    def __init__(self) -> None:
        board = _Board()

        class NSPasteboard:
            @staticmethod
            def generalPasteboard() -> _Board:  # noqa: N802
                return board

        self.NSPasteboard = NSPasteboard


class TestMacClipboard(ClipboardContract):
    @pytest.fixture
    def clipboard(self) -> MacClipboard:
        return MacClipboard(_AppKit())

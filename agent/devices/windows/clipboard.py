"""`WindowsClipboard`: the clipboard by Win32.

https://learn.microsoft.com/en-us/windows/win32/dataxchg/clipboard
"""

from __future__ import annotations

import ctypes
import io
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ctypes import c_int32, c_size_t, c_uint32, c_void_p, c_wchar_p
from pathlib import Path
from typing import Any

from agent.core.clipboard import Clip, ClipFormat, Snapshot
from agent.core.devices import Check
from agent.core.errors import AgentError, DeviceError
from agent.devices.pause import pause

_TEXT, _DIB, _FILES = 13, 8, 15
"""CF_UNICODETEXT, CF_DIB, CF_HDROP."""
_HTML, _PNG = "HTML Format", "PNG"
_HANDLES = frozenset({2, 3, 9, 14, 0x80, 0x82, 0x83, 0x8E}) | frozenset(range(0x200, 0x400))
"""Bitmaps, metafiles, palettes and what programs draw or keep themselves: no memory to copy. Windows makes the first
ones anew from CF_DIB."""
_MOVEABLE = 0x2
_TRIES, _AGAIN_S = 40, 0.025
"""Only one program can have the clipboard open; each has it for some milliseconds."""


def libraries() -> tuple[Any, Any]:
    """(user32, kernel32), with handles declared as pointers."""
    user32, kernel32 = (ctypes.WinDLL(name) for name in ("user32", "kernel32"))  # type: ignore[attr-defined,unused-ignore]  # only on Windows
    handle, number, word = c_void_p, c_int32, c_uint32
    for library, name, result, arguments in (
        (user32, "OpenClipboard", number, (handle,)),
        (user32, "CloseClipboard", number, ()),
        (user32, "EmptyClipboard", number, ()),
        (user32, "EnumClipboardFormats", word, (word,)),
        (user32, "GetClipboardData", handle, (word,)),
        (user32, "SetClipboardData", handle, (word, handle)),
        (user32, "RegisterClipboardFormatW", word, (c_wchar_p,)),
        (user32, "GetClipboardFormatNameW", number, (word, c_wchar_p, number)),
        (user32, "GetClipboardSequenceNumber", word, ()),
        (user32, "DestroyWindow", number, (handle,)),
        (
            user32,
            "CreateWindowExW",
            handle,
            (word, c_wchar_p, c_wchar_p, word, *([number] * 4), *([handle] * 4)),
        ),
        (kernel32, "GlobalAlloc", handle, (word, c_size_t)),
        (kernel32, "GlobalLock", handle, (handle,)),
        (kernel32, "GlobalUnlock", number, (handle,)),
        (kernel32, "GlobalSize", c_size_t, (handle,)),
        (kernel32, "GlobalFree", handle, (handle,)),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return user32, kernel32


class WindowsClipboard:
    """Thread-safe. What is set here is kept by Windows, also when this process ends."""

    def __init__(self, user32: Any, kernel32: Any) -> None:
        self._user32 = user32
        self._kernel32 = kernel32
        self._lock = threading.Lock()

    def formats(self) -> frozenset[ClipFormat]:
        """What it can be read as."""
        with self._opened():
            held = set(self._numbers())
        wanted: dict[ClipFormat, set[int]] = {
            "text": {_TEXT},
            "html": {self._number(_HTML)},
            "image": {self._number(_PNG), _DIB},
            "files": {_FILES},
        }
        return frozenset(name for name, numbers in wanted.items() if held & numbers)

    def text(self) -> str:
        """The text, with line ends as ``\\n``."""
        text = self._data(_TEXT).decode("utf-16-le", "replace")
        return text.partition("\0")[0].replace("\r\n", "\n").replace("\r", "\n")

    def html(self) -> str:
        """The HTML."""
        return _fragment(self._data(self._number(_HTML)))

    def image(self) -> bytes:
        """The picture as a PNG file."""
        return self._data(self._number(_PNG)) or _png(self._data(_DIB))

    def files(self) -> tuple[Path, ...]:
        """The copied files."""
        return tuple(map(Path, _dropped(self._data(_FILES))))

    def set(self, clip: Clip) -> None:
        """Put it there, in all formats that other programs ask for."""
        parts = {}
        if clip.text:
            parts[_TEXT] = (clip.text.replace("\r\n", "\n").replace("\n", "\r\n") + "\0").encode("utf-16-le", "replace")
        if clip.html:
            parts[self._number(_HTML)] = _document(clip.html)
        if clip.image:
            parts[self._number(_PNG)] = clip.image
            parts[_DIB] = _dib(clip.image)
        if clip.files:
            parts[_FILES] = _drop(clip.files)
        self._put(parts)

    def snapshot(self) -> Snapshot:
        """All that is there; formats that are no memory (bitmaps beside their CF_DIB) are left to Windows."""
        with self._opened():
            held = [number for number in self._numbers() if number not in _HANDLES]
            parts = {number: self._copied(number) for number in held}
        return Snapshot({self._name(number): ("", data) for number, data in parts.items() if data})

    def restore(self, snapshot: Snapshot) -> None:
        """Make it hold what it held."""
        self._put({self._number(name): data for name, (_, data) in snapshot.parts.items()})

    def restore_later(self, snapshot: Snapshot, seconds: float) -> None:
        """Put it back, unless something else has been put there by then."""
        version = self._user32.GetClipboardSequenceNumber()

        def restore() -> None:
            with suppress(AgentError):  # nobody is there to hear of it
                if self._user32.GetClipboardSequenceNumber() == version:
                    self.restore(snapshot)

        timer = threading.Timer(seconds, restore)
        timer.daemon = True
        timer.start()

    def await_reader(self, window_id: int, *, wait_s: float, check: Check = lambda: None) -> bool | None:
        """Wait so long; Windows does not tell who has read it."""
        pause(wait_s, check)
        return None

    # -- inside ----------------------------------------------------------------------------------------------

    def _number(self, name: str) -> int:
        """The number of a format: ``#13``, or the name that programs agree upon."""
        return int(name[1:]) if name.startswith("#") else int(self._user32.RegisterClipboardFormatW(name))

    def _name(self, number: int) -> str:
        if number < 0xC000:
            return f"#{number}"
        buffer = ctypes.create_unicode_buffer(256)
        self._user32.GetClipboardFormatNameW(number, buffer, len(buffer))
        return buffer.value

    def _numbers(self) -> Iterator[int]:
        number = 0
        while number := self._user32.EnumClipboardFormats(number):
            yield number

    def _data(self, number: int) -> bytes:
        with self._opened():
            return self._copied(number)

    def _copied(self, number: int) -> bytes:
        """The data of a format; empty when it is not there."""
        memory = self._user32.GetClipboardData(number)
        place = self._kernel32.GlobalLock(memory) if memory else None
        if not place:
            return b""
        try:
            return ctypes.string_at(place, self._kernel32.GlobalSize(memory))
        finally:
            self._kernel32.GlobalUnlock(memory)

    def _put(self, parts: dict[int, bytes]) -> None:
        # Without a window of our own, Windows would not take anything (EmptyClipboard makes the window the owner).
        window = self._user32.CreateWindowExW(0, "STATIC", None, 0, 0, 0, 0, 0, None, None, None, None)
        try:
            with self._opened(window):
                self._user32.EmptyClipboard()
                for number, data in parts.items():
                    self._hand_over(number, data)
        finally:
            self._user32.DestroyWindow(window)

    def _hand_over(self, number: int, data: bytes) -> None:
        memory = self._kernel32.GlobalAlloc(_MOVEABLE, len(data))
        place = self._kernel32.GlobalLock(memory) if memory else None
        if place:
            ctypes.memmove(place, data, len(data))
            self._kernel32.GlobalUnlock(memory)
        if not place or not self._user32.SetClipboardData(number, memory):
            if memory:
                self._kernel32.GlobalFree(memory)
            raise DeviceError(
                "The clipboard did not take the content.", "Another program holds it. Try again in a moment."
            )

    @contextmanager
    def _opened(self, window: int | None = None) -> Iterator[None]:
        with self._lock:
            for _ in range(_TRIES):
                if self._user32.OpenClipboard(window):
                    break
                time.sleep(_AGAIN_S)
            else:
                raise DeviceError(
                    "Another program keeps the clipboard open.", "Close the program that copies or pastes just now."
                )
            try:
                yield
            finally:
                self._user32.CloseClipboard()


def _document(html: str) -> bytes:
    """The HTML with the header that says, in bytes, where it begins and ends."""
    head = "Version:0.9\r\nStartHTML:{:010}\r\nEndHTML:{:010}\r\nStartFragment:{:010}\r\nEndFragment:{:010}\r\n"
    before, after = b"<html><body>\r\n<!--StartFragment-->", b"<!--EndFragment-->\r\n</body></html>"
    fragment, start = html.encode("utf-8", "replace"), len(head.format(0, 0, 0, 0))
    first = start + len(before)
    last = first + len(fragment)
    return head.format(start, last + len(after), first, last).encode() + before + fragment + after + b"\0"


def _fragment(data: bytes) -> str:
    """The HTML that was copied, without its surroundings."""
    marks = {}
    for line in data[:1000].splitlines():
        name, _, value = line.partition(b":")
        if value.strip().isdigit():
            marks[name] = int(value)
    part = data[marks.get(b"StartFragment", 0) : marks.get(b"EndFragment", len(data))]
    return part.rstrip(b"\0").decode("utf-8", "replace")


def _drop(files: tuple[Path, ...]) -> bytes:
    """DROPFILES: the offset of the names, no point, and that they are wide; then the names, and an empty one."""
    names = "".join(f"{path.absolute()}\0" for path in files) + "\0"
    return struct.pack("<IiiII", 20, 0, 0, 0, 1) + names.encode("utf-16-le")


def _dropped(data: bytes) -> list[str]:
    if len(data) < 20:
        return []
    offset, wide = struct.unpack_from("<I12xI", data)
    names = data[offset:].decode("utf-16-le" if wide else "mbcs", "replace")
    return names.partition("\0\0")[0].split("\0")


def _dib(png: bytes) -> bytes:
    """The picture as a bitmap without its file header, for programs that take no PNG."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").save(buffer, "BMP")
    return buffer.getvalue()[14:]


def _png(dib: bytes) -> bytes:
    if not dib:
        return b""
    from PIL import BmpImagePlugin

    buffer = io.BytesIO()
    BmpImagePlugin.DibImageFile(io.BytesIO(dib)).save(buffer, "PNG")
    return buffer.getvalue()

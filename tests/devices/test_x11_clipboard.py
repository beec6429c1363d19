"""The X11 clipboard: the contract, other programs as owners and as those who paste, and large contents."""

from __future__ import annotations

import base64
import io
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from agent.core.clipboard import Clip, Snapshot
from agent.core.errors import NotInTime
from agent.devices.virtual_display import VirtualDisplay
from agent.devices.x11.clipboard import X11Clipboard
from agent.devices.x11.connection import Connection
from agent.devices.x11.requestor import Requestor
from tests.devices.conftest import Program
from tests.devices.device_contracts import ClipboardContract, until

pytestmark = pytest.mark.desktop


@pytest.fixture
def connections(display: VirtualDisplay) -> Iterator[list[Connection]]:
    made = [display.connect() for _ in range(3)]
    yield made
    for connection in made:
        connection.close()


@pytest.fixture
def clipboard(connections: list[Connection]) -> X11Clipboard:
    return X11Clipboard(*connections[:2])


@pytest.fixture(scope="module")
def clipper(virtual_display: VirtualDisplay) -> Iterator[Program]:
    program = Program("clipper.py", virtual_display)
    yield program
    program.close()


class TestX11Clipboard(ClipboardContract):
    pass


def test_what_another_program_has_copied_is_read(clipboard: X11Clipboard, clipper: Program) -> None:
    clipper.tell("copy all")
    assert clipboard.formats() == {"text", "html", "image", "files"}
    assert clipboard.text() == "Grüße 日本 😀"
    assert "<i>Grüße</i>" in clipboard.html()
    assert clipboard.files() == (Path("/tmp/Größe 1.txt"),)  # noqa: S108 - it need not be there
    picture = Image.open(io.BytesIO(clipboard.image()))
    assert (picture.size, picture.convert("RGB").getpixel((1, 1))) == ((3, 2), (12, 34, 56))


def test_what_another_program_has_copied_survives_a_paste_of_ours(clipboard: X11Clipboard, clipper: Program) -> None:
    clipper.tell("copy all")
    before = clipboard.snapshot()
    clipboard.set(Clip(text="ours"))
    clipper.order("paste")
    assert clipper.wait_for(lambda event: "own" in event)["text"] == "ours"
    clipboard.restore(before)
    clipper.order("paste")
    pasted = clipper.wait_for(lambda event: "own" in event)
    assert pasted["text"] == "Grüße 日本 😀"
    assert "<i>Grüße</i>" in pasted["html"]
    assert pasted["size"] == [3, 2]
    assert pasted["files"] == ["/tmp/Größe 1.txt"]  # noqa: S108 - as above
    assert base64.b64decode(pasted["own"]) == bytes(range(256))


def test_a_large_picture_goes_both_ways_in_pieces(clipboard: X11Clipboard, clipper: Program) -> None:
    clipper.tell("copy large")
    picture = clipboard.image()
    assert len(picture) > 2_000_000
    assert Image.open(io.BytesIO(picture)).size == (1000, 700)
    clipboard.set(Clip(image=picture))
    clipper.order("paste")
    pasted = clipper.wait_for(lambda event: "own" in event)
    assert (pasted["size"], pasted["png"]) == ([1000, 700], len(picture))


def test_ownership_ends_when_another_program_copies(clipboard: X11Clipboard, clipper: Program) -> None:
    others = set(threading.enumerate())  # those of earlier tests may take a moment to notice that their display is gone
    clipboard.set(Clip(text="ours"))
    (handing_out,) = (thread for thread in threading.enumerate() if thread.name == "clipboard" and thread not in others)
    clipper.tell("copy all")
    until(lambda: not handing_out.is_alive())
    assert clipboard.text() == "Grüße 日本 😀"


def test_a_program_that_hands_nothing_out_is_named(clipboard: X11Clipboard, clipper: Program) -> None:
    clipper.tell("copy all")
    clipper.order("hang")
    clipper.wait_for(lambda event: "hanging" in event)
    with pytest.raises(NotInTime, match="does not hand it out"):
        clipboard.text()
    clipper.wait_for(lambda event: event.get("done") == "hang")
    assert clipboard.text() == "Grüße 日本 😀"  # late answers do not confuse


def test_several_formats_are_handed_out_at_once(clipboard: X11Clipboard, connections: list[Connection]) -> None:
    """MULTIPLE, which some programs ask for."""
    import struct

    clipboard.set(Clip(text="abc"))
    x = connections[2]
    asks = Requestor(x)
    pairs = [x.atom(name) for name in ("UTF8_STRING", "_A", "image/png", "_B")]
    body = struct.pack("=IIIB3xI", asks._window, x.atom("_TLA_CLIPBOARD"), x.atom("ATOM_PAIR"), 32, 4)
    x.order(18, 0, body + struct.pack("=4I", *pairs))
    wanted = (asks._window, x.atom("CLIPBOARD"), x.atom("MULTIPLE"), x.atom("_TLA_CLIPBOARD"), 0)
    x.order(24, 0, struct.pack("=5I", *wanted))
    until(lambda: asks._take(x.atom("_A")).data == b"abc")
    answered = struct.unpack("=4I", asks._take(x.atom("_TLA_CLIPBOARD")).data)
    assert answered == (*pairs[:3], 0)


@pytest.mark.skipif(shutil.which("xclip") is None, reason="not installed: xclip")
def test_xclip_reads_and_writes_the_same(clipboard: X11Clipboard) -> None:
    clipboard.set(Clip(text="Grüße 日本"))
    read = subprocess.run(["xclip", "-o", "-selection", "clipboard"], capture_output=True, check=True, timeout=10)
    assert read.stdout.decode() == "Grüße 日本"
    subprocess.run(["xclip", "-i", "-selection", "clipboard"], input="zurück €".encode(), check=True, timeout=10)
    assert clipboard.text() == "zurück €"


def test_nothing_copied_is_nothing(display: VirtualDisplay) -> None:
    with VirtualDisplay(640, 480) as empty:
        connections = (empty.connect(), empty.connect())
        clipboard = X11Clipboard(*connections)
        assert (clipboard.text(), clipboard.formats()) == ("", frozenset())
        assert not clipboard.snapshot().parts
        for connection in connections:
            connection.close()


def _timers() -> int:
    return sum(isinstance(thread, threading.Timer) for thread in threading.enumerate())


def test_what_was_there_comes_back_after_a_while(clipboard: X11Clipboard) -> None:
    clipboard.set(Clip(text="old", html="<b>old</b>"))
    before = clipboard.snapshot()
    clipboard.set(Clip(text="new"))
    clipboard.restore_later(before, 0.05)
    until(lambda: clipboard.text() == "old")
    assert clipboard.html() == "<b>old</b>"


def test_what_was_copied_meanwhile_stays(clipboard: X11Clipboard, clipper: Program) -> None:
    clipboard.set(Clip(text="new"))
    clipboard.restore_later(Snapshot({"UTF8_STRING": ("UTF8_STRING", b"old")}), 0.2)
    clipper.tell("copy all")
    until(lambda: _timers() == 0)
    assert clipboard.text() == "Grüße 日本 😀"

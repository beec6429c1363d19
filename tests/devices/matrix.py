"""The typing matrix: keyboard layouts × programs that receive × texts. Used by the tests and by the benchmark.

Every cell is exact, with one exception by nature: a page in a browser takes a tab only where its script does, as that
of `web_receiver.py` (the key is for going to the next field).
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
SYSTEM_PYTHON = "/usr/bin/python3"
"""Bindings of GTK are packages of the system (Debian: python3-gi, gir1.2-gtk-3.0) and not on PyPI as wheels."""

LAYOUTS = ("us", "de", "de neo", "fr", "ru")
"""As ``setxkbmap`` takes them: layout and variant."""

RECEIVERS = {
    "Qt": "receiver.py",
    "Tk": "tk_receiver.py",
    "GTK 3": "gtk_receiver.py",
    "Chromium": "web_receiver.py",
}
"""The programs, each of which reads the keyboard in its own way."""

TEXTS = {
    "of the peers": "Grüße, ÄÖÜß € 日本 😀",
    "German and programming": "äöüßÄÖÜẞ€@{}[]\\|~^`´'\"<>#+*-_/?!=&%$§°²³µ «Straße»",
    "other scripts": "Çñłőš ςΩ жЯїЎ שָׁלוֹם العربية ไทย हिन्दी 한국어 かなカナ 漢字龘𠮷",
    "combining marks": "e\u0301 a\u0308 u\u0308\u0304 n\u0303 Å vs A\u030a",
    "emoji": "😀👍🏽👩‍👩‍👧‍👦🇩🇪❤️🏳️‍🌈",
    "lines and tabs": "a\tb\n\tc\n\nÄ\t€\n",
    "symbols": "…–—„“”‚‘’•†‰™©®½¼×÷≠≤≥∞√∑→←↑↓\u00a0x\u00adx\u200bx",
}
"""What is typed, by what it shows."""

ALL = "".join(TEXTS.values())


def command(script: str) -> list[str]:
    """How to start a receiver."""
    return [SYSTEM_PYTHON if script == "gtk_receiver.py" else sys.executable, str(HERE / script)]


@cache
def missing(script: str) -> str:
    """What this machine lacks for a receiver; empty when nothing."""
    if script == "tk_receiver.py" and importlib.util.find_spec("tkinter") is None:
        return "tkinter is not installed"
    if script == "gtk_receiver.py" and not _system_python_has_gtk():
        return "not installed: python3-gi and gir1.2-gtk-3.0"
    if script == "web_receiver.py" and shutil.which("chromium") is None:
        return "not installed: chromium"
    return ""


def _system_python_has_gtk() -> bool:
    code = "import gi; gi.require_version('Gtk', '3.0'); from gi.repository import Gtk"
    try:
        return subprocess.run([SYSTEM_PYTHON, "-c", code], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False

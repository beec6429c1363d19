"""The same as `tk_receiver.py` in GTK 3, for the system's own Python (Debian: python3-gi, gir1.2-gtk-3.0)."""

from __future__ import annotations

import json
import sys
from typing import Any

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import GLib, Gtk  # noqa: E402 - the version comes first


def tell(**event: Any) -> None:
    print(json.dumps(event), flush=True)


class Window(Gtk.Window):
    """One big field."""

    def __init__(self) -> None:
        super().__init__()
        self.field = Gtk.TextView()
        self.field.set_wrap_mode(Gtk.WrapMode.CHAR)
        self.add(self.field)
        self.buffer = self.field.get_buffer()
        self.buffer.connect("changed", self._changed)
        self.field.connect("key-press-event", lambda _, event: tell(key=event.keyval, modifiers=int(event.state)))
        GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, self._read)

    def _changed(self, buffer: Any) -> None:
        tell(text=buffer.get_text(*buffer.get_bounds(), True))

    def _read(self, *_: Any) -> bool:
        line = sys.stdin.readline()
        if not line:
            Gtk.main_quit()
            return False
        self._obey(line.rstrip("\n"))
        return True

    def _obey(self, command: str) -> None:
        name, _, rest = command.partition(" ")
        if name == "open":
            place, title = rest.split(" ", 1)
            left, top, width, height = map(int, place.split(","))
            self.buffer.set_text("")
            self.set_title(title)
            self.show_all()
            self.move(left, top)
            self.resize(width, height)
            self.field.grab_focus()
        elif name == "where":
            tell(board=[0, 0, 1, 1])
        elif name == "hide":
            self.hide()
        elif name == "clear":
            self.buffer.set_text("")
        tell(done=name)


if __name__ == "__main__":
    window = Window()
    Gtk.main()

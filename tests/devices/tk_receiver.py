"""The same as `receiver.py` in Tk, as far as typing goes: another toolkit reads the keyboard in another way.

It can also show a window that nobody manages (``popup <x,y,width,height>``) and many for a moment (``flicker <n>``).
"""

from __future__ import annotations

import json
import os
import sys
import tkinter
from typing import Any


def tell(**event: Any) -> None:
    print(json.dumps(event), flush=True)


class Window(tkinter.Tk):
    """One big field."""

    def __init__(self) -> None:
        super().__init__()
        self.withdraw()
        self.field = tkinter.Text(self)
        self.field.pack()
        self.field.bind("<<Modified>>", self._changed)
        self._rest = ""
        self.popup: tkinter.Toplevel | None = None
        self.createfilehandler(sys.stdin, tkinter.READABLE, self._read)

    def _changed(self, event: Any) -> None:
        if self.field.edit_modified():
            self.field.edit_modified(False)
            tell(text=self.field.get("1.0", "end-1c"))

    def _read(self, *_: Any) -> None:
        # In Tk's own thread: it takes events from no other one dependably.
        data = os.read(sys.stdin.fileno(), 4096)
        if not data:
            self.destroy()
            return
        *lines, self._rest = (self._rest + data.decode()).split("\n")
        for line in lines:
            self._obey(line)

    def _obey(self, command: str) -> None:
        name, _, rest = command.partition(" ")
        if name == "open":
            place, title = rest.split(" ", 1)
            self.title(title)
            self.geometry("{2}x{3}+{0}+{1}".format(*place.split(",")))
            self.deiconify()
            self.field.focus_set()
        elif name == "where":
            tell(board=[0, 0, 1, 1])
        elif name == "hide":
            self.withdraw()
            if self.popup is not None:
                self.popup.destroy()
        elif name == "popup":  # a window that no window manager manages, as a notification is
            self.popup = tkinter.Toplevel(self)
            self.popup.overrideredirect(True)
            self.popup.geometry("{2}x{3}+{0}+{1}".format(*rest.split(",")))
            self.popup.update()
        elif name == "grab" and self.popup is not None:  # all keys go there, as a screen lock does it
            self.popup.grab_set_global()
        elif name == "ungrab" and self.popup is not None:
            self.popup.grab_release()
        elif name == "flicker":
            for _ in range(int(rest)):
                window = tkinter.Toplevel(self)
                window.update()
                window.destroy()
            tell(flickered=True)
        elif name == "clear":
            self.field.delete("1.0", "end")
        tell(done=name)


if __name__ == "__main__":
    Window().mainloop()

"""A window that a test writes on: ``python board.py``, then commands on its standard input, each answered by a line.

``text <x> <y> <words>``, ``clear``, ``paint <#rrggbb>``, ``blink <times> <ms>``, ``move <x> <y>``, and
``after <ms> <command>``.
"""

from __future__ import annotations

import os
import sys
import tkinter

SIZE = "600x300"


class Board(tkinter.Tk):
    """White, with black writing."""

    def __init__(self) -> None:
        super().__init__()
        self.title("Board")
        self.geometry(f"{SIZE}+100+100")
        self.canvas = tkinter.Canvas(self, bg="white", highlightthickness=0)
        self.canvas.pack(fill="both", expand=True)
        self._rest = ""
        self.createfilehandler(sys.stdin, tkinter.READABLE, self._read)

    def _read(self, *_: object) -> None:
        data = os.read(sys.stdin.fileno(), 4096)
        if not data:
            self.destroy()
            return
        *lines, self._rest = (self._rest + data.decode()).split("\n")
        for line in lines:
            self.obey(line)
            self.update()
            print("done", flush=True)

    def obey(self, command: str) -> None:
        name, _, rest = command.partition(" ")
        if name == "text":
            x, y, words = rest.split(" ", 2)
            self.canvas.create_text(int(x), int(y), text=words, anchor="nw", font=("DejaVu Sans", 12))
        elif name == "clear":
            self.canvas.delete("all")
        elif name == "paint":
            self.canvas.configure(bg=rest)
        elif name == "blink":
            times, ms = map(int, rest.split())
            self._blink(times, ms)
        elif name == "move":
            x, y = rest.split()
            self.geometry(f"{SIZE}+{x}+{y}")
        elif name == "after":
            ms, command = rest.split(" ", 1)
            self.after(int(ms), lambda: self.obey(command))

    def _blink(self, left: int, ms: int) -> None:
        self.canvas.delete("mark")
        if left:
            colour = "#ff0000" if left % 2 else "#0000ff"
            self.canvas.create_rectangle(0, 0, 200, 100, fill=colour, tags="mark")
            self.after(ms, lambda: self._blink(left - 1, ms))


if __name__ == "__main__":
    Board().mainloop()

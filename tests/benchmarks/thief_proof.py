"""The proof that a secret reaches its own window only: forms filled in while a thief steals the focus.

``python -m tests.benchmarks.thief_proof 1000`` fills in so many forms on a display of its own, through the action that
workflows use, and takes some minutes. At a random moment of each fill the thief takes the keyboard, in one of three
ways: as a program that asks the window manager to activate its window, past the window manager, or with a new window
that pops up over the form. For each fill the following must hold:

- the thief has got no character of the secret;
- either the step has succeeded, and the form has all of the secret, or it has failed with an error that says so, and
  the form has just the characters that the error tells of. So no theft that cost a character goes unreported.
"""

from __future__ import annotations

import json
import os
import random
import struct
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from agent.actions.keyboard import TypeSecret
from agent.core.binding import Binding
from agent.core.context import Context
from agent.core.devices import Devices
from agent.core.errors import WindowNotFound, WrongWindow
from agent.core.masks import Masks
from agent.core.target import Target
from agent.devices import open_devices
from agent.devices.fake import FakeEye, FakeVault
from agent.devices.virtual_display import VirtualDisplay
from agent.devices.x11.connection import XError
from agent.devices.x11.display import Display
from tests.devices.conftest import Program

SECRET = "Geheim€Grüße-4711@{}" * 5
"""Long, so that many thefts come in the middle of it."""
FORM_PLACE, THIEF_PLACE = "200,150,500,300", "150,100,600,400"
_LATEST_S = 0.1
"""After the start of a fill: about as long as one takes, so that thefts come before, in and after the secret."""
_MAP, _UNMAP, _FOCUS = 8, 10, 42


@dataclass(slots=True)
class Tally:
    """What came of all fills."""

    fills: int = 0
    filled: int = 0
    """The step succeeded, and the form has the whole secret."""
    reported: int = 0
    """The step failed, and said which window was in the way."""
    in_the_middle: int = 0
    """Of those reported: after some characters, before the last."""
    stolen: int = 0
    """Characters of a secret that the thief got."""
    unreported: int = 0
    """Fills in which the form lacks something, or has too much, and nothing was said."""

    @property
    def is_proof(self) -> bool:
        """Whether it shows what it must, and the thief was quick enough for it to mean something."""
        return not self.stolen and not self.unreported and 5 * self.reported >= self.fills and self.in_the_middle > 0


class Proof:
    """A form, a thief beside it, and the step that fills in the form."""

    def __init__(self, display: VirtualDisplay, devices: Devices, form: Program, thief: Program, folder: Path) -> None:
        self._display = display
        self._devices = devices
        self._form, self._thief = form, thief
        self._folder = folder
        self._vault = FakeVault({"shop": {"password": SECRET}})
        self._vault.bindings["shop"] = Binding(window="Form")
        point = form.board.center.moved(0, form.board.height)  # below the board lies the field
        self._step = TypeSecret(credential="shop", target=Target(point=point, window="Form"))

    def run(self, fills: int, seed: int = 7) -> Tally:
        """Fill in so many forms."""
        tally, dice = Tally(), random.Random(seed)  # noqa: S311 - nothing is hidden by it
        with self._stealing(dice) as (steal, stolen):
            for _ in range(fills):
                self._ready()
                stolen.clear()
                steal.set()
                typed, error = self._fill()
                assert stolen.wait(10), "the thief hangs"
                self._count(tally, typed, error)
        return tally

    def _ready(self) -> None:
        """An empty form in front, an empty thief behind it."""
        connection = self._display.connect()
        connection.order(_MAP, 0, struct.pack("=I", self._thief.window))
        connection.close()
        self._form.clear()
        self._thief.clear()
        self._devices.windows.focus(self._form.window)

    def _fill(self) -> tuple[int, WrongWindow | WindowNotFound | None]:
        """(how many characters must be in the form, why not all)."""
        try:
            self._step.run(self._context())
        except (WrongWindow, WindowNotFound) as error:
            return int(error.values.get("typed", 0)), error
        return len(SECRET), None

    def _count(self, tally: Tally, typed: int, error: WrongWindow | WindowNotFound | None) -> None:
        arrived, elsewhere = self._form.settled(), self._thief.settled()
        tally.fills += 1
        tally.stolen += len(elsewhere)
        tally.filled += error is None
        tally.reported += error is not None
        tally.in_the_middle += 0 < typed < len(SECRET)
        tally.unreported += arrived != SECRET[:typed]

    def _context(self) -> Context:
        end = time.monotonic() + 30
        return Context(
            devices=self._devices,
            eye=FakeEye(windows=self._devices.windows),  # the place is a point: there is nothing to be read
            vault=self._vault,
            folder=self._folder,
            workflow_folder=self._folder,
            check=lambda: None,
            sleep=time.sleep,
            remaining=lambda: end - time.monotonic(),
            log=lambda level, text: None,
            set_variable=lambda name, value: None,
            masks=Masks(),
        )

    @contextmanager
    def _stealing(self, dice: random.Random) -> Iterator[tuple[threading.Event, threading.Event]]:
        """Each time the first event is set, the thief strikes after a moment; then it sets the second."""
        connection = self._display.connect()
        screen = Display(connection)
        steal, stolen, ended = threading.Event(), threading.Event(), threading.Event()
        window = self._thief.window

        def strike() -> None:
            way = dice.choice(("ask", "take", "pop up"))
            if way == "ask":
                screen.tell_manager(window, "_NET_ACTIVE_WINDOW", 2, 0, 0)
            elif way == "take":
                with suppress(XError):  # it is not to be seen yet, after the last pop-up
                    connection.order(_FOCUS, 2, struct.pack("=II", window, 0))
            else:
                connection.order(_UNMAP, 0, struct.pack("=I", window))
                connection.order(_MAP, 0, struct.pack("=I", window))
                screen.tell_manager(window, "_NET_ACTIVE_WINDOW", 2, 0, 0)

        def run() -> None:
            while not ended.is_set():
                steal.wait()
                steal.clear()
                ended.wait(dice.uniform(0, _LATEST_S))
                strike()
                stolen.set()

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield steal, stolen
        finally:
            ended.set()
            steal.set()
            thread.join()
            connection.close()


def main(fills: int) -> int:
    """Print the tally; 0 when it is a proof."""
    with VirtualDisplay() as display, tempfile.TemporaryDirectory() as folder:
        os.environ.update(display.environment())
        form, thief = Program("receiver.py", display), Program("receiver.py", display)
        try:
            thief.open("Thief", THIEF_PLACE)
            form.open("Form", FORM_PLACE)
            tally = Proof(display, open_devices(), form, thief, Path(folder)).run(fills)
        finally:
            form.close()
            thief.close()
    print(json.dumps(asdict(tally), indent=2))
    return 0 if tally.is_proof else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))

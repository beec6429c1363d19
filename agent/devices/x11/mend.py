"""Put right what a program of ours has left behind on the display when it was killed: see `agent.devices.x11.hands`.

``python -m agent.devices.x11.mend DISPLAY WINDOW`` does it for one writer of a note, whose end it awaits.
"""

from __future__ import annotations

import logging
import struct
import sys
import time

from agent.core.errors import NoDisplay
from agent.devices.x11.connection import Connection, XError
from agent.devices.x11.display import Display
from agent.devices.x11.hands import PREFIX, Held, noted
from agent.devices.x11.keyboard import Keyboard

log = logging.getLogger(__name__)

_DELETE_PROPERTY, _LIST_PROPERTIES = 19, 21
_PATIENCE_S = 5.0
"""The server takes a moment to notice that a program has died."""


def mend(keyboard: Keyboard) -> None:
    """Release and give back what dead programs hold on this display. Costs one round trip when there is nothing."""
    display = Display(keyboard.connection)
    for window, name in noted(_root_properties(display)).items():
        data = display.property(display.root, name)
        try:
            token, held = Held.of(data)
        except (ValueError, TypeError, LookupError):  # not ours, whoever wrote it
            continue
        if not _lives(display, window, token):
            try:
                keyboard.mend(held)
            except XError as error:  # the map has become another one that the old entries do not fit into
                log.warning("What a killed program had left on the keyboard could not be undone: %s.", error)
            body = struct.pack("=II", display.root, keyboard.connection.atom(name))
            keyboard.connection.post(_DELETE_PROPERTY, 0, body)
            keyboard.connection.flush()
            log.warning("Released what a program that was killed had left on the keyboard.")


def _lives(display: Display, window: int, token: str) -> bool:
    """Whether the writer of a note is still connected."""
    try:
        return display.property(window, PREFIX).decode("latin-1") == token
    except XError:
        return False


def _root_properties(display: Display) -> list[str]:
    reply = display.connection.reply(display.ask(_LIST_PROPERTIES, display.root))
    count = struct.unpack_from("=H", reply, 8)[0]
    return [display.connection.atom_name(atom) for atom in struct.unpack_from(f"={count}I", reply, 32)]


def main(display: str, window: str) -> None:
    """Wait until the note's writer is gone, and put right what it has left."""
    connection = Connection(display)
    screen, keyboard = Display(connection), Keyboard(connection)
    name = f"{PREFIX}{window}"
    until = time.monotonic() + _PATIENCE_S
    while name in _root_properties(screen) and time.monotonic() < until:
        mend(keyboard)
        time.sleep(0.02)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:3])
    except NoDisplay:
        sys.exit(1)  # the display is gone, and with it everything that was held there

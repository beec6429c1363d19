"""A program that holds keys or types for long, to be killed in the middle of it. Its argument says what it does."""

from __future__ import annotations

import sys
import time

from agent.core.geometry import Point
from agent.devices.x11.connection import Connection
from agent.devices.x11.input import X11Input

typist = X11Input(Connection(), Connection())
if sys.argv[1] == "hold":
    typist.hotkey(["ctrl", "shift", "f5"], hold_s=60)
elif sys.argv[1] == "drag":
    typist.drag([Point(1500, 900), Point(1600, 950)], duration_s=60)
elif sys.argv[1] == "leave":  # as when an error ends the program
    typist._keyboard.hold(typist._keyboard.keymap().modifier_key(0))
    time.sleep(0.3)
    sys.exit(1)
else:
    typist.type_text("日本語漢字ßäöü€" * 1000, delay_s=0.01)

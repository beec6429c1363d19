"""A process that presses the stop keys when it is told to, and measures until nothing else is down any more."""

from __future__ import annotations

import json
import sys
import time

from agent.devices.x11.connection import Connection
from tests.devices.hand import Hand

STOP = ("ctrl", "alt", "pause")


def main() -> None:
    hand = Hand(Connection())
    own = {hand.code(key) for key in STOP}
    print("ready", flush=True)
    sys.stdin.readline()
    time.sleep(0.1)
    held_before = bool(hand.keys_down())
    began = time.monotonic()
    hand.press(*STOP)
    while hand.keys_down() - own and time.monotonic() - began < 5:
        time.sleep(0.001)
    took = time.monotonic() - began
    hand.release(*STOP)
    print(json.dumps({"held_before": held_before, "released_ms": 1000 * took}), flush=True)


if __name__ == "__main__":
    main()

"""The typing matrix in full: `python -m tests.benchmarks.typing_matrix [TIMES] [RECEIVER …]` (some ten minutes).

Each text, on each layout, into each receiver, fifty times by default: everything must arrive exactly. Prints a line
for each cell, with the characters a second; ends with 1 when anything was wrong, and names it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from agent.devices.virtual_display import VirtualDisplay
from agent.devices.x11.input import X11Input
from tests.devices.conftest import Program
from tests.devices.matrix import LAYOUTS, RECEIVERS, TEXTS, missing

TIMES = 50


def main(times: int, receivers: list[str]) -> int:
    """Type everything; the number of texts that did not arrive."""
    wrong = 0
    for name in receivers:
        if reason := missing(RECEIVERS[name]):
            print(f"{name}: left out, {reason}", flush=True)
            continue
        # A display for each: openbox reads the keyboard map for 30 ms after each change, and falls far behind.
        with VirtualDisplay() as display, _opened(name, display) as form:
            keyboard = X11Input(display.connect(), display.connect())
            wrong += sum(_cell(keyboard, form, name, layout, times) for layout in LAYOUTS)
    print(f"{wrong} texts were wrong." if wrong else "Every character of every text was right.")
    return wrong


@contextmanager
def _opened(receiver: str, display: VirtualDisplay) -> Iterator[Program]:
    os.environ.update(display.environment())
    form = Program(RECEIVERS[receiver], display)
    try:
        form.open(receiver, "200,150,700,500")
        yield form
    finally:
        form.close()


def _cell(keyboard: X11Input, form: Program, receiver: str, layout: str, times: int) -> int:
    """One receiver on one layout, all texts; how many were wrong."""
    subprocess.run(["setxkbmap", *layout.split()], check=True)
    wrong, seconds = 0, 0.0
    for name, text in TEXTS.items():
        for _ in range(times):
            form.clear()
            start = time.perf_counter()
            keyboard.type_text(text, into=form.window)
            seconds += time.perf_counter() - start
            if (arrived := form.received(len(text))) != text:
                wrong += 1
                print(f"  {name}: {arrived!r} instead of {text!r}")
    count = times * len(TEXTS)
    speed = times * len("".join(TEXTS.values())) / seconds
    print(f"{receiver:9} {layout:7} {count - wrong}/{count} exact, {speed:.0f} characters/s", flush=True)
    return wrong


if __name__ == "__main__":
    arguments = sys.argv[1:]
    count = int(arguments.pop(0)) if arguments and arguments[0].isdigit() else TIMES
    sys.exit(main(count, arguments or list(RECEIVERS)) > 0)

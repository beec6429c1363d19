"""The proof that the person wins: runs that give way to them, and runs that they stop, on a display of its own.

``python -m tests.benchmarks.person_proof jitter 500`` lets somebody shove the mouse about in a burst at a random moment
of each run, by turns through the server's own mouse (as on a desk) and through another program (as by remote desktop);
in every fifth run they click, too. The run must halt within 100 ms, nothing may arrive in its window but what the
workflow says, and it must come to its end.

``python -m tests.benchmarks.person_proof stop 500`` stops each run at a random moment while it types, holds a key or
drags: by turns with the stop keys and by the corner, and half of the time while other threads of the program compute.
Within 200 ms the run must have ended with every key and button up that the person does not hold.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import patch

from agent.app import Agent
from agent.core.events import Event, GaveWay, RunChanged
from agent.core.geometry import Point
from agent.core.run import Run, Status
from agent.core.workflow import Workflow
from agent.devices import open_devices
from agent.devices.fake import FakeEye
from agent.devices.person import watched
from agent.devices.person.watched import WatchedPerson
from agent.devices.virtual_display import VirtualDisplay
from agent.settings import Home, Settings
from tests.devices.conftest import Program
from tests.devices.hand import Hand

PLACE = "200,150,900,500"
REST_S = 0.5
"""In these runs the person has to rest for so long; the least that can be set."""
ASIDE = Point(1700, 950)
"""The bare desktop."""
STOP_KEYS = ("ctrl", "alt", "pause")
TEXTS = ("Grüße aus Köln, 12 Stück à 3,50", "Straße der Pariser Kommune 17")


class NotingPerson(WatchedPerson):
    """Notes when the program sends what."""

    sent: list[float]

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.sent = []

    def sends(self, kind: int, code: int, x: int = 0, y: int = 0) -> None:
        self.sent.append(time.monotonic())
        super().sends(kind, code, x, y)


@dataclass(slots=True)
class Tally:
    """What came of all runs; times in milliseconds."""

    runs: int = 0
    complete: int = 0
    halted: int = 0
    """Runs whose step was at work when the person came."""
    told_ms: list[float] = field(default_factory=list)
    """From the person's first movement until the halt was told."""
    halt_ms: list[float] = field(default_factory=list)
    """From the person's first movement until the last input that was sent before the halt ended."""
    wrong_clicks: int = 0
    wrong_texts: int = 0
    stop_ms: list[float] = field(default_factory=list)
    """From the last stop key (or the push into the corner) until the run had ended and all was let go."""
    left_down: int = 0
    faults: list[str] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """For people."""
        told = {
            name: value
            for name in ("runs", "complete", "halted", "wrong_clicks", "wrong_texts", "left_down")
            if (value := getattr(self, name)) is not None
        }
        for name in ("told_ms", "halt_ms", "stop_ms"):
            if times := sorted(getattr(self, name)):
                told[name] = {
                    "median": round(statistics.median(times), 1),
                    "p99": round(percentile(times, 0.99), 1),
                    "most": round(times[-1], 1),
                    "count": len(times),
                }
        return {**told, "faults": self.faults[:5]}


def percentile(times: Sequence[float], share: float) -> float:
    """The time that so great a share does not exceed."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Office:
    """An agent, a window to work in, and two hands of a person. The environment leads to its display."""

    def __init__(self, display: VirtualDisplay, form: Program, folder: Path) -> None:
        self.form = form
        self.hands = [Hand(display.connect(), physical=physical) for physical in (True, False)]
        with patch.object(watched, "WatchedPerson", NotingPerson):
            devices = open_devices()
        assert isinstance(devices.person, NotingPerson)
        self.person = devices.person
        self.devices = devices
        settings = Settings(give_way_s=REST_S, stop_keys="+".join(STOP_KEYS), stop_corner="top_left")
        self.agent = Agent(Home(folder), settings, devices=devices, eye=FakeEye(windows=devices.windows))
        self.events: list[tuple[float, Event]] = []
        self.agent.subscribe(lambda event: self.events.append((time.monotonic(), event)))
        self.board = form.board
        self.field = form.board.center.moved(0, form.board.height)

    def stripe(self, number: int) -> Point:
        """A place on the board."""
        return Point(self.board.x + 100 + 40 * number, self.board.y + 20)

    def ready(self) -> None:
        """An empty window in front, and nobody at the mouse."""
        self.form.clear()
        self.devices.windows.focus(self.form.window)
        self.events.clear()
        self.person.sent.clear()

    def end_of(self, run: Run) -> tuple[float, Run]:
        """When it ended, and how."""
        ended = self.agent.wait(run.id, 60)
        at = next(at for at, event in self.events if isinstance(event, RunChanged) and event.run.status.is_final)
        return at, ended


# -- giving way --------------------------------------------------------------------------------------------------------


def jitter(office: Office, runs: int, seed: int = 7) -> Tally:
    """Runs that somebody shoves the mouse in."""
    dice, tally = random.Random(seed), Tally()  # noqa: S311 - nothing is hidden by it
    flow = work(office)
    for number in range(runs):
        office.ready()
        run = office.agent.start(flow)
        time.sleep(dice.uniform(0.0, 0.5))
        clicks = number % 5 == 4
        began = shove(office.hands[number % 2], dice, clicks=clicks)
        _, ended = office.end_of(run)
        _count_jitter(office, tally, ended, began)
    return tally


def work(office: Office) -> Workflow:
    """Clicks and texts, without anything that has to be read."""
    window = "Form"
    steps = [
        ("click", "mouse.click", {"target": {"point": office.stripe(0), "window": window}}),
        (
            "first",
            "keyboard.type",
            {"text": TEXTS[0], "clear": True, "delay_ms": 5, "target": {"point": office.field, "window": window}},
        ),
        ("again", "mouse.click", {"target": {"point": office.stripe(3), "window": window}}),
        ("twice", "mouse.click", {"target": {"point": office.stripe(6), "window": window}, "count": 2}),
        (
            "second",
            "keyboard.type",
            {"text": TEXTS[1], "clear": True, "delay_ms": 5, "target": {"point": office.field, "window": window}},
        ),
        ("last", "mouse.click", {"target": {"point": office.stripe(9), "window": window}}),
    ]
    return _in_a_row(steps)


def shove(hand: Hand, dice: random.Random, *, clicks: bool) -> float:
    """A burst of movements over the window, as of somebody who takes the mouse; returns when it began."""
    place = Point(dice.randint(250, 1000), dice.randint(200, 600))
    began = time.monotonic()
    for _ in range(dice.randint(3, 15)):
        place = place.moved(dice.randint(-40, 40), dice.randint(-40, 40))
        hand.move(place)
        time.sleep(0.008)
    if clicks:
        hand.move(ASIDE)
        hand.click()
    return began


def _count_jitter(office: Office, tally: Tally, ended: Run, began: float) -> None:
    tally.runs += 1
    if ended.status is Status.DONE:
        tally.complete += 1
    else:
        tally.faults.append(str(ended.error))
    halts = [(at, event.halted) for at, event in office.events if isinstance(event, GaveWay)]
    halted = [at for at, is_halt in halts if is_halt and at >= began]
    if halted:
        resumed = next((at for at, is_halt in halts if not is_halt and at > halted[0]), time.monotonic())
        # Putting the pointer back is told just before it goes on: the last input before the person's rest counts.
        before = [at for at in tuple(office.person.sent) if began < at < min(resumed, halted[0] + REST_S / 2)]
        tally.halted += 1
        tally.told_ms.append(1000 * (halted[0] - began))
        tally.halt_ms.append(1000 * (max(before) - began) if before else 0.0)
    text = office.form.settled()
    clicks = [(event["click"], *event["at"]) for event in office.form.events if "click" in event]
    meant = [
        (kind, *office.stripe(number))
        for kind, number in (("press", 0), ("press", 3), ("press", 6), ("double", 6), ("press", 9))
    ]
    if clicks != [(kind, place.x, place.y) for kind, place in _points(office)]:
        tally.wrong_clicks += 1
        tally.faults.append(f"{clicks} instead of {meant}")
    if ended.status is Status.DONE and text != TEXTS[1]:
        tally.wrong_texts += 1
        tally.faults.append(text)


def _points(office: Office) -> list[tuple[str, Point]]:
    places = (("press", 0), ("press", 3), ("press", 6), ("double", 6), ("press", 9))
    return [(kind, office.stripe(number)) for kind, number in places]


# -- stopping ----------------------------------------------------------------------------------------------------------


def stops(office: Office, runs: int, seed: int = 7) -> Tally:
    """Runs that somebody stops."""
    dice, tally = random.Random(seed), Tally()  # noqa: S311 - nothing is hidden by it
    flow = busy_work(office)
    for number in range(runs):
        office.ready()
        with _computing(threads=2 * (number % 2)):
            run = office.agent.start(flow)
            time.sleep(dice.uniform(0.2, 1.6))
            # Keys of the physical keyboard only: XTEST has one keyboard for all programs, and what we hold on it nobody
            # else can press.
            corner = number % 4 == 3
            _stop(office, tally, run, office.hands[number // 4 % 2 if corner else 0], corner=corner)
    return tally


def busy_work(office: Office) -> Workflow:
    """Typing, a held key and a drag, for longer than anybody waits."""
    window = "Form"
    ends = [{"point": office.stripe(number), "window": window} for number in (0, 10)]
    field = {"point": office.field, "window": window}
    steps: list[tuple[str, str, dict[str, Any]]] = []
    for number in range(20):
        steps += [
            (f"type{number}", "keyboard.type", {"text": "Ein langer Text € " * 4, "clear": True, "target": field}),
            (f"hold{number}", "keyboard.hotkey", {"keys": "ctrl+shift", "hold_ms": 150, "window": {"title": window}}),
            (f"drag{number}", "mouse.drag", {"from": ends[0], "to": ends[1], "duration": 0.1}),
        ]
    return _in_a_row(steps)


def _stop(office: Office, tally: Tally, run: Run, hand: Hand, *, corner: bool) -> None:
    own = frozenset() if corner else frozenset(map(hand.code, STOP_KEYS))
    if corner:
        hand.move(Point(300, 300))
        time.sleep(0.02)
        began = time.monotonic()
        hand.move(Point(0, 0))
    else:
        hand.press(*STOP_KEYS[:-1])
        began = time.monotonic()
        hand.press(STOP_KEYS[-1])
    ended_at, ended = office.end_of(run)
    while (down := hand.keys_down() - own or hand.buttons_down()) and time.monotonic() < began + 2:
        time.sleep(0.001)
    free_at = time.monotonic()
    hand.release(*([] if corner else STOP_KEYS))
    tally.runs += 1
    tally.complete += ended.status is Status.STOPPED
    tally.left_down += bool(down or hand.keys_down())
    last_sent = max(office.person.sent, default=0.0)
    # When nothing was down at the first look, it was free when the run had ended at the latest.
    tally.stop_ms.append(1000 * (max(ended_at, min(free_at, last_sent)) - began))
    if ended.status is not Status.STOPPED:
        tally.faults.append(f"{ended.status}: {ended.error}")


@contextmanager
def _computing(*, threads: int) -> Iterator[None]:
    """Other threads of this process that never rest."""
    over = threading.Event()

    def compute() -> None:
        while not over.is_set():
            sum(range(10_000))

    busy = [threading.Thread(target=compute) for _ in range(threads)]
    for thread in busy:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in busy:
            thread.join()


def _in_a_row(steps: Sequence[tuple[str, str, dict[str, Any]]]) -> Workflow:
    nodes = [
        {"id": name, "action": action, "params": params, "policy": {"attempts": 1}} for name, action, params in steps
    ]
    edges = [{"from": one[0], "outlet": "done", "to": next_[0]} for one, next_ in pairwise(steps)]
    return Workflow.model_validate({"id": "person", "name": "Person", "nodes": nodes, "edges": edges})


@contextmanager
def office_on(display: VirtualDisplay, folder: Path) -> Iterator[Office]:
    """The stand for both; the environment must lead to the display."""
    form = Program("receiver.py", display)
    try:
        form.open("Form", PLACE)
        office = Office(display, form, folder)
        with office.agent:
            yield office
    finally:
        form.close()


def main(what: str, runs: int) -> int:
    """Print what came of it; 0 when it is a proof."""
    with VirtualDisplay() as display, tempfile.TemporaryDirectory() as folder:
        os.environ.update(display.environment())
        os.environ["TLA_HOME"] = os.environ["XDG_STATE_HOME"] = folder
        with office_on(display, Path(folder)) as office:
            tally = (jitter if what == "jitter" else stops)(office, runs)
    print(json.dumps(tally.summary(), indent=2, ensure_ascii=False))
    slow = percentile(tally.halt_ms, 1.0) >= 100 if what == "jitter" else percentile(tally.stop_ms, 0.99) >= 200
    wrong = tally.wrong_clicks or tally.wrong_texts or tally.left_down or tally.complete < runs
    return int(bool(slow or wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))

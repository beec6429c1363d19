"""The person at the machine: told apart from ourselves, heard at once, and able to stop everything."""

from __future__ import annotations

import ctypes
import itertools
import json
import os
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import pytest

from agent.core.devices import Person, PersonSign
from agent.core.errors import DeviceError, Stop
from agent.core.geometry import Point
from agent.devices.fake import FakePerson
from agent.devices.person.outlook import in_corner
from agent.devices.person.watched import WatchedPerson
from agent.devices.virtual_display import VirtualDisplay
from agent.devices.x11.input import X11Input
from tests.devices.device_contracts import until
from tests.devices.hand import Hand

STOP = ("ctrl", "alt", "pause")
_MOVES = itertools.count()
"""A mouse that is where it shall be tells nothing, even if another test has put it there."""


class Scene(Protocol):
    """Somebody at a machine, and what was heard of them."""

    person: Person
    heard: list[PersonSign]

    def moves(self) -> None: ...
    def touches(self) -> None: ...
    def says_stop(self) -> None: ...


class PersonContract:
    """Needs a fixture `scene` that is watched."""

    def test_moving_the_pointer_is_heard_and_is_no_touch(self, scene: Scene) -> None:
        began = time.monotonic()
        scene.moves()
        until(lambda: "input" in scene.heard)
        assert scene.person.last_input() >= began
        assert scene.person.last_touch() < began

    def test_a_key_is_a_touch(self, scene: Scene) -> None:
        began = time.monotonic()
        scene.touches()
        until(lambda: scene.person.last_touch() >= began)

    def test_who_does_nothing_is_idle(self, scene: Scene) -> None:
        scene.moves()
        until(lambda: "input" in scene.heard)
        before = scene.person.idle_s()
        until(lambda: scene.person.idle_s() > before)

    def test_each_stop_is_counted_once(self, scene: Scene) -> None:
        for count in (1, 2):
            scene.says_stop()
            until(lambda: scene.heard.count("stop_keys") == count)  # noqa: B023 - it is called before the next
            assert scene.person.stops() == count


class FakeScene:
    """The fake."""

    def __init__(self) -> None:
        self.person = self.fake = FakePerson()
        self.heard: list[PersonSign] = []
        self.fake.watch(self.heard.append, stop_keys=STOP)

    def moves(self) -> None:
        self.fake.moves()

    def touches(self) -> None:
        self.fake.touches()

    def says_stop(self) -> None:
        self.fake.says_stop()


class TestFakePerson(PersonContract):
    @pytest.fixture
    def scene(self) -> FakeScene:
        return FakeScene()


class Desk:
    """A display with our own input and a hand of somebody else."""

    def __init__(self, display: VirtualDisplay, *, physical: bool) -> None:
        self.display = display
        self.person = WatchedPerson(display.environment())
        self.ours = X11Input(display.connect(), display.connect(), self.person.sends)
        self.hand = Hand(display.connect(), physical=physical)
        self.heard: list[PersonSign] = []
        self.ours.move(Point(500, 500))
        self._end: Callable[[], None] = lambda: None

    def watch(self, keys: Sequence[str] = STOP) -> Desk:
        self._end = self.person.watch(self.heard.append, stop_keys=keys, stop_corner="top_left")
        return self

    def close(self) -> None:
        self._end()

    def moves(self) -> None:
        self.hand.move(Point(510 + next(_MOVES) % 100, 510))

    def touches(self) -> None:
        self.hand.press("shift")
        self.hand.release("shift")

    def says_stop(self) -> None:
        self.hand.press(*STOP)
        self.hand.release(*STOP)

    def pushes(self, *points: Point) -> None:
        for point in points:
            began = time.monotonic()
            self.hand.move(point)
            until(lambda: self.person.last_input() >= began)  # noqa: B023 - it is called before the next

    def nothing_was_heard(self) -> bool:
        """Once a later movement was heard: there is one line, so what came before it would have been told before."""
        before = list(self.heard)
        self.moves()
        until(lambda: len(self.heard) > len(before))
        return not before and self.heard == ["input"]


@pytest.fixture(params=["physical", "program"])
def scene(display: VirtualDisplay, request: pytest.FixtureRequest) -> Iterator[Desk]:
    desk = Desk(display, physical=request.param == "physical").watch()
    yield desk
    desk.close()


@pytest.fixture
def desk(display: VirtualDisplay) -> Iterator[Desk]:
    desk = Desk(display, physical=True)
    yield desk
    desk.close()


@pytest.mark.desktop
class TestWatchedPerson(PersonContract):
    @pytest.fixture
    def scene(self, scene: Desk) -> Desk:
        return scene


@pytest.mark.desktop
def test_what_we_do_ourselves_is_not_the_person(scene: Desk) -> None:
    for number in range(20):
        scene.ours.move(Point(300 + number, 300))
        scene.ours.click(Point(1800, 900 + number))
        scene.ours.scroll(0, 1)
    scene.ours.hotkey(["ctrl", "shift", "a"])
    scene.ours.hotkey(["a"])
    scene.ours.type_text("Grüße €")
    scene.ours.release_all()
    assert scene.nothing_was_heard()


@pytest.mark.desktop
def test_our_own_stop_keys_and_corner_stop_nothing(desk: Desk) -> None:
    desk.watch()
    desk.ours.hotkey(list(STOP))
    desk.ours.move(Point(0, 0))
    assert desk.nothing_was_heard()
    assert desk.person.stops() == 0


@pytest.mark.desktop
def test_the_person_is_heard_while_we_are_at_work(scene: Desk) -> None:
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            scene.ours.move(Point(300, 300))
            scene.ours.hotkey(["a"])

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for _ in range(5):
            began = time.monotonic()
            scene.touches()
            until(lambda: scene.person.last_touch() >= began)  # noqa: B023 - it is called before the next
    finally:
        done.set()
        worker.join()


@pytest.mark.desktop
def test_pushing_the_pointer_into_the_corner_stops_once_a_push(desk: Desk) -> None:
    desk.watch()
    for count in (1, 2):
        desk.pushes(Point(300, 300), Point(1, 2), Point(0, 0))
        until(lambda: desk.heard.count("stop_corner") == count)  # noqa: B023 - it is called before the next
    assert desk.person.stops() == 2


@pytest.mark.desktop
def test_a_nudge_in_the_corner_where_we_have_put_the_pointer_stops_nothing(desk: Desk) -> None:
    desk.watch()
    desk.pushes(Point(301, 301))
    desk.ours.move(Point(0, 0))
    desk.pushes(Point(1, 0))
    desk.pushes(Point(302, 302))
    assert desk.person.stops() == 0


@pytest.mark.desktop
def test_the_person_holds_on_while_a_key_is_down(desk: Desk) -> None:
    desk.watch()
    desk.hand.press("shift")
    until(lambda: desk.person.idle_s() == 0.0)
    desk.hand.release("shift")
    until(lambda: desk.person.idle_s() > 0.0)


@pytest.mark.desktop
def test_nothing_is_heard_between_two_watches(desk: Desk) -> None:
    desk.watch()
    desk.close()
    desk.says_stop()
    desk.watch()
    assert desk.nothing_was_heard()


@pytest.mark.desktop
def test_keys_let_go_between_two_watches_stop_again(desk: Desk) -> None:
    for count in (1, 2):
        desk.watch()
        desk.hand.press(*STOP)
        until(lambda: desk.person.stops() == count)  # noqa: B023 - it is called before the next
        desk.close()
        desk.hand.release(*STOP)


@pytest.mark.desktop
def test_other_stop_keys_work_too(desk: Desk) -> None:
    desk.watch(("f9",))
    desk.says_stop()
    desk.hand.press("f9")
    desk.hand.release("f9")
    until(lambda: "stop_keys" in desk.heard)
    assert desk.person.stops() == 1


@pytest.mark.desktop
def test_stop_keys_that_another_program_has_are_told_and_work_all_the_same(desk: Desk, display: VirtualDisplay) -> None:
    connection = display.connect()  # of another program: it grabs the key, and does not sign as ours
    for locks in (0, 2, 16, 18):
        body = struct.pack("=IHBBB3x", connection.setup.root, 12 | locks, desk.hand.code("pause"), 1, 1)
        connection.order(33, 0, body)
    # Once the agents of the tests before are at rest; each watch asks anew.
    until(lambda: desk.watch().person.keys_taken())  # noqa: PLW0108
    desk.says_stop()
    until(lambda: "stop_keys" in desk.heard)
    connection.close()


@pytest.mark.desktop
def test_another_agent_of_ours_is_no_conflict_and_both_stop(desk: Desk, display: VirtualDisplay) -> None:
    other = Desk(display, physical=True).watch()
    desk.watch()
    assert not desk.person.keys_taken()
    desk.says_stop()
    until(lambda: "stop_keys" in desk.heard and "stop_keys" in other.heard)
    other.close()


@pytest.mark.desktop
def test_a_sentinel_that_was_killed_is_started_again(desk: Desk) -> None:
    desk.watch()
    sentinel = desk.person._sentinel
    assert sentinel is not None
    sentinel.process.kill()
    sentinel.process.wait()
    until(lambda: desk.person._sentinel is not sentinel and "input" in (desk.moves(), *desk.heard))


@pytest.mark.desktop
def test_the_sentinel_ends_with_the_program(display: VirtualDisplay) -> None:
    script = (
        "import os, time\n"
        "from agent.devices.person.watched import WatchedPerson\n"
        "person = WatchedPerson()\n"
        "person.watch(print)\n"
        "print(person._sentinel.process.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=30)
    pid = int(told.stdout)
    until(lambda: not Path(f"/proc/{pid}").exists())


@pytest.mark.desktop
def test_a_program_that_hangs_lets_go_of_its_keys_all_the_same(desk: Desk) -> None:
    """The whole process stands still, as in a library that does not give Python up; the sentinel acts for it."""
    desk.watch()
    script = Path(__file__).with_name("stopper.py")
    environment = {**os.environ, **desk.display.environment()}
    stopper = subprocess.Popen(
        [sys.executable, str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[2],
    )
    assert stopper.stdin is not None
    assert stopper.stdout is not None
    stopper.stdout.readline()
    holding = threading.Thread(target=_hold, args=(desk,))
    holding.start()
    until(lambda: desk.hand.code("f7") in desk.hand.keys_down())
    stopper.stdin.write("go\n")
    stopper.stdin.flush()
    ctypes.PyDLL(None).usleep(900_000)  # with Python's lock held: no thread of ours runs meanwhile
    told = json.loads(stopper.stdout.readline())
    holding.join()
    stopper.stdin.close()
    stopper.stdout.close()
    stopper.wait()
    assert told["held_before"]
    assert told["released_ms"] < 600, "it was released only when we came back"


def _hold(desk: Desk) -> None:
    def check() -> None:
        if desk.person.stops():
            raise Stop

    with suppress(Stop):
        desk.ours.hotkey(["f7"], hold_s=20.0, check=check)


@pytest.mark.desktop
def test_a_display_that_is_not_there_is_told(display: VirtualDisplay) -> None:
    person = WatchedPerson({"DISPLAY": ":987"})
    with pytest.raises(DeviceError, match="There is no display :987"):
        person.watch(lambda sign: None)
    assert person.stops() == 0


def test_the_corner_of_unequal_screens_is_where_the_pointer_stops() -> None:
    screens = [(0, 200, 800, 800), (800, 0, 2000, 1000)]
    assert in_corner(0, 200, "top_left", screens)
    assert not in_corner(0, 0, "top_left", screens)
    assert in_corner(1999, 0, "top_right", screens)
    assert in_corner(1999, 999, "bottom_right", screens)
    assert in_corner(0, 799, "bottom_left", screens)
    assert not in_corner(800, 0, "top_left", screens)

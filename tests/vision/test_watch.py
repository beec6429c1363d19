"""The one capture loop: everybody is told of his own part, a still screen of nothing, and no thread is left over."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.errors import DeviceError, NoDisplay, Stop
from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.target import WindowQuery
from agent.devices.fake import FakeScreen, FakeWindows
from agent.vision.frame import crop
from agent.vision.watch import Watch, Watcher, difference, plan

SMALL = Region(0, 0, 60, 40)
BLACK = (0, 0, 0)


class Stand:
    """A small screen that is looked at round by round, without a thread."""

    def __init__(self) -> None:
        self.screen = FakeScreen(SMALL)
        self.windows = FakeWindows()
        self.watcher = Watcher(self.screen, self.windows)
        self.watches: list[Watch] = []

    def watch(self, region: Region | None = None, window: str | None = None) -> Watch:
        """One that takes part in the rounds from now on."""
        watch = self.watcher.watch(region, window=WindowQuery(title=window) if window else None)
        self.watches.append(watch)
        return watch

    def told(self) -> list[Watch]:
        """Look once, and tell who is told."""
        self.watcher.look(self.watches)
        return [watch for watch in self.watches if watch.wait(0)]


def test_who_watches_a_part_is_told_only_of_changes_there() -> None:
    stand = Stand()
    left, right, everything = stand.watch(Region(0, 0, 20, 40)), stand.watch(Region(40, 0, 20, 40)), stand.watch()
    assert stand.told() == [left, right, everything], "the first round tells that the eye is on the place"
    assert stand.told() == []
    stand.screen.paint(Region(45, 5, 1, 1), BLACK)
    assert stand.told() == [right, everything]
    stand.screen.paint(Region(30, 5, 1, 1), BLACK)
    assert stand.told() == [everything]
    assert stand.told() == []


def test_what_changes_on_both_sides_of_a_place_is_no_change_there() -> None:
    stand = Stand()
    between = stand.watch(Region(10, 0, 5, 5))
    stand.watch()
    stand.told()
    for x in (8, 16):
        stand.screen.paint(Region(x, 0, 1, 1), BLACK)
    assert between not in stand.told()


def test_who_comes_and_goes_makes_nobody_else_look_and_hides_no_change() -> None:
    stand = Stand()
    first = stand.watch(Region(0, 0, 20, 20))
    stand.told()
    second = stand.watch(Region(30, 20, 10, 10))
    assert stand.told() == [second]
    stand.watches.remove(second)
    assert stand.told() == []
    everything = stand.watch()
    stand.screen.paint(Region(5, 5, 1, 1), BLACK)
    assert stand.told() == [first, everything]


regions = st.tuples(st.integers(-5, 55), st.integers(-5, 35), st.integers(1, 20), st.integers(1, 20)).map(
    lambda sides: Region(*sides)
)
moves = st.lists(
    st.one_of(
        st.tuples(st.just("paint"), regions),
        st.tuples(st.just("join"), st.one_of(st.none(), regions)),
        st.tuples(st.just("leave"), st.integers(0, 5)),
        st.tuples(st.just("look"), st.none()),
    ),
    max_size=25,
)


@given(moves)
@settings(max_examples=150, deadline=None)
def test_told_are_exactly_those_whose_pixels_are_not_as_in_the_round_before(moves: list[tuple[str, object]]) -> None:
    stand = Stand()
    places: dict[Watch, Region | None] = {}
    before: dict[Watch, Frame] = {}
    colour = 0
    for move, what in [*moves, ("look", None)]:
        if move == "paint" and isinstance(what, Region):
            colour += 7
            stand.screen.paint(what, (colour % 256, 0, 0))
        elif move == "join" and (what is None or isinstance(what, Region)):
            places[stand.watch(what)] = what
        elif move == "leave" and isinstance(what, int) and what < len(stand.watches):
            before.pop(stand.watches.pop(what), None)
        elif move == "look":
            whole = stand.screen.capture()
            now = {watch: crop(whole, places[watch] or SMALL) for watch in stand.watches}
            expected = [
                watch for watch in stand.watches if watch not in before or difference(before[watch], now[watch]) > 0
            ]
            assert stand.told() == expected
            before = now


def test_close_places_are_captured_together_and_distant_ones_apart() -> None:
    near = Region(0, 0, 300, 200), Region(320, 10, 300, 200)
    far = Region(3000, 1800, 50, 50)
    assert set(plan([*near, far, near[0]])) == {near[0].union(near[1]), far}
    assert plan([far, None]) == (None,)
    assert plan([Region(5, 5, 0, 0)]) == ()
    tiles = [Region(x, y, 200, 200) for x in range(0, 1800, 200) for y in range(0, 1000, 200)]
    assert plan(tiles) == (Region(0, 0, 1800, 1000),)


def test_a_still_screen_costs_one_capture_a_round_however_many_watch() -> None:
    stand = Stand()
    for x in range(20):
        stand.watch(Region(x, x, 10, 10))
    stand.told()
    stand.screen.captures.clear()
    assert stand.told() == []
    assert stand.screen.captures == [Region(0, 0, 29, 29)]


def test_a_window_is_waited_for_without_any_capture_and_watched_when_it_opens() -> None:
    stand = Stand()
    watch = stand.watch(Region(0, 0, 10, 10), "Orders")
    assert stand.told() == [watch]
    stand.screen.paint(SMALL, BLACK)
    assert stand.told() == []
    assert stand.screen.captures == []
    window = stand.windows.open("Orders", Region(5, 5, 20, 20))
    assert stand.told() == [watch]
    assert stand.screen.captures == [Region(5, 5, 5, 5)], "what window and region share"
    window.region = Region(0, 0, 20, 20)
    assert stand.told() == [watch]
    stand.windows.open("Over it", Region(0, 0, 5, 5))
    assert stand.told() == [watch]
    window.minimized = True
    assert stand.told() == [watch]
    assert stand.told() == []


def test_difference_is_the_share_of_pixels() -> None:
    screen = FakeScreen(SMALL)
    before = screen.capture()
    assert difference(before, screen.capture()) == 0
    screen.paint(Region(0, 0, 30, 20), BLACK)
    assert difference(before, screen.capture()) == 0.25
    assert difference(before, screen.capture(Region(0, 0, 5, 5))) == 1
    nothing = screen.capture(Region(500, 0, 5, 5))
    assert difference(nothing, nothing) == 0


# --- with its thread ---


def wait_until(fact: Callable[[], bool]) -> None:
    """Wait for something that another thread does, without an event of its own."""
    end = time.monotonic() + 20
    while not fact():
        assert time.monotonic() < end, "it did not happen"
        threading.Event().wait(0.005)


def watchers() -> int:
    return sum(thread.name == "watcher" for thread in threading.enumerate())


def test_the_thread_lives_as_long_as_somebody_watches() -> None:
    watcher = Watcher(FakeScreen(SMALL), FakeWindows())
    for _ in range(3):
        with watcher.watch() as one, watcher.watch(Region(0, 0, 5, 5)) as other:
            assert one.wait(20)
            assert other.wait(20)
            assert watchers() == 1
        wait_until(lambda: watchers() == 0)


def test_a_change_wakes_who_waits_for_it() -> None:
    screen = FakeScreen(SMALL)
    watcher = Watcher(screen, FakeWindows())
    with watcher.watch() as watch:
        assert watch.wait(20)
        assert not watch.wait(0.2)
        threading.Timer(0.05, lambda: screen.paint(Region(3, 3, 1, 1), BLACK)).start()
        assert watch.wait(20)


def test_a_change_during_a_look_is_told_afterwards() -> None:
    screen = FakeScreen(SMALL)
    watcher = Watcher(screen, FakeWindows())
    with watcher.watch() as watch, watcher.watch() as other:
        assert watch.wait(20)
        assert other.wait(20)
        screen.paint(Region(3, 3, 1, 1), BLACK)
        assert other.wait(20)  # the round is over while `watch` is busy with its look
        assert watch.wait(0)


class Blind(FakeScreen):
    """A screen that goes away."""

    fault: Exception | None = None

    def capture(self, region: Region | None = None, *, cursor: bool = False) -> Frame:
        if self.fault is not None:
            raise self.fault
        return super().capture(region, cursor=cursor)


def test_a_screen_that_goes_away_is_the_error_of_everybody_who_waits() -> None:
    screen = Blind(SMALL)
    watcher = Watcher(screen, FakeWindows())
    raised: list[Exception] = []

    def waiter() -> None:
        with watcher.watch() as watch:
            assert watch.wait(20)
            ready.release()
            try:
                while True:
                    watch.wait(20)
            except NoDisplay as error:
                raised.append(error)

    ready = threading.Semaphore(0)
    threads = [threading.Thread(target=waiter) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert ready.acquire(timeout=20)
    screen.fault = NoDisplay("The screen is gone.")
    for thread in threads:
        thread.join(20)
    assert [str(error) for error in raised] == ["The screen is gone."] * 3
    assert len(set(map(id, raised))) == 3, "each thread raises its own"
    wait_until(lambda: watchers() == 0)


def test_a_fault_nobody_foresaw_reaches_who_waits_and_the_watcher_works_again_after_it() -> None:
    screen = Blind(SMALL)
    screen.fault = RuntimeError("oops")
    watcher = Watcher(screen, FakeWindows())
    with watcher.watch() as watch:
        with pytest.raises(DeviceError, match="could not be watched: oops"):
            watch.wait(20)
        screen.fault = None
        wait_until(lambda: bool(screen.captures))
    with watcher.watch() as watch:
        assert watch.wait(20)


def test_a_stop_is_heard_while_waiting() -> None:
    def stop() -> None:
        raise Stop

    with Watcher(FakeScreen(SMALL), FakeWindows()).watch() as watch:
        assert watch.wait(20)
        with pytest.raises(Stop):
            watch.wait(20, check=stop)
    wait_until(lambda: watchers() == 0)

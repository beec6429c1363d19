"""The wait engine against a clock that moves only when somebody waits or looks: never early, never late, and why."""

from __future__ import annotations

import bisect
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.actions.waiting import (
    Watched,
    wait_for,
    wait_until_changed,
    wait_until_gone,
    wait_until_stable,
    wait_until_there,
)
from agent.core.context import Context, Masks
from agent.core.devices import Check
from agent.core.errors import AmbiguousTarget, NotInTime, StepTimeout, TargetNotFound
from agent.core.geometry import Region
from agent.core.target import Match, Target, WindowQuery
from agent.devices.fake import FakeDesktop, FakeEye, FakeVault

SAVE = Region(10, 10, 60, 20)
ROUND_S = 0.1
"""Between two rounds of the fake watch."""
CHECK_S = 0.05
"""Between two looks at the clock while something long goes on."""
EXACT = 1e-6
"""For sums of floating point numbers."""

Script = list[tuple[float, Callable[[], None]]]


class SlowEye(FakeEye):
    """Sees what is there when it begins to look, and takes its time to say so."""

    look_s = 0.0

    def find_all(self, target: Target, *, check: Check = lambda: None) -> tuple[Match, ...]:
        seen = super().find_all(target, check=check)
        left = self.look_s
        while left > 0:
            self.pause(min(left, CHECK_S))
            left -= CHECK_S
            check()
        return seen


class World:
    """A machine whose clock moves when somebody waits or looks; what the script says happens at its time."""

    def __init__(self, *, timeout_s: float = 30.0, look_s: float = 0.0, script: Script | None = None) -> None:
        self.desktop = FakeDesktop(Region(0, 0, 100, 60))
        self.eye = SlowEye(windows=self.desktop.windows, screen=self.desktop.screen)
        self.eye.look_s = look_s
        self.eye.pause = self.advance
        self.now = 0.0
        self.timeout_s = timeout_s
        self.script = sorted(script or [], key=lambda event: event[0])
        self.context = Context(
            devices=self.desktop.devices,
            eye=self.eye,
            vault=FakeVault(),
            folder=Path(),
            workflow_folder=Path(),
            check=self._check,
            sleep=self.advance,
            remaining=lambda: max(0.0, self.timeout_s - self.now),
            log=lambda level, text: None,
            set_variable=lambda name, value: None,
            masks=Masks(),
            now=lambda: self.now,
        )

    def at(self, seconds: float, happens: Callable[[], None]) -> None:
        """Let it happen then."""
        bisect.insort(self.script, (seconds, happens), key=lambda event: event[0])

    def advance(self, seconds: float) -> None:
        """The time passes."""
        end = self.now + seconds
        while self.script and self.script[0][0] <= end:
            self.now, happens = self.script[0][0], self.script.pop(0)[1]
            happens()
        self.now = end

    def show(self) -> None:
        self.eye.texts["Save"] = SAVE

    def hide(self) -> None:
        self.eye.texts.pop("Save", None)

    def _check(self) -> None:
        if self.now >= self.timeout_s:
            raise StepTimeout


seconds = st.floats(0.01, 6.0)
looks = st.floats(0.0, 1.5)
limits = st.one_of(st.none(), st.floats(0.0, 5.0))


def end_of(world: World, most_s: float | None) -> float:
    return world.timeout_s if most_s is None else min(world.timeout_s, most_s)


@given(comes=seconds, look_s=looks, most_s=limits, timeout_s=st.floats(0.5, 5.0), vanishes=st.booleans())
@settings(max_examples=300, deadline=None)
def test_what_comes_or_goes_is_seen_soon_after_and_never_before(
    comes: float, look_s: float, most_s: float | None, timeout_s: float, vanishes: bool
) -> None:
    world = World(timeout_s=timeout_s, look_s=look_s)
    before, after = (world.show, world.hide) if vanishes else (world.hide, world.show)
    before()
    world.at(comes, after)
    target = Target(text="Save")
    try:
        seen = (
            wait_until_gone(world.context, target, most_s=most_s)
            if vanishes
            else wait_until_there(world.context, target, most_s=most_s) is not None
        )
    except (TargetNotFound, NotInTime):
        seen = False
    end = end_of(world, most_s)
    # One look is made in any case, as long as the step has time; everything after it ends when the wait does.
    assert world.now <= min(max(end, look_s + CHECK_S) + 0.1, timeout_s) + EXACT
    if seen:
        assert world.now >= comes - EXACT
    soonest = comes + ROUND_S + 2 * look_s + 2 * CHECK_S  # the look that is under way, then the one that sees it
    if soonest < end - 0.1:
        assert seen
        assert world.now <= soonest + EXACT
    if not seen and look_s < 0.1:
        assert world.now >= min(end, comes) - 0.1 - EXACT, "it gave up too early"


@given(toggles=st.lists(seconds, min_size=1, max_size=8), look_s=looks, timeout_s=st.floats(0.5, 5.0))
@settings(max_examples=150, deadline=None)
def test_what_flickers_is_only_said_to_be_there_when_a_look_saw_it(
    toggles: list[float], look_s: float, timeout_s: float
) -> None:
    world = World(timeout_s=timeout_s, look_s=look_s)
    for number, moment in enumerate(sorted(toggles)):
        world.at(moment, world.hide if number % 2 else world.show)
    begun: list[bool] = []
    world.eye.before_look = lambda target: begun.append("Save" in world.eye.texts)
    try:
        wait_until_there(world.context, Target(text="Save"))
        assert begun[-1]
    except (TargetNotFound, NotInTime):
        pass
    assert not any(begun[:-1]), "a look that saw it was not the last one"


@given(st.lists(seconds, max_size=8), st.floats(0.0, 2.0), st.floats(0.5, 6.0))
@settings(max_examples=200, deadline=None)
def test_stable_means_quiet_for_the_whole_time_and_not_longer(
    moves: list[float], quiet_s: float, timeout_s: float
) -> None:
    world = World(timeout_s=timeout_s)
    world.desktop.screen.paint(Region(0, 0, 100, 60), (0, 0, 0))
    for number, moment in enumerate(sorted(moves), 1):
        world.at(moment, lambda number=number: world.desktop.screen.paint(Region(0, 0, 5, 5), (number, 0, 0)))
    began = wait_until_stable(world.context, lambda: None, quiet_s, watched=Watched())
    moments = [0.0, *sorted(moves)]
    assert world.now <= timeout_s + EXACT
    if began is not None:
        assert world.now - began >= quiet_s - EXACT
        assert not [move for move in moves if began + EXACT < move < world.now - EXACT], "it moved meanwhile"
    pauses = [(start, nxt) for start, nxt in zip(moments, [*moments[1:], timeout_s - 0.1], strict=True) if nxt > start]
    long = next((start for start, nxt in pauses if nxt - start > quiet_s + ROUND_S + EXACT and nxt <= timeout_s), None)
    if long is not None and long + quiet_s + ROUND_S < timeout_s - 0.1:
        assert began is not None
        assert world.now <= long + quiet_s + 2 * ROUND_S + EXACT


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), seconds)
@settings(max_examples=100, deadline=None)
def test_change_means_more_than_the_share_of_the_pixels(share: float, painted: float, moment: float) -> None:
    world = World(timeout_s=8)
    rows = round(60 * painted)
    world.at(moment, lambda: world.desktop.screen.paint(Region(0, 0, 100, rows), (0, 0, 0)))
    found = wait_until_changed(world.context, Region(0, 0, 100, 60), share=share)
    assert (found is not None) == (rows / 60 > share)
    if found is not None:
        assert found == pytest.approx(rows / 60)
        assert moment - EXACT <= world.now <= moment + ROUND_S + EXACT


def test_a_change_that_creeps_along_is_a_movement_and_a_blinking_cursor_is_none() -> None:
    creeping, blinking = World(timeout_s=5), World(timeout_s=5)
    for step in range(40):
        creeping.at(step / 8, lambda step=step: creeping.desktop.screen.paint(Region(0, 0, 2 * step, 60), (9, 9, 9)))
        grey = 255 * (step % 2)
        blinking.at(step / 8, lambda grey=grey: blinking.desktop.screen.paint(Region(0, 0, 1, 20), (grey, 0, 0)))
    assert wait_until_stable(creeping.context, lambda: None, 1.0, share=0.05, watched=Watched()) is None
    assert wait_until_stable(blinking.context, lambda: None, 1.0, share=0.05, watched=Watched()) is not None


def test_a_still_screen_is_looked_at_three_times_only() -> None:
    world = World(timeout_s=30)
    with pytest.raises(TargetNotFound):
        wait_until_there(world.context, Target(text="Save"))
    assert world.now == pytest.approx(29.9)
    # Before and after the eye was on it, and once more at the end.
    assert len(world.eye.looks) == 3


def test_what_is_there_already_takes_one_look_and_no_watch() -> None:
    world = World()
    world.show()
    assert wait_until_there(world.context, Target(text="Save")).rect == SAVE
    assert (len(world.eye.looks), world.now) == (1, 0)


def test_without_time_there_is_still_one_look_and_it_tells_the_reason() -> None:
    world = World(look_s=1.0)
    with pytest.raises(TargetNotFound, match="not on the screen"):
        wait_until_there(world.context, Target(text="Save"), most_s=0)
    assert len(world.eye.looks) == 1


def test_a_first_look_that_takes_longer_than_the_step_has_says_so_before_the_step_s_own_timeout() -> None:
    world = World(timeout_s=1.0, look_s=60.0)
    with pytest.raises(NotInTime, match="longer than the step has time"):
        wait_until_there(world.context, Target(text="Save"))
    assert 0.9 <= world.now < 1.0


def test_a_look_that_is_broken_off_leaves_the_reason_of_the_one_before() -> None:
    world = World(timeout_s=3.0)

    def slow() -> None:
        world.eye.look_s = 60.0
        world.desktop.windows.open("Something")  # so there is a reason to look

    world.at(1.0, slow)
    with pytest.raises(TargetNotFound, match="not on the screen"):
        wait_until_there(world.context, Target(text="Save"))
    assert 2.9 <= world.now < 3.0


def test_two_places_are_none_until_one_of_them_is_gone() -> None:
    world = World(timeout_s=3.0)
    world.eye.texts["Save"] = [SAVE, SAVE.moved(0, 30)]
    with pytest.raises(AmbiguousTarget):
        wait_until_there(world.context, Target(text="Save"), most_s=1)
    world.at(2.0, world.show)
    assert wait_until_there(world.context, Target(text="Save")).rect == SAVE


def looks_of(world: World, watched: Watched | None, most_s: float) -> list[float]:
    """When it looked for what never comes."""
    looks: list[float] = []

    def look() -> None:
        looks.append(round(world.now, 3))

    assert wait_for(world.context, look, most_s=most_s, watched=watched) is None
    return looks


def test_without_anything_to_watch_it_looks_ten_times_a_second() -> None:
    looks = looks_of(World(), None, 1.0)
    assert sorted(set(looks)) == [number / 10 for number in range(11)]


def test_a_look_may_be_wanted_now_and_then_although_nothing_changes() -> None:
    assert looks_of(World(), Watched(every_s=0.5), 2.2) == [0, 0, 0.5, 1.0, 1.5, 2.0, 2.2]


@pytest.mark.parametrize(
    ("target", "watched"),
    [
        (Target(text="Save"), Watched()),
        (Target(text="Save", region=SAVE), Watched(SAVE)),
        (
            Target(text="Save", region=SAVE, window=WindowQuery(title="W")),
            Watched(SAVE, WindowQuery(title="W")),
        ),
        (
            Target(anchor=Target(text="Save", region=SAVE, window=WindowQuery(title="W")), offset=(9, 9)),
            Watched(window=WindowQuery(title="W")),
        ),
        (Target(anchor=Target(text="Save", region=SAVE), region=Region(0, 0, 5, 5)), Watched()),
        (
            Target(anchor=Target(text="Save", window=WindowQuery(title="A")), window=WindowQuery(title="B")),
            Watched(),
        ),
    ],
    ids=str,
)
def test_all_that_a_target_depends_on_is_watched(target: Target, watched: Watched) -> None:
    assert Watched.of(target) == watched


def test_the_check_is_the_step_s_own_again_after_a_look() -> None:
    world = World()
    check = world.context.check
    wait_for(world.context, lambda: None, most_s=0.5)
    assert world.context.check == check

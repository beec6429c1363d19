"""What every `Watch` promises: the real eye's and the fake one's, over the same screen and windows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agent.core.context import Eye
from agent.core.errors import Stop
from agent.core.geometry import Region
from agent.core.target import WindowQuery
from agent.devices.fake import FakeDesktop
from agent.vision import ScreenEye

SMALL = Region(0, 0, 60, 40)
PLACE = Region(10, 10, 20, 20)
BLACK = (0, 0, 0)


def screen_eye(desktop: FakeDesktop) -> Eye:
    return ScreenEye(desktop.screen, desktop.windows, languages="eng", min_confidence=60)


@pytest.mark.parametrize("make", [screen_eye, lambda desktop: desktop.eye], ids=["real", "fake"])
class TestWatch:
    def test_it_tells_at_first_and_then_only_of_changes(self, make: Callable[[FakeDesktop], Eye]) -> None:
        desktop = FakeDesktop(SMALL)
        with make(desktop).watch(PLACE) as watch:
            assert watch.wait(20)
            assert not watch.wait(0.15)
            desktop.screen.paint(Region(15, 15, 1, 1), BLACK)
            assert watch.wait(20)
            assert not watch.wait(0.15)

    def test_with_a_window_its_coming_and_going_are_changes(self, make: Callable[[FakeDesktop], Eye]) -> None:
        desktop = FakeDesktop(SMALL)
        with make(desktop).watch(window=WindowQuery(title="Orders")) as watch:
            assert watch.wait(20)
            assert not watch.wait(0.15)
            window = desktop.windows.open("Orders", PLACE)
            assert watch.wait(20)
            window.region = PLACE.moved(1, 0)
            assert watch.wait(20)
            desktop.windows.vanish(window)
            assert watch.wait(20)
            assert not watch.wait(0.15)

    def test_a_stop_ends_it(self, make: Callable[[FakeDesktop], Eye]) -> None:
        def stop() -> None:
            raise Stop

        with make(FakeDesktop(SMALL)).watch() as watch:
            watch.wait(20)
            with pytest.raises(Stop):
                watch.wait(20, check=stop)

    def test_the_difference_is_the_share_of_the_pixels(self, make: Callable[[FakeDesktop], Eye]) -> None:
        desktop = FakeDesktop(SMALL)
        eye, before = make(desktop), desktop.screen.capture()
        assert eye.difference(before, desktop.screen.capture()) == 0
        desktop.screen.paint(Region(0, 0, 30, 20), BLACK)
        assert eye.difference(before, desktop.screen.capture()) == 0.25
        assert eye.difference(before, desktop.screen.capture(PLACE)) == 1

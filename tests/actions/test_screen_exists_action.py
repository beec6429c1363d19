"""If on the screen: a question with two ways."""

from __future__ import annotations

import pytest

from agent.actions.screen_find import Exists
from agent.core.errors import ActionError
from agent.core.geometry import Region
from agent.core.target import Target, WindowQuery
from tests.actions.desk import Desk

SAVE = Region(100, 100, 60, 20)


def way(desk: Desk, action: Exists) -> tuple[str, Region | None]:
    """The outlet that fires, and the place."""
    result = action.run(desk.context)
    assert isinstance(result, Exists.Result)
    return action.outlet(result), result.match.rect if result.match else None


def test_it_goes_one_way_or_the_other_without_waiting(desk: Desk) -> None:
    assert way(desk, Exists(target="Save")) == ("false", None)
    desk.eye.texts["Save"] = SAVE
    assert way(desk, Exists(target="Save")) == ("true", SAVE)
    assert desk.slept == 0


def test_it_may_be_there_twice_and_the_first_is_told(desk: Desk) -> None:
    desk.eye.texts["Save"] = [SAVE.moved(0, 50), SAVE]
    assert way(desk, Exists(target="Save")) == ("true", SAVE)


def test_a_window_that_is_not_there_shows_nothing(desk: Desk) -> None:
    target = Target(text="Save", window=WindowQuery(title="Orders"))
    assert way(desk, Exists(target=target)) == ("false", None)


def test_with_a_wait_it_goes_on_when_the_target_appears_or_when_the_time_is_over(desk: Desk) -> None:
    desk.after_sleeps(3, lambda: desk.eye.texts.update(Save=SAVE))
    assert way(desk, Exists(target="Save", wait_s=2)) == ("true", SAVE)
    desk.slept = 0
    assert way(desk, Exists(target="Open", wait_s=2)) == ("false", None)
    assert 1.9 <= desk.slept <= 2.1


def test_a_wait_longer_than_the_step_has_is_refused_instead_of_cut_short(desk: Desk) -> None:
    with pytest.raises(ActionError, match=r"60\.0 s is longer than the step's timeout of 30"):
        Exists(target="Save", wait_s=60).run(desk.context)

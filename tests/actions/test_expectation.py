"""A click that is lost is an error: what must be seen afterwards is waited for, and decides after a crash."""

from __future__ import annotations

from typing import Any

import pytest

from agent.actions.keyboard import Hotkey, Type
from agent.actions.mouse import Click
from agent.core.action import Action
from agent.core.errors import ActionError, NotAsExpected
from agent.core.geometry import Region
from agent.devices.fake import FakeWindow
from tests.actions.desk import Desk

FIELD, ELSEWHERE = Region(150, 150, 100, 20), Region(150, 250, 100, 20)


@pytest.fixture
def form(desk: Desk) -> FakeWindow:
    desk.eye.texts["Save"] = FIELD
    return desk.windows.open("Form", Region(100, 100, 400, 300), pid=7)


def click(**expected: Any) -> Click:
    return Click(target="Save", **expected)


def test_a_click_is_done_when_the_expected_appears(desk: Desk, form: FakeWindow) -> None:
    form.on_click = lambda point: desk.after_sleeps(1, lambda: desk.eye.texts.update({"Saved": ELSEWHERE}))
    assert click(expect="Saved").run(desk.context).point == FIELD.center
    assert len(form.clicks) == 1


def test_a_click_is_done_when_the_expected_is_gone(desk: Desk, form: FakeWindow) -> None:
    form.on_click = lambda point: desk.eye.texts.pop("Save")
    click(expect_gone="Save").run(desk.context)


def test_a_lost_click_is_an_error_that_says_what_was_there(desk: Desk, form: FakeWindow) -> None:
    form.on_click = lambda point: desk.windows.open("Sorry", Region(600, 100, 50, 50))
    with pytest.raises(NotAsExpected, match=r'"Saved" did not appear within 2.0 s; "Sorry" is in front'):
        click(expect="Saved", expect_s=2).run(desk.context)
    assert len(form.clicks) == 1
    assert desk.context.acted  # so it is not clicked a second time
    assert 1.9 < desk.slept < 2.1


def test_what_does_not_go_away_is_an_error(desk: Desk, form: FakeWindow) -> None:
    with pytest.raises(NotAsExpected, match=r'"Save" is still there after 1.0 s, with "Form" in front'):
        click(expect_gone="Save", expect_s=1).run(desk.context)


def test_both_are_waited_for_within_one_time(desk: Desk, form: FakeWindow) -> None:
    form.on_click = lambda point: desk.after_sleeps(2, lambda: desk.eye.texts.update({"Saved": ELSEWHERE}))
    with pytest.raises(NotAsExpected, match="still there"):
        click(expect="Saved", expect_gone="Save", expect_s=3).run(desk.context)
    assert 2.9 < desk.slept < 3.2


@pytest.mark.parametrize("expected", [{"expect": "Saved"}, {"expect_gone": "Draft"}])
def test_what_is_so_already_proves_nothing(desk: Desk, form: FakeWindow, expected: dict[str, Any]) -> None:
    desk.eye.texts["Saved"] = ELSEWHERE
    with pytest.raises(ActionError, match="cannot show that the input worked"):
        click(**expected).run(desk.context)
    assert form.clicks == []


def test_keys_have_it_too(desk: Desk, form: FakeWindow) -> None:
    form.on_hotkey = lambda keys: desk.eye.texts.update({"Saved": ELSEWHERE})
    assert Hotkey(keys="ctrl+s", expect="Saved").run(desk.context).pressed == 1
    del desk.eye.texts["Saved"]
    with pytest.raises(NotAsExpected):
        Type(text="abc", expect="Saved", expect_s=1).run(desk.context)
    assert form.typed == "abc"


CASES: list[tuple[Action, set[str], bool | None]] = [
    (click(), {"Save"}, None),  # it does not say how it must be afterwards
    (click(expect="Saved", expect_s=1), {"Saved"}, True),
    (click(expect="Saved", expect_s=1), {"Save"}, False),  # the button is still there to be clicked
    (click(expect="Saved", expect_s=1), {"Something else"}, None),
    (click(expect_gone="Save", expect_s=1), set(), True),
    (click(expect_gone="Save", expect_s=1), {"Save"}, False),
    (Hotkey(keys="ctrl+s", expect="Saved", expect_s=1), {"Save"}, None),
    (Type(text="abc", target="Save", expect="Saved", expect_s=1), {"Save"}, None),  # perhaps typed by half
]


@pytest.mark.parametrize(("action", "texts", "happened"), CASES)
def test_after_a_crash_the_screen_tells_whether_it_happened(
    desk: Desk, form: FakeWindow, action: Action, texts: set[str], happened: bool | None
) -> None:
    desk.eye.texts.clear()
    desk.eye.texts.update(dict.fromkeys(texts, FIELD))
    assert action.happened(desk.context) is happened
    assert (desk.input.clicks, desk.input.typed) == ([], "")
    assert not desk.context.acted

"""Clicks, drags and wheels: where they go, and what keeps them from going elsewhere."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from agent.actions.mouse import Click, Drag, Move, Scroll
from agent.core.errors import DesktopAway, Elevated, WrongWindow
from agent.core.geometry import Point, Region
from agent.core.target import Target, WindowQuery
from agent.devices.fake import FakeWindow
from tests.actions.desk import Desk

FORM = Region(100, 100, 400, 300)
FIELD, BIN = Region(150, 150, 100, 20), Region(400, 350, 20, 20)


@pytest.fixture
def form(desk: Desk) -> FakeWindow:
    """A window with a field and a bin."""
    desk.eye.texts |= {"Name": FIELD, "Bin": BIN}
    return desk.windows.open("Form", FORM, pid=7)


def in_form(text: str) -> Target:
    return Target(text=text, window=WindowQuery(title="Form"))


def test_what_comes_over_the_place_between_the_look_and_the_click_gets_nothing(desk: Desk, form: FakeWindow) -> None:
    # After the last look of the action, before the device presses: only the device can see that.
    def cover(*_: object, **options: object) -> None:
        desk.windows.open("Update!", FORM)
        click(*_, **options)  # type: ignore[arg-type]  # as it was called

    click = desk.input.click
    desk.input.click = cover  # type: ignore[method-assign, assignment]  # a window that comes at the worst moment
    with pytest.raises(WrongWindow, match='lies "Update!" instead of "Form"'):
        Click(target=in_form("Name")).run(desk.context)
    assert form.clicks == []


def test_a_window_with_more_rights_is_named_and_gets_nothing(desk: Desk, form: FakeWindow) -> None:
    form.elevated, form.process = True, "setup.exe"
    with pytest.raises(Elevated, match=r'"Form" \(setup\.exe\) runs with more rights'):
        Click(target=in_form("Name")).run(desk.context)
    assert desk.input.clicks == []


def test_a_locked_desktop_is_told_before_anything_is_pressed(desk: Desk, form: FakeWindow) -> None:
    desk.session.lock()
    for action in (
        Click(target=in_form("Name")),
        Move(target=Target(text="Name")),
        Drag.model_validate({"from": "Name", "to": "Bin"}),
        Scroll(dy=1),
    ):
        with pytest.raises(DesktopAway, match="The screen is locked"):
            action.run(desk.context)
    assert not desk.context.acted


def test_the_pointer_moves_to_the_target_and_its_offset(desk: Desk, form: FakeWindow) -> None:
    result = Move(target=in_form("Name"), offset=(3, -2), duration=0.5).run(desk.context)
    assert result.point == desk.input.position() == FIELD.center.moved(3, -2)


def test_a_drag_goes_from_one_target_to_the_other_through_the_points(desk: Desk, form: FakeWindow) -> None:
    drag = Drag.model_validate(
        {"from": {"text": "Name", "window": "Form"}, "to": "Bin", "through": [{"x": 5, "y": 6}], "modifiers": ["ctrl"]}
    )
    result = drag.run(desk.context)
    assert desk.input.drags == [((FIELD.center, Point(5, 6), BIN.center), "left", ("ctrl",))]
    assert result.model_dump() == {"start": FIELD.center.model_dump(), "end": BIN.center.model_dump()}


def test_a_drag_does_not_begin_when_its_end_is_covered(desk: Desk, form: FakeWindow) -> None:
    target = desk.windows.open("Bin", Region(600, 100, 300, 300))
    desk.eye.texts["There"] = Region(650, 150, 20, 20)
    desk.windows.focus(form.id)

    def cover(seen: Target) -> None:
        if seen.text == "Name":
            desk.windows.open("Update!", target.region)

    desk.eye.before_look = cover
    with pytest.raises(WrongWindow):
        Drag.model_validate({"from": "Name", "to": "There"}).run(desk.context)
    assert desk.input.drags == []


def test_the_wheel_turns_over_a_target_or_where_the_pointer_is(desk: Desk, form: FakeWindow) -> None:
    assert Scroll(dy=3, target=in_form("Name")).run(desk.context).point == FIELD.center
    assert Scroll(dx=-2).run(desk.context).point == FIELD.center
    assert desk.input.scrolled == [(0, 3), (-2, 0)]


def test_scrolling_by_nothing_is_told_when_the_workflow_is_checked() -> None:
    with pytest.raises(ValidationError, match="say how far to scroll"):
        Scroll()

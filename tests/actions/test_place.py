"""The trusted input guard: nothing is pressed unless the intended window is there, in front and not covered."""

from __future__ import annotations

import pytest

from agent.actions.place import find_field, find_place, guard, to_front
from agent.core.errors import DesktopAway, WrongWindow
from agent.core.geometry import Point, Region
from agent.core.target import Target, WindowQuery
from agent.devices.fake import FakeWindow
from tests.actions.desk import Desk

FORM = Region(100, 100, 400, 300)
FIELD = Region(150, 150, 100, 20)
NAME = Target(text="Name", window=WindowQuery(title="Form"))
QUERY = WindowQuery(title="Form")


@pytest.fixture
def form(desk: Desk) -> FakeWindow:
    desk.eye.texts["Name"] = FIELD
    return desk.windows.open("Form", FORM, pid=7)


def test_keys_go_to_the_window_in_front_only(desk: Desk, form: FakeWindow) -> None:
    window = desk.context.windows.active()
    assert guard(desk.context, window) == window
    desk.windows.open("Other", FORM)
    with pytest.raises(WrongWindow, match='"Other" has the keyboard instead of "Form", so nothing was pressed'):
        guard(desk.context, window)


def test_a_click_goes_to_what_is_not_covered_only(desk: Desk, form: FakeWindow) -> None:
    window = desk.context.windows.active()
    cover = desk.windows.open("Update!", Region(140, 140, 50, 50))
    desk.windows.activate(form)  # in front for keys, but something lies over the place
    assert guard(desk.context, window, Point(300, 300)) == window
    with pytest.raises(WrongWindow, match='lies "Update!" instead of the window "Form"'):
        guard(desk.context, window, Point(150, 150))
    desk.windows.vanish(cover)
    assert guard(desk.context, window, Point(150, 150)) == window


@pytest.mark.parametrize("change", [{"pid": 8}, {"class_name": "Other"}])
@pytest.mark.parametrize("point", [None, FIELD.center])
def test_an_id_that_was_given_to_another_program_is_not_the_window(
    desk: Desk, form: FakeWindow, change: dict[str, object], point: Point | None
) -> None:
    window = desk.context.windows.active()
    for name, value in change.items():
        setattr(form, name, value)
    with pytest.raises(WrongWindow, match="of another program has come in its place"):
        guard(desk.context, window, point)


def test_nothing_is_pressed_on_a_desktop_that_is_away(desk: Desk, form: FakeWindow) -> None:
    window = desk.context.windows.active()
    desk.session.lock()
    for call in (
        lambda: guard(desk.context, window),
        lambda: guard(desk.context, window, FIELD.center),
        lambda: find_place(desk.context, NAME),
        lambda: find_place(desk.context, Target(text="Name")),
        lambda: find_field(desk.context, NAME),
        lambda: to_front(desk.context, QUERY),
    ):
        with pytest.raises(DesktopAway):
            call()
    assert desk.eye.looks == []


def test_a_window_that_does_not_stay_in_front_is_told(
    desk: Desk, form: FakeWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = desk.windows.open("Other", FORM)
    focus = desk.windows.focus

    def and_lose(window_id: int) -> None:
        focus(window_id)
        desk.windows.activate(other)

    monkeypatch.setattr(desk.windows, "focus", and_lose)
    for call in (lambda: to_front(desk.context, QUERY), lambda: find_place(desk.context, NAME)):
        with pytest.raises(WrongWindow, match='"Other" has the keyboard'):
            call()


def test_a_field_is_looked_for_again_once_its_window_is_on_top(desk: Desk, form: FakeWindow) -> None:
    desk.windows.open("Other", Region(900, 100, 50, 50))
    place, window = find_field(desk.context, Target(text="Name"))
    assert (place.point, window.id, window.active) == (FIELD.center, form.id, True)
    assert len(desk.eye.looks) == 2


def test_a_field_whose_window_shows_another_one_when_focused_is_not_taken(desk: Desk, form: FakeWindow) -> None:
    desk.windows.open("Other", Region(900, 100, 50, 50))

    def swap(target: Target) -> None:
        if len(desk.eye.looks) == 2:
            desk.windows.open("Pop-up", Region(140, 140, 200, 100))

    desk.eye.before_look = swap
    with pytest.raises(WrongWindow, match='lies "Pop-up" instead'):
        find_field(desk.context, Target(text="Name"))

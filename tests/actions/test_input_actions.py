"""Mouse and keyboard: nothing goes to a window that it is not meant for."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from pydantic import ValidationError

from agent.actions.keyboard import Hotkey, Type, TypeSecret, fresh_code, seconds_left
from agent.actions.mouse import Click
from agent.core.errors import CredentialNotFound, Stop, TargetNotFound, WindowNotFound, WrongWindow
from agent.core.geometry import Point, Region
from agent.core.target import Target, WindowQuery
from agent.devices.fake import FakeWindow
from tests.actions.desk import Desk

FORM = Region(100, 100, 400, 300)
FIELD = Region(150, 150, 100, 20)
IN_FORM = Target(text="Name", window=WindowQuery(title="Form"))
SECRET = "Grüße-4711-€"


@pytest.fixture
def form(desk: Desk):
    """A window with one field."""
    desk.eye.texts["Name"] = FIELD
    return desk.windows.open("Form", FORM, pid=7)


def test_a_click_goes_to_the_middle_of_the_match_plus_both_offsets(desk: Desk, form: FakeWindow) -> None:
    target = Target(text="Name", offset=(10, 0))
    result = Click(target=target, offset=(0, 5), button="right", count=2, modifiers=["ctrl"]).run(desk.context)
    assert result.point == Point(210, 165)
    assert desk.input.clicks == [(Point(210, 165), "right", 2, ("ctrl",))]


def test_the_window_of_the_target_comes_to_the_front_before_the_look(desk: Desk, form: FakeWindow) -> None:
    desk.windows.open("Other", FORM)
    order = []
    desk.eye.before_look = lambda target: order.append(desk.windows.active().title)
    Click(target=IN_FORM).run(desk.context)
    assert order == ["Form"]
    assert len(form.clicks) == 1


def test_a_click_is_not_made_when_another_window_lies_over_the_place(desk: Desk, form: FakeWindow) -> None:
    # It pops up while the eye looks: the match is right, but a click would now hit the pop-up.
    desk.eye.before_look = lambda target: desk.windows.open("Update!", Region(140, 140, 200, 100))
    with pytest.raises(WrongWindow, match='lies "Update!" instead of the window "Form"'):
        Click(target=IN_FORM).run(desk.context)
    assert desk.input.clicks == []


def test_a_window_that_moved_during_the_look_is_looked_at_again(desk: Desk, form: FakeWindow) -> None:
    def move(target: Target) -> None:
        desk.eye.before_look = None
        form.region = FORM.moved(50, 0)
        desk.eye.texts["Name"] = FIELD.moved(50, 0)

    desk.eye.before_look = move
    assert Click(target=IN_FORM).run(desk.context).point == FIELD.moved(50, 0).center
    assert len(desk.eye.looks) == 2


def test_a_window_that_keeps_moving_is_not_clicked(desk: Desk, form: FakeWindow) -> None:
    def move(target: Target) -> None:
        form.region = form.region.moved(1, 0)

    desk.eye.before_look = move
    with pytest.raises(WrongWindow, match="keeps moving"):
        Click(target=IN_FORM).run(desk.context)
    assert desk.input.clicks == []


def test_a_missing_window_is_named_with_those_that_are_open(desk: Desk, form: FakeWindow) -> None:
    with pytest.raises(WindowNotFound) as caught:
        Click(target=Target(text="Name", window=WindowQuery(title="Orders"))).run(desk.context)
    assert caught.value.values["open"] == '"Form"'


def test_focusing_alone_does_not_count_as_having_acted(desk: Desk, form: FakeWindow) -> None:
    desk.windows.open("Other", FORM)
    desk.eye.texts.clear()
    with pytest.raises(TargetNotFound):
        Click(target=IN_FORM).run(desk.context)
    assert not desk.context.acted  # so the engine may try the step again


def test_a_text_goes_into_the_field_of_the_target(desk: Desk, form: FakeWindow) -> None:
    result = Type(text="Jürgen €", target="Name", clear=True, enter=True).run(desk.context)
    assert form.typed == "Jürgen €\n"
    assert form.hotkeys[-1] == ("delete",)
    assert form.clicks == [(FIELD.center, "left", 1)]
    assert result.chars == 8


def test_a_number_from_an_expression_is_typed_as_text(desk: Desk, form: FakeWindow) -> None:
    Type(text=4711).run(desk.context)
    assert form.typed == "4711"


def test_typing_without_a_target_stays_in_the_window_that_was_in_front(desk: Desk, form: FakeWindow) -> None:
    steal_after(desk, 3)
    with pytest.raises(WrongWindow):
        Type(text="confidential").run(desk.context)
    assert (form.typed, desk.input.typed) == ("con", "con")


def test_a_named_window_comes_to_the_front_before_typing(desk: Desk, form: FakeWindow) -> None:
    other = desk.windows.open("Other", FORM)
    Type(text="hello", window="Form").run(desk.context)
    assert (form.typed, other.typed) == ("hello", "")


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        ("ctrl+shift+s", ("ctrl", "shift", "s")),
        ("Strg + S", ("ctrl", "s")),
        ("ctrl++", ("ctrl", "+")),
        ("ctrl + +", ("ctrl", "+")),
        ("enter", ("enter",)),
        (["alt", "f4"], ("alt", "f4")),
    ],
)
def test_a_hotkey_is_written_as_people_write_it(desk: Desk, form: FakeWindow, written: Any, keys: Any) -> None:
    assert Hotkey(keys=written, repeat=2).run(desk.context).pressed == 2
    assert form.hotkeys == [keys, keys]


def test_an_unknown_key_is_told_when_the_workflow_is_checked() -> None:
    with pytest.raises(ValidationError, match=r"There is no key contrl\. Did you mean control"):
        Hotkey(keys="contrl+s")


def test_a_repeated_hotkey_ends_when_its_window_is_not_in_front_any_more(desk: Desk, form: FakeWindow) -> None:
    form.on_hotkey = lambda keys: steal(desk)
    with pytest.raises(WrongWindow, match="has the keyboard instead"):
        Hotkey(keys="tab", repeat=5, window="Form").run(desk.context)
    assert desk.input.hotkeys == [("tab",)]


def test_a_secret_is_typed_into_the_field_and_hidden_afterwards(desk: Desk, form: FakeWindow) -> None:
    desk.vault.credentials["orders"] = {"password": SECRET}
    painted = Region(150, 150, 180, 20)
    form.on_type = lambda character: desk.screen.paint(painted, (0, 0, 0))
    result = TypeSecret(credential="orders", target=IN_FORM, enter=True).run(desk.context)
    assert form.typed == SECRET + "\n"
    assert result.model_dump() == {"typed": True}
    assert painted.grown(4) in desk.context.masks.regions(desk.windows.list())


def test_a_field_that_was_just_clicked_is_not_clicked_double(desk: Desk, form: FakeWindow) -> None:
    for _ in range(3):
        Type(text="a", target="Name").run(desk.context)
    first, second, third = (point for point, _, _ in form.clicks)
    assert (first, third) == (FIELD.center, FIELD.center)
    assert second == FIELD.center.moved(8, 0)


def test_a_thief_gets_no_character_of_a_secret(desk: Desk, form: FakeWindow) -> None:
    desk.vault.credentials["orders"] = {"password": SECRET}
    thief = steal_after(desk, 4)
    painted = Region(150, 150, 30, 20)
    form.on_type = lambda character: desk.screen.paint(painted, (0, 0, 0))
    with pytest.raises(WrongWindow) as caught:
        TypeSecret(credential="orders", target=IN_FORM, enter=True).run(desk.context)
    assert (desk.input.typed, thief.typed) == (SECRET[:4], "")
    # What was typed until then is on the screen, so it is hidden in the picture of the failure.
    assert painted.grown(4) in desk.context.masks.regions(desk.windows.list())
    assert SECRET not in repr(caught.value.record())


def test_a_stop_in_the_middle_of_a_secret_hides_what_was_typed(desk: Desk, form: FakeWindow) -> None:
    desk.vault.credentials["orders"] = {"password": SECRET}

    def stop() -> None:
        if desk.input.typed:
            raise Stop

    desk.before_call = stop
    with pytest.raises(Stop):
        TypeSecret(credential="orders", target=IN_FORM).run(desk.context)
    assert desk.input.typed == SECRET[0]
    assert desk.context.masks


def test_a_missing_credential_is_told_before_anything_is_touched(desk: Desk, form: FakeWindow) -> None:
    with pytest.raises(CredentialNotFound):
        TypeSecret(credential="orders", target=IN_FORM).run(desk.context)
    assert desk.input.clicks == []
    assert not desk.context.acted


def test_a_secret_needs_a_window_to_go_to(desk: Desk) -> None:
    desk.vault.credentials["orders"] = {"password": SECRET}
    with pytest.raises(WrongWindow, match="no window at"):
        TypeSecret(credential="orders", target={"point": {"x": 5, "y": 5}}).run(desk.context)
    assert desk.input.typed == ""


def test_a_one_time_code_is_typed_with_the_field_totp(desk: Desk, form: FakeWindow) -> None:
    desk.vault.credentials["orders"] = {"totp": "123456"}
    TypeSecret(credential="orders", field="totp", target=IN_FORM).run(desk.context)
    assert form.typed == "123456"


def test_a_code_about_to_expire_is_waited_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.vault.credentials["orders"] = {"totp": "111111"}
    monkeypatch.setattr("time.time", lambda: 1_700_000_008.0 + desk.slept)  # 2 s before the period ends
    desk.on_sleep = lambda: desk.vault.credentials["orders"].update(totp="222222")
    assert fresh_code(desk.context, "orders").reveal() == "222222"
    assert seconds_left(1_700_000_008.0) == 2.0
    assert 2.0 < desk.slept < 2.2


def test_nothing_of_a_typed_secret_is_logged(desk: Desk, form: FakeWindow, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    desk.vault.credentials["orders"] = {"password": SECRET}
    TypeSecret(credential="orders", target=IN_FORM).run(desk.context)
    assert SECRET not in caplog.text + str(desk.log) + str(desk.variables)


def steal(desk: Desk):
    """Another window takes the focus."""
    return desk.windows.open("Thief", Region(0, 0, 50, 50))


def steal_after(desk: Desk, characters: int):
    """Another window takes the focus after so many characters; returned at once, behind."""
    front = desk.windows.front
    thief = steal(desk)
    desk.windows.focus(front.id)

    def take() -> None:
        if len(desk.input.typed) == characters:
            desk.windows.activate(thief)

    desk.input.before_key = take
    return thief

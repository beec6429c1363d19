"""Programs and their windows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from agent.actions.app import Close, Launch
from agent.actions.window import FindWindow, FocusWindow, SetWindow, WaitWindow
from agent.core.errors import ActionError, NotInTime, WindowNotFound
from agent.core.geometry import Region
from tests.actions.desk import Desk

FORM = Region(100, 100, 400, 300)


def test_launch_starts_the_program_with_its_arguments(desk: Desk, tmp_path: Path) -> None:
    result = Launch(command="./orders", args=["--lang", "de"], folder="data", environment={"A": "1"}).run(desk.context)
    process = desk.apps.processes[result.pid]
    assert process.command == (str(tmp_path / "orders"), "--lang", "de")
    assert process.folder == tmp_path / "data"
    assert process.environment == {"A": "1"}
    assert result.window is None


def test_launch_waits_for_the_programs_own_window(desk: Desk) -> None:
    desk.windows.open("Orders", pid=99)  # another copy, which was open before
    desk.apps.on_launch = lambda process: desk.after_sleeps(2, lambda: desk.windows.open("Orders", pid=process.pid))
    result = Launch(command="orders", wait_window="Orders").run(desk.context)
    assert result.window is not None
    assert result.window.pid == result.pid


def test_launch_takes_the_old_window_when_the_program_handed_over_to_it(desk: Desk) -> None:
    desk.windows.open("Orders", pid=99)
    desk.apps.on_launch = lambda process: setattr(process, "exit_code", 0)
    assert Launch(command="orders", wait_window="Orders").run(desk.context).window.pid == 99


def test_launch_says_which_windows_are_open_when_its_own_does_not_come(desk: Desk) -> None:
    desk.windows.open("Something else")
    with pytest.raises(NotInTime, match='orders was started, but its window "Orders" did not open') as caught:
        Launch(command="orders", wait_window="Orders").run(desk.context)
    assert caught.value.values["open"] == '"Something else"'


def test_launch_says_that_a_program_has_ended_before_its_window_came(desk: Desk) -> None:
    desk.apps.on_launch = lambda process: setattr(process, "exit_code", 3)
    with pytest.raises(ActionError, match='orders ended with exit code 3 before its window "Orders" opened'):
        Launch(command="orders", wait_window="Orders").run(desk.context)
    assert desk.slept == 0


def test_close_ends_every_process_of_a_name(desk: Desk) -> None:
    for _ in range(2):
        Launch(command="orders").run(desk.context)
    assert Close(name="orders").run(desk.context).model_dump() == {"exit_code": 0, "closed": 2}


def test_close_by_force_ends_what_does_not_listen(desk: Desk) -> None:
    pid = Launch(command="orders").run(desk.context).pid
    desk.apps.processes[pid].stubborn = True
    with pytest.raises(NotInTime):
        Close(pid=pid).run(desk.context)
    assert Close(pid=pid, force=True).run(desk.context).exit_code == -9


def test_close_closes_the_windows_of_a_program_before_it_ends_it(desk: Desk) -> None:
    pid = Launch(command="orders").run(desk.context).pid
    window = desk.windows.open("Orders", pid=pid)
    alive_when_closed = []
    window.on_close = lambda: (alive_when_closed.append(bool(desk.apps.family(pid))), desk.windows.vanish(window))
    assert Close(pid=pid).run(desk.context).closed == 1
    assert alive_when_closed == [True]
    assert not desk.apps.family(pid)


def test_a_program_that_asks_whether_to_save_is_not_ended(desk: Desk) -> None:
    pid = Launch(command="orders").run(desk.context).pid
    desk.windows.open("Orders", pid=pid).on_close = lambda: None
    with pytest.raises(NotInTime, match='its window "Orders" is still there'):
        Close(pid=pid).run(desk.context)
    assert desk.apps.family(pid)


@pytest.mark.parametrize("way", ["pid", "name", "window"])
def test_force_comes_after_some_seconds_of_politeness(desk: Desk, way: str) -> None:
    pid = Launch(command="orders").run(desk.context).pid
    desk.windows.open("Orders", pid=pid).on_close = lambda: None
    result = Close(**{way: {"pid": pid, "name": "orders", "window": "Orders"}[way]}, force_after_s=2).run(desk.context)
    assert (result.exit_code, result.closed) == (-9, 1)
    assert 1.9 < desk.slept < 2.3
    assert "by force" in desk.log[-1][1]


def test_force_is_either_at_once_or_later() -> None:
    with pytest.raises(ValidationError, match="force is at once"):
        Close(pid=5, force=True, force_after_s=1)


def test_closing_what_is_not_there_succeeds_with_a_note(desk: Desk) -> None:
    assert Close(name="orders").run(desk.context).closed == 0
    assert Close(window="Orders").run(desk.context).closed == 0
    assert [level for level, _ in desk.log] == ["warning", "warning"]


def test_close_waits_until_the_window_is_gone(desk: Desk) -> None:
    window = desk.windows.open("Orders")
    window.on_close = lambda: desk.after_sleeps(2, lambda: desk.windows.vanish(window))
    assert Close(window="Orders").run(desk.context).closed == 1
    assert desk.windows.list() == ()


def test_a_window_that_asks_before_closing_is_an_error(desk: Desk) -> None:
    desk.windows.open("Orders").on_close = lambda: None
    with pytest.raises(NotInTime, match="still there"):
        Close(window="Orders").run(desk.context)


def test_close_wants_exactly_one_of_its_three_ways() -> None:
    with pytest.raises(ValidationError, match="give one of pid, name or window"):
        Close(name="orders", pid=5)


def test_find_window_gives_the_topmost_that_fits(desk: Desk) -> None:
    desk.windows.open("Orders 1", process="orders")
    desk.windows.open("Orders 2", Region(1, 2, 300, 200), pid=5, process="orders")
    result = FindWindow(title="Orders*", process="orders").run(desk.context)
    assert (result.window.title, result.window.pid, result.rect) == ("Orders 2", 5, Region(1, 2, 300, 200))


def test_a_missing_window_is_told_with_those_that_are_open(desk: Desk) -> None:
    with pytest.raises(WindowNotFound, match="no window is open at all"):
        FindWindow(title="Orders").run(desk.context)
    desk.windows.open("Ordres")
    with pytest.raises(WindowNotFound) as caught:
        FindWindow(title="Orders").run(desk.context)
    assert caught.value.values["open"] == '"Ordres"'


@pytest.mark.parametrize(("fields", "problem"), [({}, "name the window"), ({"regex": "("}, "not a regular expression")])
def test_a_window_question_must_make_sense(fields: Any, problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        FindWindow(**fields)


def test_focus_brings_a_minimised_window_back(desk: Desk) -> None:
    window = desk.windows.open("Orders")
    window.minimized = True
    desk.windows.open("Other")
    assert FocusWindow(window="Orders").run(desk.context).window.id == window.id
    assert desk.windows.front is window
    assert not window.minimized


def test_a_window_on_another_workspace_is_brought_and_that_is_told(desk: Desk) -> None:
    desk.windows.open("Orders").elsewhere = True
    desk.windows.open("Other")
    FocusWindow(window="Orders").run(desk.context)
    assert desk.log == [("info", 'The window "Orders" is on another workspace; that one is shown now.')]
    assert not desk.windows.list()[0].elsewhere


def test_a_window_is_maximised_and_its_place_told(desk: Desk) -> None:
    desk.windows.open("Orders", FORM)
    result = SetWindow(window="Orders", state="maximised").run(desk.context)
    assert (result.window.state, result.rect) == ("maximised", FORM)


def test_a_window_is_put_where_it_fits(desk: Desk) -> None:
    desk.windows.open("Orders", FORM).smallest = (300, 200)
    result = SetWindow(window="Orders", rect=Region(-50, 20, 100, 400)).run(desk.context)
    assert result.rect == Region(-50, 20, 300, 400)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({}, "say what to change"),
        ({"state": "maximised", "rect": [1, 2, 3, 4]}, "has no place of its own"),
        ({"rect": [1, 2, 0, 4]}, "the place is empty"),
    ],
)
def test_what_shall_become_of_a_window_must_make_sense(fields: Any, problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        SetWindow(window="Orders", **fields)


def test_wait_for_a_window_to_open_to_be_active_and_to_close(desk: Desk) -> None:
    desk.after_sleeps(1, lambda: desk.windows.open("Orders"))
    assert WaitWindow(window="Orders").run(desk.context).window.title == "Orders"
    other = desk.windows.open("Other")
    desk.after_sleeps(1, lambda: desk.windows.vanish(other))
    assert WaitWindow(window="Orders", state="active").run(desk.context).window.title == "Orders"
    desk.after_sleeps(1, lambda: desk.windows.close(1))
    assert WaitWindow(window="Orders", state="closed").run(desk.context).window is None


@pytest.mark.parametrize(
    ("state", "window", "problem"),
    [("open", "Orders", "did not open"), ("closed", "Other", "still open"), ("active", "Orders", "come to the front")],
)
def test_a_wait_for_a_window_that_is_too_long_says_for_what(desk: Desk, state: str, window: str, problem: str) -> None:
    desk.windows.open("Other")
    with pytest.raises(NotInTime, match=problem):
        WaitWindow(window=window, state=state).run(desk.context)

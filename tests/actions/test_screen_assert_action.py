"""Verify: what must be there, what must not, and which text; else the step fails and says what is there instead."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from agent.actions.screen_assert import Assert
from agent.core.errors import ActionError, NotAsExpected, TargetNotFound, WindowNotFound
from agent.core.geometry import Region
from tests.actions.desk import Desk

SUM = Region(100, 100, 60, 20)


@pytest.fixture
def total(desk: Desk) -> Desk:
    """A window with one amount in it."""
    desk.windows.open("Orders", Region(50, 50, 300, 300))
    desk.eye.texts["12,50 EUR"] = SUM
    return desk


def test_a_target_that_is_there_passes_with_its_text(total: Desk) -> None:
    assert Assert(target="12,50 EUR").run(total.context).model_dump() == {"passed": True, "text": "12,50 EUR"}
    total.eye.texts["12,50 EUR"] = [SUM, SUM.moved(0, 30)]
    assert Assert(target="12,50 EUR", window="Orders").run(total.context).passed


def test_a_target_that_is_missing_fails_with_the_closest_that_was_seen(total: Desk) -> None:
    with pytest.raises(TargetNotFound) as caught:
        Assert(target="13,50 EUR").run(total.context)
    assert caught.value.hint
    with pytest.raises(WindowNotFound):
        Assert(target="12,50 EUR", window="Mail").run(total.context)


def test_what_must_be_gone_is_waited_for_and_else_fails(total: Desk) -> None:
    assert Assert(target="Error", state="gone").run(total.context).passed
    with pytest.raises(NotAsExpected, match='"12,50 EUR" is on the screen, but must not be'):
        Assert(target="12,50 EUR", state="gone").run(total.context)
    total.after_sleeps(3, total.eye.texts.clear)
    assert Assert(target="12,50 EUR", state="gone", wait_s=5).run(total.context).passed
    assert total.slept == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("12,50 EUR", {}),
        ("12,50  EUR\n", {}),
        ("12,50", {"compare": "contains"}),
        (r"^\d+,\d\d EUR$", {"compare": "matches"}),
        ("12,50 eur", {"match_case": False}),
        ("eur", {"match_case": False, "compare": "matches"}),
        ("12,50", {"state": "gone"}),
        ("eur", {"state": "gone", "compare": "contains"}),
    ],
)
def test_a_text_is_compared_as_it_is_asked_for(total: Desk, text: str, changes: dict[str, object]) -> None:
    assert Assert(text=text, window="Orders", **changes).run(total.context).text == "12,50 EUR"
    assert Assert(text=text, target="12,50 EUR", **changes).run(total.context).text == "12,50 EUR"


def test_another_text_fails_and_is_told(total: Desk) -> None:
    with pytest.raises(NotAsExpected) as caught:
        Assert(text="13,50 EUR", window="Orders").run(total.context)
    assert str(caught.value) == 'At "Orders" stands “12,50 EUR”, but “13,50 EUR” is expected.'
    with pytest.raises(NotAsExpected, match="no text can be read, but “Paid” is expected"):
        Assert(text="Paid", region=Region(0, 0, 10, 10)).run(total.context)
    with pytest.raises(NotAsExpected, match="but “EUR” must not be there"):
        Assert(text="EUR", compare="contains", state="gone").run(total.context)


def test_a_text_has_the_wait_to_become_right(total: Desk) -> None:
    def pay() -> None:
        total.eye.texts["Paid"] = total.eye.texts.pop("12,50 EUR")

    total.after_sleeps(4, pay)
    assert Assert(text="Paid", window="Orders", wait_s=5).run(total.context).text == "Paid"
    assert total.slept == pytest.approx(0.4)


def test_the_place_of_the_text_may_come_within_the_wait(desk: Desk) -> None:
    def opens() -> None:
        desk.windows.open("Orders", Region(50, 50, 300, 300))
        desk.eye.texts["Paid"] = SUM

    desk.after_sleeps(4, opens)
    assert Assert(text="Paid", window="Orders", wait_s=5).run(desk.context).passed
    with pytest.raises(WindowNotFound):
        Assert(text="Paid", window="Mail", wait_s=1).run(desk.context)


def test_a_pattern_that_is_wrong_or_never_ends_is_an_error_of_its_own(total: Desk) -> None:
    with pytest.raises(ActionError, match="not a regular expression"):
        Assert(text="(", compare="matches").run(total.context)
    total.eye.texts = {"a" * 40 + "!": SUM}
    total.timeout_s = 0.3
    with pytest.raises(ActionError, match="took longer"):
        Assert(text="(a|a)+$", compare="matches").run(total.context)


def test_something_must_be_asked() -> None:
    with pytest.raises(ValidationError, match="give a target or an expected text"):
        Assert(window="Orders")

"""Looking: find, wait, read, screenshot."""

from __future__ import annotations

import pytest

from agent.actions.screen_find import Find
from agent.actions.screen_read import ReadTable, ReadText
from agent.actions.screen_wait import Wait
from agent.core.errors import ActionError, AmbiguousTarget, NotInTime, TargetNotFound, WindowNotFound
from agent.core.geometry import Point, Region
from agent.core.target import Target, WindowQuery
from agent.core.text import Table
from tests.actions.desk import Desk

SAVE = Region(100, 100, 60, 20)


def test_find_gives_the_one_match(desk: Desk) -> None:
    desk.eye.texts["Save"] = SAVE
    result = Find(target="Save").run(desk.context)
    assert result.match.rect == SAVE
    assert result.matches == (result.match,)


def test_find_does_not_choose_between_two(desk: Desk) -> None:
    desk.eye.texts["Save"] = [SAVE, SAVE.moved(0, 50)]
    with pytest.raises(AmbiguousTarget):
        Find(target="Save").run(desk.context)


def test_find_all_gives_every_match_from_the_top(desk: Desk) -> None:
    desk.eye.texts["Save"] = [SAVE.moved(0, 50), SAVE]
    result = Find(target="Save", all=True).run(desk.context)
    assert [match.rect for match in result.matches] == [SAVE, SAVE.moved(0, 50)]
    assert result.match.rect == SAVE


def test_find_all_fails_with_the_closest_when_there_is_none(desk: Desk) -> None:
    with pytest.raises(TargetNotFound) as caught:
        Find(target="Save", all=True).run(desk.context)
    assert caught.value.hint


def test_wait_goes_on_as_soon_as_the_target_appears(desk: Desk) -> None:
    desk.after_sleeps(3, lambda: desk.eye.texts.update(Save=SAVE))
    assert Wait(target="Save").run(desk.context).match.rect == SAVE
    assert desk.slept == pytest.approx(0.3)


def test_wait_ends_before_the_timeout_and_says_what_the_last_look_saw(desk: Desk) -> None:
    with pytest.raises(NotInTime) as caught:
        Wait(target="Save").run(desk.context)
    assert str(caught.value) == '"Save" did not appear in time.'
    assert caught.value.hint == "The fake eye knows no such place."
    assert 29 < desk.slept < 30


def test_wait_is_patient_with_a_window_that_is_not_open_yet(desk: Desk) -> None:
    def opens() -> None:
        desk.windows.open("Orders", Region(0, 0, 500, 500))
        desk.eye.texts["Save"] = SAVE

    desk.after_sleeps(2, opens)
    target = Target(text="Save", window=WindowQuery(title="Orders"))
    assert Wait(target=target).run(desk.context).match.rect == SAVE
    desk.windows.close(1)
    with pytest.raises(WindowNotFound):
        Wait(target=target).run(desk.context)


def test_vanish_waits_until_the_target_is_gone(desk: Desk) -> None:
    desk.eye.texts["Loading"] = SAVE
    desk.after_sleeps(2, lambda: desk.eye.texts.pop("Loading"))
    assert Wait(target="Loading", state="vanish").run(desk.context).match is None
    assert desk.slept == pytest.approx(0.2)


def test_vanish_fails_when_the_target_stays(desk: Desk) -> None:
    desk.eye.texts["Loading"] = SAVE
    with pytest.raises(NotInTime, match="still there"):
        Wait(target="Loading", state="vanish").run(desk.context)


def test_a_window_that_closes_takes_the_target_with_it(desk: Desk) -> None:
    window = desk.windows.open("Loading", Region(0, 0, 500, 500))
    desk.eye.texts["Please wait"] = SAVE
    desk.after_sleeps(1, lambda: desk.windows.vanish(window))
    target = Target(text="Please wait", window=WindowQuery(title="Loading"))
    Wait(target=target, state="vanish").run(desk.context)


def test_read_text_gives_text_lines_and_words(desk: Desk) -> None:
    desk.eye.texts |= {"4711": Region(0, 40, 50, 20), "Order": Region(0, 0, 60, 20)}
    result = ReadText().run(desk.context)
    assert result.text == "Order\n4711"
    assert result.lines == ("Order", "4711")
    assert result.words[0].model_dump() == {
        "text": "Order",
        "x": 0,
        "y": 0,
        "width": 60,
        "height": 20,
        "confidence": 96.0,
    }
    assert result.confidence == 96.0


def test_a_region_is_counted_from_the_window_or_the_target(desk: Desk) -> None:
    desk.windows.open("Orders", Region(100, 100, 300, 300))
    desk.eye.texts |= {"Total": Region(120, 150, 40, 20), "12,50": Region(220, 150, 40, 20)}
    part = Region(100, 40, 80, 40)
    assert ReadText(window="Orders", region=part).run(desk.context).text == "12,50"
    assert ReadText(target="Total", region=Region(90, -5, 60, 30)).run(desk.context).text == "12,50"
    assert ReadText(region=part).run(desk.context).text == ""


def test_a_point_target_needs_no_look_at_texts(desk: Desk) -> None:
    assert Find(target={"point": {"x": 3, "y": 4}}).run(desk.context).match.point == Point(3, 4)


def test_a_table_is_read_with_its_rows_by_name_too(desk: Desk) -> None:
    desk.windows.open("Orders", Region(100, 100, 300, 300))
    part = Region(110, 120, 50, 60)
    desk.eye.tables[part] = Table(
        columns=("Order", ""), rows=(("4711", "12,50"), ("4712", "")), confidences=((91.234, 96.0), (95.0, 100.0))
    )
    result = ReadTable(window="Orders", region=Region(10, 20, 50, 60)).run(desk.context)
    assert result.columns == ("Order", "")
    assert result.rows == (("4711", "12,50"), ("4712", ""))
    assert result.records[0] == {"Order": "4711", "2": "12,50"}
    assert result.least_confidence == 91.23


def test_where_no_table_is_the_reason_is_told(desk: Desk) -> None:
    with pytest.raises(ActionError, match="knows no table in 0,0 9×9"):
        ReadTable(region=Region(0, 0, 9, 9)).run(desk.context)

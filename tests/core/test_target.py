"""Where on the screen, which window, and how both are written by hand."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from agent.core.geometry import Point, Region
from agent.core.target import Target, WindowInfo, WindowQuery

ORDERS = WindowInfo(7, "Orders – Größe 3", Region(0, 0, 10, 10), process="Orders.exe", class_name="Qt")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Save", '"Save"'),
        ({"text": ["User name", "Benutzername"]}, '"User name" / "Benutzername"'),
        ({"image": "ok.png"}, "ok.png"),
        ({"anchor": "User", "offset": [120, -4]}, '"User" +120,-4'),
        ({"region": [0, 0, 4, 4]}, "0,0 4×4"),
        ({"point": {"x": 3, "y": 4}}, "3,4"),
        ({"text": r"Order \d{4}", "compare": "regex"}, r"/Order \d{4}/"),
        ({"text": "OK", "anchor": "User", "relation": "right_of"}, '"OK" right_of "User"'),
        ({"text": "Save", "image": "icons/save.png", "element": "Save"}, '"Save" + save.png + ["Save"]'),
        ({"element": {"role": "Button", "name": "Save*", "path": "*/Toolbar", "index": 2}}, None),
        ({"text": "Save", "region": {"x": 0, "y": 0, "width": 9, "height": 9}, "window": "Orders*"}, '"Save"'),
    ],
)
def test_a_target_is_written_shortly_and_reads_back(value: Any, text: str) -> None:
    target = Target.model_validate(value)
    assert text is None or str(target) == text
    assert Target.model_validate(target.model_dump()) == target


@pytest.mark.parametrize(
    "value",
    [
        {},
        "",
        "  ",
        {"text": ["a", " "]},
        {"text": "a", "point": {"x": 1, "y": 2}},
        {"text": "a", "anchor": "b"},
        {"text": "a", "relation": "near"},
        {"anchor": "a", "relation": "near"},
        {"text": "a", "anchor": "b", "relation": "inside"},
        {"element": {}},
        {"element": {"index": 1}},
        {"text": ["a", "("], "compare": "regex"},
        {"text": "(?:(?:a{500}){500}){500}", "compare": "regex"},
        {"text": "x" * 401, "compare": "regex"},
        {"anchor": "a", "point": {"x": 1, "y": 2}},
        {"text": "a", "min_confidence": 1.1},
        {"text": "a", "occurrence": 0},
        {"txt": "a"},
        {"text": "a", "window": {}},
        {"point": {"x": 1}},
        {"anchor": {"text": "a", "point": [1, 2]}},
        7,
    ],
)
def test_a_target_that_says_nothing_or_too_much_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        Target.model_validate(value)


def test_texts_are_always_several() -> None:
    assert Target(text="a").texts == ("a",)
    assert Target(text=("a", "b")).texts == ("a", "b")
    assert Target(point=Point(1, 2)).texts == ()


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ({"title": "orders*"}, True),
        ({"title": "Orders – GRÖSSE ?"}, True),
        ({"title": "Orders"}, False),
        ({"title": "Orders – Größe [0-9]"}, True),
        ({"regex": r"Größe \d$"}, True),
        ({"regex": "^Größe"}, False),
        ({"process": "orders.EXE"}, True),
        ({"process": "orders.exe", "class_name": "Gtk"}, False),
        ({"title": "*", "regex": "G", "process": "*", "class_name": "qt"}, True),
    ],
)
def test_a_window_fits_when_all_that_is_given_fits(query: Any, fits: bool) -> None:
    assert WindowQuery.model_validate(query).fits(ORDERS) is fits


@pytest.mark.parametrize("query", [{}, {"title": ""}, {"regex": "("}, {"regex": "x" * 501}, {"titel": "a"}])
def test_a_query_that_cannot_be_meant_is_refused(query: Any) -> None:
    with pytest.raises(ValidationError):
        WindowQuery.model_validate(query)


def test_windows_read_as_people_name_them() -> None:
    assert str(ORDERS) == '"Orders – Größe 3"'
    assert str(WindowInfo(255, "", Region(0, 0, 1, 1))) == "0xff"
    assert str(WindowQuery(title="a*", regex="b", process="c")) == '"a*" /b/ c'

"""Which UI element is meant."""

from __future__ import annotations

from typing import Any

import pytest

from agent.core.element import Element, ElementQuery
from agent.core.geometry import Region
from agent.core.target import Target

SAVE = Element(Region(0, 0, 80, 24), "Save order", "Button", "btnSave", "Orders/Toolbar/File")


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ({"name": "save*"}, True),
        ({"name": "Save"}, False),
        ({"role": "button", "name": "Save order"}, True),
        ({"role": "Edit", "name": "Save order"}, False),
        ({"automation_id": "btn????"}, True),
        ({"path": "*/toolbar/*"}, True),
        ({"path": "Toolbar"}, False),
        ({"name": "*", "index": 3}, True),
    ],
)
def test_an_element_fits_when_all_that_is_given_fits(query: Any, fits: bool) -> None:
    assert ElementQuery.model_validate(query).fits(SAVE) is fits


def test_a_plain_text_is_its_name() -> None:
    assert Target.model_validate({"element": "Save*"}).element == ElementQuery(name="Save*")


def test_elements_read_as_people_name_them() -> None:
    assert str(SAVE) == 'Button "Save order"'
    query = ElementQuery(role="Button", name="Save", automation_id="btn", path="*/Toolbar", index=2)
    assert str(query) == '[Button "Save" #btn in */Toolbar (2)]'

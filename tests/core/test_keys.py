"""The names of keys, as people write them."""

from __future__ import annotations

import pytest

from agent.core.errors import ActionError, fill
from agent.core.keys import NAMED, key_name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Ctrl", "ctrl"),
        ("Strg", "ctrl"),
        ("A", "a"),
        ("ß", "ß"),
        ("F12", "f12"),
        ("+", "+"),
        ("plus", "+"),
        (" ", "space"),
    ],
)
def test_a_key_has_one_name(written: str, name: str) -> None:
    assert key_name(written) == name


def test_every_name_is_its_own() -> None:
    assert {key_name(name) for name in NAMED} == NAMED


@pytest.mark.parametrize(
    ("written", "hint"), [("entre", "Did you mean enter?"), ("zzzzzz", "single characters"), ("\x01", "")]
)
def test_a_key_that_is_none_is_refused(written: str, hint: str) -> None:
    with pytest.raises(ActionError) as caught:
        key_name(written)
    assert hint in fill(caught.value.hint, caught.value.values)

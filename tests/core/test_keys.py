"""Key names."""

from __future__ import annotations

import pytest

from agent.core.errors import ActionError
from agent.core.keys import MODIFIERS, NAMED, key_name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Ctrl", "ctrl"),
        ("Control", "ctrl"),
        ("Strg", "ctrl"),
        ("A", "a"),
        ("Ä", "ä"),
        ("F12", "f12"),
        ("Return", "enter"),
        ("Umschalt", "shift"),
        ("Entf", "delete"),
        ("Einfg", "insert"),
        ("Pos1", "home"),
        ("Ende", "end"),
        ("Bild auf", "pageup"),
        ("Bild ↓", "pagedown"),
        ("Rücktaste", "backspace"),
        ("Eingabe", "enter"),
        ("Leertaste", "space"),
        ("Druck", "printscreen"),
        ("Alt Gr", "altgr"),
        ("Page-Up", "pageup"),
        ("Pfeil links", "left"),
        ("Num 5", "num5"),
        ("Lauter", "volumeup"),
    ],
)
def test_a_key_has_one_name_however_it_is_written(written: str, name: str) -> None:
    assert key_name(written) == name


@pytest.mark.parametrize("sign", ["+", "-", "€", "/", "?"])
def test_a_sign_is_its_own_name(sign: str) -> None:
    assert key_name(sign) == sign


def test_the_blank_is_a_named_key() -> None:
    assert key_name(" ") == "space"


def test_every_name_is_its_own_name() -> None:
    assert [key_name(name) for name in sorted(NAMED)] == sorted(NAMED)
    assert set(MODIFIERS) <= NAMED


def test_a_misspelt_key_is_named_with_the_nearest() -> None:
    with pytest.raises(ActionError, match=r"There is no key shfit\.") as caught:
        key_name("shfit")
    assert caught.value.values["near"] == "shift"


@pytest.mark.parametrize("text", ["", "\x07", "xyzzy quux"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ActionError):
        key_name(text)

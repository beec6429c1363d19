"""Keysyms against the reference implementation, which Qt brings along on Linux."""

from __future__ import annotations

import ctypes
import ctypes.util

import pytest

from agent.core.keys import NAMED
from agent.devices.x11.keysym import KEYS, character, keysym


@pytest.fixture(scope="module")
def xkbcommon() -> ctypes.CDLL:
    name = ctypes.util.find_library("xkbcommon")
    if name is None:
        pytest.skip("libxkbcommon is not installed")
    library = ctypes.CDLL(name)
    library.xkb_keysym_to_utf32.restype = ctypes.c_uint32
    return library


def test_no_keysym_is_taken_for_another_character(xkbcommon: ctypes.CDLL) -> None:
    numbers = [*range(0x20, 0x2100), *range(0x1000100, 0x1003000), *range(0x101F600, 0x101F650)]
    wrong = [
        (hex(number), ours, chr(theirs))
        for number in numbers
        if (ours := character(number)) and (theirs := xkbcommon.xkb_keysym_to_utf32(number)) and ours != chr(theirs)
    ]
    assert wrong == []


@pytest.mark.parametrize("text", ["aZ~", "äÿ¤", "€„–", "жЯїЎ", "αςΩ", "łŐš", "שת", "日本", "😀"])
def test_a_character_survives_the_way_to_a_keysym_and_back(text: str, xkbcommon: ctypes.CDLL) -> None:
    for each in text:
        assert character(keysym(each)) == each
        assert chr(xkbcommon.xkb_keysym_to_utf32(keysym(each))) == each


def test_older_keysyms_of_layouts_are_known() -> None:
    # Cyrillic_ya, Greek_omega, lstroke, hebrew_aleph, EuroSign: as the layouts ru, gr, pl, il and de have them.
    assert [character(number) for number in (0x6D1, 0x7F9, 0x1B3, 0xCE0, 0x20AC)] == ["я", "ω", "ł", "א", "€"]


def test_every_named_key_has_a_keysym() -> None:
    assert set(KEYS) == NAMED

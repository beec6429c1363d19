"""Keysyms: the numbers by which X names what is on a key, and the characters and key names that they stand for.

Source: https://www.x.org/releases/X11R7.7/doc/xproto/x11protocol.html, appendix A.
"""

from __future__ import annotations

import functools

NUM_LOCK = 0xFF7F

KEYS = {
    "ctrl": 0xFFE3,
    "shift": 0xFFE1,
    "alt": 0xFFE9,
    "altgr": 0xFE03,
    "meta": 0xFFEB,
    "enter": 0xFF0D,
    "tab": 0xFF09,
    "esc": 0xFF1B,
    "space": 0x20,
    "backspace": 0xFF08,
    "delete": 0xFFFF,
    "insert": 0xFF63,
    "home": 0xFF50,
    "end": 0xFF57,
    "pageup": 0xFF55,
    "pagedown": 0xFF56,
    "left": 0xFF51,
    "up": 0xFF52,
    "right": 0xFF53,
    "down": 0xFF54,
    "capslock": 0xFFE5,
    "numlock": NUM_LOCK,
    "scrolllock": 0xFF14,
    "printscreen": 0xFF61,
    "pause": 0xFF13,
    "menu": 0xFF67,
    "ctrlright": 0xFFE4,
    "shiftright": 0xFFE2,
    "metaright": 0xFFEC,
    **{f"num{digit}": 0xFFB0 + digit for digit in range(10)},
    "numplus": 0xFFAB,
    "numminus": 0xFFAD,
    "nummultiply": 0xFFAA,
    "numdivide": 0xFFAF,
    "numdecimal": 0xFFAE,
    "numenter": 0xFF8D,
    # XF86keysym.h, as the media keys of keyboards give them.
    "volumedown": 0x1008FF11,
    "volumemute": 0x1008FF12,
    "volumeup": 0x1008FF13,
    "playpause": 0x1008FF14,
    "stopmedia": 0x1008FF15,
    "prevtrack": 0x1008FF16,
    "nexttrack": 0x1008FF17,
    "browserhome": 0x1008FF18,
    "browsersearch": 0x1008FF1B,
    "browserback": 0x1008FF26,
    "browserforward": 0x1008FF27,
    "browserrefresh": 0x1008FF29,
    **{f"f{number}": 0xFFBD + number for number in range(1, 25)},
}
"""The keysym of each key name of `agent.core.keys`."""

INSTEAD = {
    "altgr": 0xFFEA,  # the right Alt, which the key is on a US keyboard
    "ctrlright": KEYS["ctrl"],
    "shiftright": KEYS["shift"],
    "metaright": KEYS["meta"],
}
"""What a layout that lacks such a key has in its place."""

_CODECS = {
    0x01: "iso8859_2",
    0x02: "iso8859_3",
    0x03: "iso8859_4",
    0x05: "iso8859_6",
    0x0C: "iso8859_8",
    0x0D: "tis_620",
    0x13: "iso8859_15",
}
"""Older sets of keysyms: the high byte names the set, the low byte is the character in this code."""

_CYRILLIC = "ђѓёєѕіїјљњћќґўџ"
_GREEK = "αβγδεζηθικλμνξοπρσςτυφχψω"
_UNICODE = 0x0100_0000


def keysym(character: str) -> int:
    """The keysym of a character, by which it is put on a spare key: Latin-1 as it is, others by Unicode.

    >>> hex(keysym("ü")), hex(keysym("€"))
    ('0xfc', '0x10020ac')
    """
    if character in "\n\t":
        return KEYS["enter"] if character == "\n" else KEYS["tab"]
    code = ord(character)
    return code if 0x20 <= code <= 0x7E or 0xA0 <= code <= 0xFF else _UNICODE + code


@functools.cache
def character(number: int) -> str:
    """The character that a key with this keysym types; empty when it types none, or when we do not know."""
    if number in (KEYS["enter"], KEYS["tab"]):
        return "\n" if number == KEYS["enter"] else "\t"
    if 0x20 <= number <= 0x7E or 0xA0 <= number <= 0xFF:
        return chr(number)
    if _UNICODE + 0x100 <= number <= _UNICODE + 0x10FFFF:
        return chr(number - _UNICODE)
    if number == 0x20AC:  # the only one of its set that layouts use
        return "€"
    return _older(number >> 8, number & 0xFF)


def _older(group: int, low: int) -> str:
    if group in _CODECS and low >= 0xA1:
        letter = bytes([low]).decode(_CODECS[group], "ignore")
        # What Latin-1 has too is not in the other sets.
        return letter if letter > "ÿ" else ""
    if group == 0x06 and low >= 0xC0:  # in the order of KOI8-R
        return bytes([low]).decode("koi8_r")
    if group == 0x06 and 0xA1 <= low <= 0xBF and low != 0xB0:
        letter = _CYRILLIC[low % 16 - 1]
        return letter.upper() if low > 0xB0 else letter
    if group == 0x07 and 0xC1 <= low <= 0xF9 and low != 0xE0:
        return _greek(low)
    return ""


def _greek(low: int) -> str:
    # The letters stand in order, with the final sigma (lower case only) after the sigma.
    place = (low & 0x1F) - 1
    if place >= len(_GREEK) or (low < 0xE0 and _GREEK[place] == "ς"):
        return ""
    return _GREEK[place].upper() if low < 0xE0 else _GREEK[place]

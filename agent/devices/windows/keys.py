"""The keys of Windows: virtual-key codes of the named ones, and where a character is on the layout in force.

https://learn.microsoft.com/en-us/windows/win32/inputdev/virtual-key-codes
"""

from __future__ import annotations

from typing import Any

from agent.core.errors import ActionError
from agent.devices.windows.user32 import EXTENDED, INPUT_KEYBOARD, KEY_UP, Input

_PLAIN = {
    "ctrl": 0xA2,
    "shift": 0xA0,
    "alt": 0xA4,
    "shiftright": 0xA1,
    "backspace": 0x08,
    "tab": 0x09,
    "enter": 0x0D,
    "pause": 0x13,
    "capslock": 0x14,
    "esc": 0x1B,
    "space": 0x20,
    **{f"num{digit}": 0x60 + digit for digit in range(10)},
    "nummultiply": 0x6A,
    "numplus": 0x6B,
    "numminus": 0x6D,
    "numdecimal": 0x6E,
    "scrolllock": 0x91,
    **{f"f{number}": 0x6F + number for number in range(1, 25)},
}
_EXTENDED = {
    "ctrlright": 0xA3,
    "altgr": 0xA5,
    "meta": 0x5B,
    "metaright": 0x5C,
    "menu": 0x5D,
    "pageup": 0x21,
    "pagedown": 0x22,
    "end": 0x23,
    "home": 0x24,
    "left": 0x25,
    "up": 0x26,
    "right": 0x27,
    "down": 0x28,
    "printscreen": 0x2C,
    "insert": 0x2D,
    "delete": 0x2E,
    "numdivide": 0x6F,
    "numlock": 0x90,
    "numenter": 0x0D,
    "browserback": 0xA6,
    "browserforward": 0xA7,
    "browserrefresh": 0xA8,
    "browsersearch": 0xAA,
    "browserhome": 0xAC,
    "volumemute": 0xAD,
    "volumedown": 0xAE,
    "volumeup": 0xAF,
    "nexttrack": 0xB0,
    "prevtrack": 0xB1,
    "stopmedia": 0xB2,
    "playpause": 0xB3,
}
"""Those that came with the enhanced keyboard: without the flag, they would be their twins on the number pad."""

KEYS = {name: (code, 0) for name, code in _PLAIN.items()} | {name: (code, EXTENDED) for name, code in _EXTENDED.items()}
"""By the names of `agent.core.keys`: (virtual-key code, flags)."""

MODIFIERS = (0x10, 0x11, 0x12, 0x5B, 0x5C)
"""VK_SHIFT, VK_CONTROL, VK_MENU, VK_LWIN, VK_RWIN."""

_NONE = 0xFFFF

_SHIFT_STATES = ((1, "shift"), (2, "ctrl"), (4, "alt"))
"""The bits of what VkKeyScanEx says must be held for a character."""


def keys_for(name: str, user32: Any) -> list[tuple[int, int]]:
    """The keys to hold for a name, in order: one, or a character's key after the modifiers that it needs itself."""
    if name in KEYS:
        return [KEYS[name]]
    thread = user32.GetWindowThreadProcessId(user32.GetForegroundWindow(), None)
    found = user32.VkKeyScanExW(ord(name), user32.GetKeyboardLayout(thread)) & 0xFFFF if name <= "\uffff" else _NONE
    if found != _NONE:
        return [*(KEYS[key] for bit, key in _SHIFT_STATES if found >> 8 & bit), (found & 0xFF, 0)]
    if name.isascii() and name.isalnum():  # on a layout of another script: ctrl+a is the key that is A elsewhere
        return [(ord(name.upper()), 0)]
    raise ActionError("The keyboard has no key {key}.", "Use another combination.", key=name)


def key_event(key: tuple[int, int], user32: Any, *, up: bool = False) -> Input:
    """Press or release a key. With its scan code, which remote desktops and virtual machines hand on."""
    code, flags = key
    event = Input(type=INPUT_KEYBOARD)
    keyboard = event.union.keyboard
    keyboard.key, keyboard.scan = code, user32.MapVirtualKeyW(code, 0)
    keyboard.flags = flags | (KEY_UP if up else 0)
    return event

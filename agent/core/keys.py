"""The names of the keys, as people write them in a workflow: ``ctrl``, ``enter``, ``f5``, ``a``, ``+``."""

from __future__ import annotations

import difflib

from agent.core.errors import ActionError

MODIFIERS = ("ctrl", "shift", "alt", "altgr", "meta")

NAMED = frozenset(
    {
        *MODIFIERS,
        *("enter", "tab", "esc", "space", "backspace", "delete", "insert"),
        *("home", "end", "pageup", "pagedown", "left", "right", "up", "down"),
        *("capslock", "numlock", "scrolllock", "printscreen", "pause", "menu"),
        *(f"f{number}" for number in range(1, 25)),
    }
)
"""Every key that has a name; all others are written as the character that is on them."""

_ALIASES = {
    "control": "ctrl",
    "strg": "ctrl",
    "option": "alt",
    "win": "meta",
    "windows": "meta",
    "super": "meta",
    "cmd": "meta",
    "command": "meta",
    "return": "enter",
    "escape": "esc",
    "del": "delete",
    "entf": "delete",
    "ins": "insert",
    "einfg": "insert",
    "pgup": "pageup",
    "page_up": "pageup",
    "pgdn": "pagedown",
    "page_down": "pagedown",
    "print": "printscreen",
    "apps": "menu",
    "plus": "+",
    "minus": "-",
    " ": "space",
}


def key_name(text: str) -> str:
    """The one name of a key: ``Control`` is ``ctrl``, ``A`` is ``a``. Raises ActionError for one that is none.

    >>> key_name("Return")
    'enter'
    """
    lower = text.casefold() if len(text) > 1 else text.lower()
    name = _ALIASES.get(lower, lower)
    if name in NAMED or (len(name) == 1 and name.isprintable()):
        return name
    near = difflib.get_close_matches(name, [*NAMED, *_ALIASES], n=1)
    if near:
        raise ActionError("There is no key {key}.", "Did you mean {near}?", key=text, near=near[0])
    raise ActionError(
        "There is no key {key}.",
        "Keys are single characters and names such as ctrl, shift, alt, enter, tab, esc, delete, up or f5.",
        key=text,
    )

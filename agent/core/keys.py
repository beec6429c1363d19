"""The names of the keys, as people write them in a workflow: ``ctrl``, ``enter``, ``f5``, ``a``, ``+``."""

from __future__ import annotations

import difflib
import re

from agent.core.errors import ActionError

MODIFIERS = ("ctrl", "shift", "alt", "altgr", "meta")

KEYPAD = (
    *(f"num{digit}" for digit in range(10)),
    *("numplus", "numminus", "nummultiply", "numdivide", "numdecimal", "numenter"),
)
MEDIA = (
    *("volumeup", "volumedown", "volumemute", "playpause", "stopmedia", "nexttrack", "prevtrack"),
    *("browserback", "browserforward", "browserrefresh", "browserhome", "browsersearch"),
)

NAMED = frozenset(
    {
        *MODIFIERS,
        *("ctrlright", "shiftright", "metaright"),
        *("enter", "tab", "esc", "space", "backspace", "delete", "insert"),
        *("home", "end", "pageup", "pagedown", "left", "right", "up", "down"),
        *("capslock", "numlock", "scrolllock", "printscreen", "pause", "menu"),
        *(f"f{number}" for number in range(1, 25)),
        *KEYPAD,
        *MEDIA,
    }
)
"""Every key that has a name; all others are written as the character that is on them."""

_ALIASES = {
    alias: name
    for name, aliases in {
        "ctrl": "control strg steuerung ctrlleft",
        "ctrlright": "rightctrl strgrechts",
        "shift": "umschalt umsch hochstell shiftleft",
        "shiftright": "rightshift umschaltrechts",
        "alt": "option altleft",
        "altgr": "altright rightalt optionright iso_level3_shift",
        "meta": "win windows super cmd command fenster metaleft winleft",
        "metaright": "winright",
        "enter": "return eingabe eingabetaste zeilenschaltung",
        "tab": "tabulator",
        "esc": "escape",
        "space": "leertaste leer leerzeichen spacebar",
        "backspace": "rücktaste rückschritt löschen",
        "delete": "del entf entfernen",
        "insert": "ins einfg einfügen",
        "home": "pos1 anfang",
        "end": "ende",
        "pageup": "pgup page_up bildauf bild↑ bildhoch prior",
        "pagedown": "pgdn page_down bildab bild↓ bildrunter next",
        "left": "links pfeillinks ←",
        "right": "rechts pfeilrechts →",
        "up": "oben pfeiloben pfeilauf ↑",
        "down": "unten pfeilunten pfeilab ↓",
        "capslock": "feststell feststelltaste umschaltsperre",
        "numlock": "num zahlensperre",
        "scrolllock": "rollen",
        "printscreen": "print prtsc druck drucken",
        "pause": "untbr break",
        "menu": "apps application kontextmenü menü",
        "numplus": "numadd add",
        "numminus": "numsubtract subtract",
        "nummultiply": "nummal multiply",
        "numdivide": "numgeteilt divide",
        "numdecimal": "numkomma decimal",
        "numenter": "numeingabe",
        "volumeup": "lauter",
        "volumedown": "leiser",
        "volumemute": "stumm mute",
        "playpause": "wiedergabe play",
        "stopmedia": "mediastop",
        "nexttrack": "nächstertitel medianext",
        "prevtrack": "vorherigertitel mediaprevious",
        "+": "plus",
        "-": "minus",
    }.items()
    for alias in aliases.split()
} | {" ": "space"}
"""What people also call them: by other programs' names, and by what is printed on German keyboards."""


def key_name(text: str) -> str:
    """The one name of a key: ``Control`` is ``ctrl``, ``A`` is ``a``. Raises ActionError for one that is none.

    Blanks and hyphens within a name do not count: ``Bild auf``, ``Page-Up``.

    >>> key_name("Return"), key_name("Bild auf")
    ('enter', 'pageup')
    """
    lower = re.sub(r"[\s-]", "", text.casefold()) if len(text.strip()) > 1 else text.lower()
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

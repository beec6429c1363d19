"""“Did you mean …?”: the known name that is most like a misspelt one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from itertools import islice

_MOST_KNOWN = 1_000
_LONGEST = 64


def closest(word: str, known: Iterable[str]) -> str:
    """The known name most like `word`; empty when none is near.

    Looks at the first thousand names only and at no word longer than 64 characters, because comparing costs
    the product of the lengths and files are hostile.
    """
    if len(word) > _LONGEST:
        return ""
    names = [name for name in islice(known, _MOST_KNOWN) if len(name) <= _LONGEST]
    lower = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(word.casefold(), lower, n=1, cutoff=0.6)
    return lower[near[0]] if near else ""


def some(known: Iterable[str], most: int = 8) -> str:
    """The first names, joined by commas, for “There are: …”."""
    names = list(islice(known, most + 1))
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")


class Guesses:
    """`closest` for a whole document: remembered by word, and limited, as a hostile file misspells without end."""

    def __init__(self, most: int = 100) -> None:
        self._most = most
        self._known: dict[str, str] = {}

    def closest(self, word: str, known: Iterable[str]) -> str:
        """As the function; empty once there have been too many."""
        if word not in self._known and len(self._known) < self._most:
            self._known[word] = closest(word, known)
        return self._known.get(word, "")

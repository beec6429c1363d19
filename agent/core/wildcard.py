"""`fits`: whether a text is what a wildcard says (``*`` any text, ``?`` any one character), whatever the case."""

from __future__ import annotations

import fnmatch
import re
from functools import lru_cache


def fits(wildcard: str | None, text: str) -> bool:
    """Whether the whole text fits; every text fits None."""
    return wildcard is None or bool(_pattern(wildcard).match(text.casefold()))


@lru_cache(maxsize=256)
def _pattern(wildcard: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(wildcard.casefold()))

"""Regular expressions that cannot take for ever, for the actions that search in texts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from agent.core.context import Context
from agent.core.errors import ActionError

_SEARCH_S = 2.0
"""For all matches in a text. An honest pattern needs milliseconds; a catastrophic one would never end."""


def compiled(pattern: str, flags: str = "") -> Any:
    """The pattern, ready to search; `flags` are letters of ``ims``. Raises ActionError for one that is wrong."""
    # Not `re`: only this package can give up a search that takes for ever.
    import regex  # type: ignore[import-untyped]  # it ships no type information

    options = {"i": regex.IGNORECASE, "m": regex.MULTILINE, "s": regex.DOTALL}
    try:
        return regex.compile(pattern, sum(options[flag] for flag in set(flags)))
    except regex.error as error:
        raise ActionError(
            "{pattern} is not a regular expression: {reason}.",
            "Write \\ before a character that is meant as it is, such as \\. or \\(.",
            pattern=pattern,
            reason=error,
        ) from error


@contextmanager
def search_time(context: Context, pattern: str) -> Iterator[float]:
    """The seconds to give to a search as its `timeout`; when they are over, ActionError is raised."""
    try:
        yield min(_SEARCH_S, context.remaining())
    except TimeoutError:
        raise ActionError(
            "The pattern {pattern} took longer than {seconds} s on this text.",
            "Repetitions inside repetitions, such as (a+)+, take for ever: simplify the pattern.",
            pattern=pattern,
            seconds=_SEARCH_S,
        ) from None

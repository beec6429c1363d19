"""The rows of ``tla bench``, a file a family. A new row is one function under the decorator `case` in its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import ModuleType

from agent.cli.bench.row import Case
from agent.cli.bench.rows import capture, change, engine, evidence, find, reading, start
from agent.cli.bench.rows import input as typing

FAMILIES = (capture, evidence, change, reading, find, typing, engine, start)

GROUPS: Mapping[str, tuple[ModuleType, ...]] = {"vision": (capture, evidence, change, reading, find)}
"""Names for several families at once."""


def cases(families: tuple[ModuleType, ...]) -> tuple[Case, ...]:
    """Every row of these families, in the order of the table."""
    return tuple(each for family in families for value in vars(family).values() for each in _cases(value))


def _cases(value: object) -> Iterator[Case]:
    """A module may hold rows one by one, and in tuples."""
    for each in value if isinstance(value, tuple) else (value,):
        if isinstance(each, Case):
            yield each


CASES = cases(FAMILIES)
"""Every row."""

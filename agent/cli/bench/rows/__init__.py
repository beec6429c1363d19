"""The rows of ``tla bench``, a file a family. A new row is one function under the decorator `case` in its file."""

from __future__ import annotations

from agent.cli.bench.row import Case
from agent.cli.bench.rows import capture, engine, evidence, find, input, ocr, start  # noqa: A004 - a family of rows

FAMILIES = (capture, evidence, ocr, find, input, engine, start)

CASES: tuple[Case, ...] = tuple(case for family in FAMILIES for case in vars(family).values() if isinstance(case, Case))
"""Every row, in the order of the table."""

"""What the commands print with: one console, the user's language, errors as a sentence and a hint."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from agent.core.errors import AgentError, ErrorRecord, ProblemsFound
from agent.core.run import Status
from agent.resources.language import Language

SIGNS = {
    Status.WAITING: ("·", "dim"),
    Status.RUNNING: ("▶", "blue"),
    Status.RETRYING: ("↻", "yellow"),
    Status.DONE: ("✓", "green"),
    Status.FAILED: ("✗", "red"),
    Status.SKIPPED: ("–", "dim"),
    Status.STOPPED: ("■", "yellow"),
    Status.INTERRUPTED: ("⚡", "red"),
}
"""A sign and a colour for each status; the word always stands beside them."""

STOPPED_CODE = 130
"""What a shell expects of a program that was stopped from the keyboard."""


class Printer:
    """Prints for a person, in the user's language."""

    def __init__(self, language: Language) -> None:
        self.tr = language
        self.out = Console(highlight=False, soft_wrap=True)
        self.err = Console(highlight=False, soft_wrap=True, stderr=True)

    def line(self, text: str = "", style: str = "") -> None:
        """One line, as it is: brackets in it mean nothing."""
        self.out.print(Text(text, style=style))

    def say(self, text: str, **values: Any) -> None:
        """One translated line."""
        self.line(self.tr(text, **values))

    def error(self, error: AgentError | ErrorRecord) -> None:
        """The sentence and the hint, on the error stream; the list of problems where there is one."""
        message, hint = self.tr.error(error)
        self.err.print(Text.assemble(("✗ ", "red"), message))
        if isinstance(error, ProblemsFound):
            for problem in error.problems:
                self._problem(problem.node_id, problem.record)
        if hint:
            self.err.print(Text("  " + hint, style="dim"))

    def _problem(self, node_id: str, record: ErrorRecord) -> None:
        message, hint = self.tr.error(record)
        place = f"{node_id}: " if node_id else ""
        self.err.print(Text.assemble("  ", (place, "bold"), f"{message} {hint}".rstrip()))

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Sequence[int] = ()) -> None:
        """A table with translated column heads; `numbers` are the columns set to the right."""
        table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
        for index, column in enumerate(columns):
            table.add_column(self.tr(column), justify="right" if index in numbers else "left", overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        self.out.print(table)

    def json(self, value: Any) -> None:
        """A value for another program."""
        self.out.print(json.dumps(value, ensure_ascii=False, indent=2, default=str), markup=False)

    def status(self, status: Status) -> str:
        """The sign and the translated word."""
        return f"{SIGNS[status][0]} {self.tr(status.value)}"

    def value(self, value: Any, title: str = "") -> None:
        """An output of a run: lists of rows become a table, everything else JSON."""
        rows = value if isinstance(value, list) and value else []
        if title:
            self.line(title, style="bold")
        if rows and all(isinstance(row, dict) for row in rows):
            heads = list(rows[0])
            self.table(heads, [[_cell(row.get(head, "")) for head in heads] for row in rows])
        elif rows and all(isinstance(row, list) for row in rows):
            self.table([""] * len(rows[0]), [[_cell(cell) for cell in row] for row in rows])
        elif isinstance(value, str):
            self.line(value)
        else:
            self.json(value)


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def exit_code(type_name: str) -> int:
    """What to exit with for a journalled error, by the name of its type."""
    known: list[type[AgentError]] = [AgentError]
    for error in known:
        if error.__name__ == type_name:
            return error.exit_code
        known.extend(error.__subclasses__())
    return AgentError.exit_code

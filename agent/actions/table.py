"""Actions on tables in files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, field_validator

from agent.actions.file import append, encoded, has_content, known_encoding, replace
from agent.core.action import Action
from agent.core.context import Context
from agent.core.errors import ActionError

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula: https://owasp.org/www-community/attacks/CSV_Injection."""

_NUMBER = re.compile(r"^[+-]?\s?[\d.,' ]*\d[\d.,' ]*([eE][+-]?\d+)?\s?[-%€$£]?$")


class Write(
    Action,
    id="table.write",
    label="Write a table",
    icon="table_write",
    category="Files and tables",
    effect="once",
    keywords=("CSV", "Excel", "spreadsheet", "write range", "save table", "Tabelle schreiben", "Tabelle speichern"),
):
    """Write a table to a CSV file that opens in Excel with a double click.

    The usual settings suit a German Excel (semicolon); choose the comma for an English one and for most other
    programs. Cells that a spreadsheet would take for a formula get an apostrophe in front.
    """

    path: str = Field(
        title="File",
        description="Relative names lie in the run's folder; ~ is your home.",
        min_length=1,
        max_length=1000,
    )
    table: Any = Field(
        title="Table", description="A list of rows. A row is a list of values, or an object with a value per column."
    )
    header: bool | tuple[str, ...] = Field(
        True,
        title="Header",
        description="true: the names of the columns, where rows have them. A list: these columns, in this order.",
    )
    mode: Literal["replace", "append"] = Field(
        "replace", title="Mode", description="append: add the rows to the file; its own header stays the only one."
    )
    delimiter: Literal[";", ",", "\t", "|"] = Field(
        ";", title="Delimiter", description="What stands between two cells."
    )
    encoding: str = Field(
        "utf-8-sig", title="Encoding", description="utf-8-sig is what Excel recognises; utf-8 for other programs."
    )
    formulas: bool = Field(
        False,
        title="Allow formulas",
        description="Leave cells that begin with = + - or @ as they are. Only for tables that you trust.",
    )

    class Result(BaseModel):
        path: str = Field(title="Path", description="The file with its folder.")
        count: int = Field(title="Rows", description="How many rows were written, without the header.")

    @field_validator("encoding")
    @classmethod
    def _encoding_is_known(cls, value: str) -> str:
        return known_encoding(value)

    def run(self, context: Context) -> Result:
        path = context.path(self.path)
        rows = _rows(self.table)
        adding = self.mode == "append" and has_content(path)
        columns = self._columns(rows, self._first_line(path) if adding else None)
        lines = [_cells(row, columns) for row in rows]
        if columns and self.header is not False and not adding:
            lines.insert(0, list(columns))
        data = self._encoded(lines)
        context.acting()
        (append if self.mode == "append" else replace)(path, data)
        return self.Result(path=str(path), count=len(rows))

    def _columns(self, rows: Sequence[Any], there: Sequence[str] | None) -> Sequence[str]:
        """The names of the columns; none for rows that are lists, unless the header names them."""
        named = dict.fromkeys(str(key) for row in rows if isinstance(row, Mapping) for key in row)
        wanted = tuple(self.header) if not isinstance(self.header, bool) else tuple(named)
        if there is None or not named or self.header is False:
            return wanted
        strange = [name for name in wanted if name not in there]
        if strange:
            raise ActionError(
                "The file has no column {columns}.",
                "Its columns are {there}. Write to a new file, or name the columns in the header.",
                columns=", ".join(strange),
                there=", ".join(there),
            )
        return there

    def _first_line(self, path: Path) -> list[str]:
        try:
            with path.open(encoding=self.encoding, newline="") as file:
                return next(csv.reader(file, delimiter=self.delimiter), [])
        except (OSError, UnicodeError, csv.Error) as error:
            raise ActionError(
                "The header of {path} cannot be read: {reason}.",
                "Check its encoding, or write to a new file.",
                path=path,
                reason=error,
            ) from error

    def _encoded(self, lines: Iterable[Sequence[Any]]) -> bytes:
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self.delimiter)  # lines end as RFC 4180 says, with CR LF
        writer.writerows([self._shown(cell) for cell in line] for line in lines)
        return encoded(text.getvalue(), self.encoding)

    def _shown(self, cell: Any) -> Any:
        guarded = isinstance(cell, str) and cell.startswith(_FORMULA) and not _NUMBER.match(cell)
        return f"'{cell}" if guarded and not self.formulas else cell


def _rows(table: Any) -> Sequence[Any]:
    """The rows of a list, or of a table as other steps give it (``{"rows": [...]}``)."""
    rows = table.get("rows") if isinstance(table, Mapping) else table
    if not isinstance(rows, list | tuple):
        raise ActionError(
            "{value} is no table.", "Give a list of rows: lists of values, or objects.", value=repr(table)[:100]
        )
    for number, row in enumerate(rows, 1):
        if not isinstance(row, list | tuple | Mapping):
            raise ActionError(
                "Row {number} of the table is {value}, neither a list nor an object.",
                "Give a list of rows: lists of values, or objects.",
                number=number,
                value=repr(row)[:100],
            )
    return rows


def _cells(row: Sequence[Any] | Mapping[str, Any], columns: Sequence[str]) -> list[Any]:
    return [row.get(name, "") for name in columns] if isinstance(row, Mapping) else list(row)

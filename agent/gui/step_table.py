"""`StepTable`: the steps of one run as Qt's views want them, in the order they started."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from agent.core.events import LogLine
from agent.core.run import Status, Step, now
from agent.gui.theme import Theme
from agent.resources.language import Language

MOST_ROWS = 2_000
"""A loop may make a hundred thousand steps; the record keeps them all, the window the latest."""

_NOWHERE = QModelIndex()
Index = QModelIndex | QPersistentModelIndex
Key = tuple[str, str, str, int]


class Column(IntEnum):
    """The columns, from the left."""

    STATUS = 0
    STEP = 1
    TIME = 2
    MESSAGE = 3


class StepTable(QAbstractTableModel):
    """A row a step: how it stands, what it is, how long it took and what it says."""

    def __init__(self, theme: Theme, language: Language, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tr = language
        self._steps: list[Step] = []
        self._messages: dict[Key, str] = {}
        self._rows: dict[Key, int] = {}
        """Counted from the first row that ever was; `_dropped` of them are gone."""
        self._dropped = 0

    def put(self, step: Step) -> None:
        """Add the step, or take its new snapshot. One whose row is gone comes again, at the end."""
        place = self._rows.get(step.key)
        if place is None:
            self._append(step)
        else:
            row = place - self._dropped
            self._steps[row] = step
            self._changed(row, row)

    def say(self, line: LogLine) -> None:
        """Show the line at the latest step of its node."""
        for row in range(len(self._steps) - 1, -1, -1):
            if self._steps[row].node_id == line.node_id:
                self._messages[self._steps[row].key] = line.text
                self._changed(row, row)
                return

    def tick(self) -> None:
        """Let the time of the steps under way go on."""
        under_way = [row for row, step in enumerate(self._steps) if not step.status.is_final]
        if under_way:
            self._changed(under_way[0], under_way[-1])

    def step(self, row: int) -> Step:
        """The step in this row."""
        return self._steps[row]

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self._steps)

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(Column)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        tr = self._tr
        return (tr("Result"), tr("Step"), tr("Time"), tr("Message"))[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        step, column = self._steps[index.row()], Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(step, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._told(step) if column is Column.MESSAGE else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.DecorationRole and column is Column.STATUS:
            return self._theme.status_icon(step.status)
        if role == Qt.ItemDataRole.ForegroundRole and column in (Column.TIME, Column.MESSAGE):
            return self._theme.colour("quiet")
        return None

    def _text(self, step: Step, column: Column) -> str:
        if column is Column.STATUS:
            return word(self._tr, step.status)
        if column is Column.STEP:
            return self._name(step)
        if column is Column.TIME:
            return _seconds(self._tr, step)
        return self._message(step)

    def _name(self, step: Step) -> str:
        parts = [step.title or step.node_id]
        if step.path:
            parts.append(step.path)
        if step.attempt > 1:
            parts.append(self._tr("attempt {number}", number=step.attempt))
        return " · ".join(parts)

    def _message(self, step: Step) -> str:
        if step.error is not None:
            return self._tr.error(step.error)[0]
        return self._messages.get(step.key, self._tr("from the cache") if step.cached else "")

    def _told(self, step: Step) -> str:
        """The whole message; for an error with what to do next."""
        return "\n".join(self._tr.error(step.error)).strip() if step.error is not None else self._message(step)

    def _append(self, step: Step) -> None:
        if len(self._steps) >= MOST_ROWS:
            self.beginRemoveRows(_NOWHERE, 0, 0)
            gone = self._steps.pop(0)
            self._messages.pop(gone.key, None)
            del self._rows[gone.key]
            self._dropped += 1
            self.endRemoveRows()
        row = len(self._steps)
        self.beginInsertRows(_NOWHERE, row, row)
        self._steps.append(step)
        self._rows[step.key] = row + self._dropped
        self.endInsertRows()

    def _changed(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(Column) - 1))


def word(language: Language, status: Status) -> str:
    """The status as a word that stands alone: “Done”."""
    text = language(status.value)
    return text[:1].upper() + text[1:]


def seconds(language: Language, value: float) -> str:
    """A time as people write it: “2.31 s”, in German “2,31 s”.

    >>> seconds(Language("en"), 2.306)
    '2.31 s'
    """
    text = f"{value:.2f} s" if value < 100 else f"{value:.0f} s"
    return text.replace(".", ",") if language.code == "de" else text


def _seconds(language: Language, step: Step) -> str:
    if step.status is Status.SKIPPED:
        return ""
    return seconds(language, step.elapsed_s if step.status.is_final else _since(step.started_at))


def _since(started: datetime) -> float:
    return max(0.0, (now() - started).total_seconds())


def _alignment(column: int) -> int:
    across = Qt.AlignmentFlag.AlignRight if column == Column.TIME else Qt.AlignmentFlag.AlignLeft
    return int(across | Qt.AlignmentFlag.AlignVCenter)

"""`WorkflowTable`: the workflows as Qt's views want them, and `WorkflowFilter`, which keeps those that fit a search."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtGui import QIcon

from agent.app import WorkflowFile
from agent.gui.theme import Theme
from agent.resources.language import Language

_NOWHERE = QModelIndex()
Index = QModelIndex | QPersistentModelIndex

FILE = int(Qt.ItemDataRole.UserRole)
"""The role under which a row gives its `WorkflowFile`."""
SECOND_LINE = FILE + 1
"""The role under which a row gives its description, or why it cannot be read."""
BADGE = FILE + 2
"""The role under which a row gives what kind it is, or nothing."""


class WorkflowTable(QAbstractListModel):
    """A row a workflow."""

    def __init__(self, theme: Theme, language: Language, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tr = language
        self._files: tuple[WorkflowFile, ...] = ()

    def show_files(self, files: Sequence[WorkflowFile]) -> None:
        """Show these instead."""
        self.beginResetModel()
        self._files = tuple(files)
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self._files)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        file = self._files[index.row()]
        given = self._ROLES.get(role)
        return given(self, file) if given else None

    def _icon(self, file: WorkflowFile) -> QIcon:
        return self._theme.icon("warning", "bad") if file.error else self._theme.icon("workflow", "accent")

    def _badge(self, file: WorkflowFile) -> str:
        return self._tr("Example") if file.example else ""

    def _accessible(self, file: WorkflowFile) -> str:
        return ". ".join(part for part in (file.name, self._second_line(file)) if part)

    def _second_line(self, file: WorkflowFile) -> str:
        return self._tr.error(file.error)[0] if file.error is not None else file.description

    _ROLES: ClassVar[dict[int, Callable[[WorkflowTable, WorkflowFile], Any]]] = {
        Qt.ItemDataRole.DisplayRole: lambda _table, file: file.name,
        Qt.ItemDataRole.DecorationRole: _icon,
        Qt.ItemDataRole.ToolTipRole: lambda _table, file: str(file.path),
        Qt.ItemDataRole.AccessibleTextRole: _accessible,
        FILE: lambda _table, file: file,
        SECOND_LINE: _second_line,
        BADGE: _badge,
    }


class WorkflowFilter(QSortFilterProxyModel):
    """The workflows in which every word of the search occurs: ``order sign`` finds *Sign in and read the orders*."""

    def __init__(self, table: WorkflowTable, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: list[str] = []
        self.setSourceModel(table)

    def search(self, text: str) -> None:
        """Keep what fits this text; the empty one keeps all."""
        self._words = _folded(text).split()
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:  # noqa: N802 - Qt's name
        file: WorkflowFile = self.sourceModel().index(row, 0, parent).data(FILE)
        text = _folded(f"{file.name} {file.description} {file.path.name}")
        return all(word in text for word in self._words)


def _folded(text: str) -> str:
    """For comparing: upper and lower case, and letters with and without their marks, are alike.

    >>> _folded("Bestätigen") == _folded("BESTATIGEN")
    True
    """
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter)
    )

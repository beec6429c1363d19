"""`WorkflowPanel`: the list of workflows with its search, and what to do when it is empty."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListView, QStackedWidget, QVBoxLayout, QWidget

from agent.app import WorkflowFile
from agent.gui.empty_state import EmptyState
from agent.gui.theme import Theme
from agent.gui.workflow_row import WorkflowRow
from agent.gui.workflow_table import FILE, WorkflowFilter, WorkflowTable
from agent.resources.language import Language

SEARCH_MS = 300
"""After the last key: who types fast is not shown the list of half a word."""

_MODIFIERS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class WorkflowPanel(QWidget):
    """Find a workflow and choose it. It sends `chosen` with the file (or None) and `run_wanted` with the file."""

    chosen = Signal(object)
    run_wanted = Signal(object)
    folder_wanted = Signal()

    def __init__(self, theme: Theme, language: Language, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tr = language
        self._table = WorkflowTable(theme, language, self)
        self._filter = WorkflowFilter(self._table, self)
        self._wanted: Path | None = None
        self._searched = ""
        self._timer = QTimer(self, interval=SEARCH_MS, singleShot=True)
        self._timer.timeout.connect(self._search)
        self.search = self._search_box(theme)
        self.list = self._list(theme)
        self.empty = EmptyState(theme, self)
        self.empty.pressed.connect(self._help)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.search)
        layout.addWidget(self._stack)
        self.setTabOrder(self.search, self.list)
        theme.changed.connect(self._draw)

    @property
    def current(self) -> WorkflowFile | None:
        """The workflow that is chosen."""
        index = self.list.currentIndex()
        return index.data(FILE) if index.isValid() else None

    def show_files(self, files: Sequence[WorkflowFile]) -> None:
        """Show these workflows; the chosen one stays chosen."""
        if self.current is not None:
            self._wanted = self.current.path
        self._table.show_files(files)
        self._choose()

    def focus_search(self) -> None:
        """Put the cursor into the search box."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Enter runs. In the search box Esc clears, up and down move in the list."""
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & _MODIFIERS:
            self._search()
            self._run()
            return True
        if watched is self.search:
            return self._pressed_in_search(event)
        return super().eventFilter(watched, event)

    def _pressed_in_search(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            self._search()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._search()
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
            self.list.event(event)
        else:
            return False
        return True

    def _search_box(self, theme: Theme) -> QLineEdit:
        box = QLineEdit(self)
        box.setPlaceholderText(self._tr("Search workflows"))
        box.setAccessibleName(self._tr("Search workflows"))
        box.setClearButtonEnabled(True)
        self._glass = box.addAction(theme.icon("find", "quiet"), QLineEdit.ActionPosition.LeadingPosition)
        box.textChanged.connect(lambda _text: self._timer.start())
        box.installEventFilter(self)
        return box

    def _list(self, theme: Theme) -> QListView:
        view = QListView(self)
        view.setAccessibleName(self._tr("Workflows"))
        view.setModel(self._filter)
        view.setItemDelegate(WorkflowRow(theme, view))
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Not `activated`: where the system opens things with one click, choosing would start a run.
        view.doubleClicked.connect(lambda _index: self._run())
        view.installEventFilter(self)
        view.selectionModel().currentChanged.connect(lambda _now, _before: self.chosen.emit(self.current))
        return view

    def _draw(self) -> None:
        self._glass.setIcon(self._theme.icon("find", "quiet"))

    def _search(self) -> None:
        """Filter now; nothing to do when the filter shows this text already."""
        self._timer.stop()
        if self._searched == self.search.text():
            return
        self._searched = self.search.text()
        if self.current is not None:
            self._wanted = self.current.path
        self._filter.search(self.search.text())
        self._choose()

    def _choose(self) -> None:
        """Choose what was chosen before, else the first; without any, say what to do."""
        rows = range(self._filter.rowCount())
        indexes = [self._filter.index(row, 0) for row in rows]
        wanted = next((index for index in indexes if index.data(FILE).path == self._wanted), None)
        self.list.setCurrentIndex(wanted or next(iter(indexes), QModelIndex()))
        self._stack.setCurrentWidget(self.list if indexes else self.empty)
        if not indexes:
            self._explain()
        self.chosen.emit(self.current)

    def _explain(self) -> None:
        tr = self._tr
        if self._table.rowCount():
            title = tr("No workflow fits “{search}”.", search=self.search.text().strip())
            self.empty.show_text("find", title, tr("Try fewer or other words."), tr("Clear the search"))
        else:
            hint = tr("Put a workflow file into the folder, then reload with F5.")
            self.empty.show_text("workflow", tr("No workflows yet"), hint, tr("Open the folder"))

    def _help(self) -> None:
        if self._table.rowCount():
            self.search.clear()
            self._search()
            self.search.setFocus()
        else:
            self.folder_wanted.emit()

    def _run(self) -> None:
        if self.current is not None:
            self.run_wanted.emit(self.current)

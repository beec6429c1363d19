"""`RunPanel`: the chosen workflow with its buttons, how its run stands, and the step log."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from agent.app import WorkflowFile
from agent.core.errors import AgentError
from agent.core.run import Run, Status
from agent.gui.colours import STATUS_TINTS
from agent.gui.empty_state import EmptyState
from agent.gui.notice import Notice
from agent.gui.run_book import RunPage
from agent.gui.step_table import Column, seconds, word
from agent.gui.theme import Theme
from agent.resources.language import Language

TICK_MS = 200
"""How often the times of what runs are brought up to date; nothing ticks while nothing runs."""


class RunPanel(QWidget):
    """Shows one workflow and one run of it. Sends `run_wanted`, `stop_wanted`, `go_on_wanted`, `report_wanted`."""

    run_wanted = Signal()
    stop_wanted = Signal(str)
    go_on_wanted = Signal()
    report_wanted = Signal(object)

    def __init__(self, theme: Theme, language: Language, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tr = language
        self._page: RunPage | None = None
        self._file: WorkflowFile | None = None
        self._starting = False
        self._stopping = ""
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._build()
        theme.changed.connect(self._draw)
        self._draw()
        self.show_workflow(None)

    # -- what it is told ---------------------------------------------------------------------------------------

    def show_workflow(self, file: WorkflowFile | None) -> None:
        """Show this workflow's name and description, and no run yet."""
        self.name.setText(file.name if file else self._tr("Choose a workflow"))
        self.description.setText(file.description if file else "")
        self.description.setVisible(bool(file and file.description))
        self._file = file
        self.show_page(None)
        self.notice.tell(file.error if file else None)

    def show_page(self, page: RunPage | None) -> None:
        """Show this run, or that there is none yet."""
        self._page = page
        self._starting = False
        model = page.steps if page else None
        if self.steps.model() is not model:
            self.steps.setModel(model)
            if model is not None:
                self._shape_columns()
                model.rowsInserted.connect(self._follow)
        self._update()
        self.notice.tell(page.run.error if page and page.run else None)

    def refresh(self) -> None:
        """The run that is shown has a new snapshot."""
        self._update()
        if self._page and self._page.run and self._page.run.error:
            self.notice.tell(self._page.run.error)

    def begin(self) -> None:
        """A start was asked for and is under way; a second press of the button does nothing."""
        self._starting = True
        self.notice.tell(None)
        self._update()

    def refuse(self, error: AgentError | None) -> None:
        """It was not started: because of this, or because the person thought better of it (None)."""
        self._starting = False
        self.notice.tell(error)
        self._update()

    # -- how it is built ---------------------------------------------------------------------------------------

    def _build(self) -> None:
        tr = self._tr
        self.name = QLabel(self)
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setWordWrap(True)
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 1.5)
        font.setWeight(QFont.Weight.DemiBold)
        self.name.setFont(font)
        self.description = QLabel(self)
        self.description.setTextFormat(Qt.TextFormat.PlainText)
        self.description.setWordWrap(True)
        self.description.setProperty("quiet", True)
        self.run = QPushButton(tr("Run"), self)
        self.run.setProperty("primary", True)
        self.run.setToolTip(tr("Start this workflow (Enter)"))
        self.run.clicked.connect(self.run_wanted)
        self.stop = QPushButton(tr("Stop"), self)
        self.stop.setToolTip(tr("End this run at once: nothing more is typed or clicked (Ctrl+.)"))
        self.stop.clicked.connect(self._stop)
        self.go_on = QPushButton(tr("Continue"), self)
        self.go_on.setToolTip(tr("Give the mouse back to the workflow now"))
        self.go_on.clicked.connect(self.go_on_wanted)
        self.status_icon = QLabel(self)
        self.status = QLabel(self)
        self.status.setTextFormat(Qt.TextFormat.PlainText)
        self.report = QToolButton(self)
        self.report.setText(tr("Report"))
        self.report.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.report.setToolTip(tr("Open the report of this run"))
        self.report.clicked.connect(lambda: self.report_wanted.emit(self._page.run if self._page else None))
        self.notice = Notice(self._theme, tr, self)
        self.steps = self._step_view()
        self.empty = EmptyState(self._theme, self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.steps)
        self._lay_out()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.run, self.stop, self.go_on):
            buttons.addWidget(button)
        buttons.addSpacing(8)
        buttons.addWidget(self.status_icon)
        buttons.addWidget(self.status, 1)
        buttons.addWidget(self.report)
        card = QFrame(self)
        card.setObjectName("card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 6, 1, 6)
        inside.addWidget(self._stack)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.name)
        layout.addWidget(self.description)
        layout.addSpacing(2)
        layout.addLayout(buttons)
        layout.addWidget(self.notice)
        layout.addSpacing(2)
        layout.addWidget(card, 1)

    def _step_view(self) -> QTreeView:
        view = QTreeView(self)
        view.setAccessibleName(self._tr("Steps"))
        view.setRootIsDecorated(False)
        view.setUniformRowHeights(True)
        view.setAllColumnsShowFocus(True)
        view.setTextElideMode(Qt.TextElideMode.ElideRight)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return view

    def _shape_columns(self) -> None:
        header = self.steps.header()
        header.setStretchLastSection(True)
        header.setSectionsMovable(False)
        widths = self.steps.fontMetrics()
        for column, sample in ((Column.STATUS, "0" * 20), (Column.STEP, "0" * 28), (Column.TIME, "0" * 11)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            header.resizeSection(column, widths.horizontalAdvance(sample))

    def _draw(self) -> None:
        self.run.setIcon(self._theme.icon("play", "on_accent"))
        self.stop.setIcon(self._theme.icon("stop", "bad"))
        self.go_on.setIcon(self._theme.icon("play", "accent"))
        self.report.setIcon(self._theme.icon("report"))
        self._update()

    # -- what it does --------------------------------------------------------------------------------------------

    def _update(self) -> None:
        page, run = self._page, self._page.run if self._page else None
        under_way = self._starting or bool(page and page.is_under_way)
        self.run.setEnabled(self._file is not None and self._file.error is None and not under_way)
        self.stop.setEnabled(bool(run and page and page.is_under_way and run.id != self._stopping))
        self.go_on.setVisible(bool(page and page.is_under_way and page.halted_for_s))
        self.report.setVisible(bool(run and run.status.is_final and run.folder))
        self._show_status(run)
        if page is not None:
            self._stack.setCurrentWidget(self.steps)
        else:
            self._explain()
        if bool(page and page.is_under_way) != self._timer.isActive():
            (self._timer.stop if self._timer.isActive() else self._timer.start)()

    def _show_status(self, run: Run | None) -> None:
        status = run.status if run else (Status.WAITING if self._starting else None)
        self.status_icon.setVisible(status is not None)
        self.status.setText(self._status_text(run))
        if status is not None:
            self.status_icon.setPixmap(self._theme.status_icon(status).pixmap(20, 20))
            self.status.setStyleSheet(f"color: {self._theme.colour(STATUS_TINTS[status]).name()}")

    def _status_text(self, run: Run | None) -> str:
        tr = self._tr
        if run is None:
            return tr("Starting …") if self._starting else ""
        if run.id == self._stopping and not run.status.is_final:
            return tr("Stopping …")
        if self._page and self._page.halted_for_s and not run.status.is_final:
            rest = f"{self._page.halted_for_s:g}"
            return tr("You have the mouse. It goes on after {seconds} s of rest.", seconds=rest)
        if self._page and self._page.away and not run.status.is_final:
            return tr("Waiting for the desktop: {reason}", reason=" ".join(tr.error(self._page.away)))
        if self._page and self._page.holder and not run.status.is_final:
            return tr("Waiting for the desktop: {holder} has it", holder=self._page.holder)
        return f"{word(tr, run.status)} · {seconds(tr, run.elapsed_s)}"

    def _explain(self) -> None:
        self._stack.setCurrentWidget(self.empty)
        if self._file is None:
            self.empty.show_text("workflow", self._tr("No workflow is chosen."), self._tr("Choose one on the left."))
        elif self._file.error is not None:
            self.empty.show_text(
                "warning", self._tr("This file cannot be run."), self._tr("Correct it, then reload with F5.")
            )
        else:
            title, hint = self._tr("No steps yet"), self._tr("Press Run: each step appears here as it happens.")
            self.empty.show_text("play", title, hint)

    def _tick(self) -> None:
        if self._page is not None:
            self._page.steps.tick()
            self._show_status(self._page.run)

    def _follow(self) -> None:
        """Keep the newest step in sight, unless the person has scrolled away from it."""
        bar = self.steps.verticalScrollBar()
        if bar.value() >= bar.maximum() - 1:
            QTimer.singleShot(0, self.steps.scrollToBottom)

    def _stop(self) -> None:
        if self._page and self._page.run and self._page.is_under_way:
            self._stopping = self._page.run.id
            self._update()
            self.stop_wanted.emit(self._page.run.id)

"""`MainWindow`: puts the workflow list, the run and the tray together. It delegates; nothing is decided here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDesktopServices, QIcon, QKeySequence
from PySide6.QtWidgets import QLabel, QMainWindow, QSplitter, QVBoxLayout, QWidget

from agent.app import Agent, WorkflowFile
from agent.core.errors import AgentError
from agent.core.run import Run
from agent.gui.bridge import Bridge
from agent.gui.memory import Memory
from agent.gui.run_book import RunBook
from agent.gui.run_panel import RunPanel
from agent.gui.starter import Starter
from agent.gui.theme import Theme
from agent.gui.tray import Tray
from agent.gui.workflow_panel import WorkflowPanel
from agent.report import NAME as REPORT
from agent.resources import path as resource


class MainWindow(QMainWindow):
    """The program's window. Call `begin()` once it is shown: it fills itself without holding anybody up."""

    quit_wanted = Signal()

    def __init__(self, agent: Agent, theme: Theme, tray: Tray | None = None) -> None:
        super().__init__()
        self._agent = agent
        self._tr = agent.language
        self._tray = tray
        self._quitting = False
        self._told_hidden = False
        self._told_halted = ""
        """The run of which the tray has told that it gives way."""
        self._run_ids: dict[Path, str] = {}
        """The latest run of each workflow, as far as it was started here."""
        self._shown = ""
        """The id of the run that is on the panel."""
        self._files: tuple[WorkflowFile, ...] = ()
        self._memory = Memory(agent.home)
        self.bridge = Bridge(agent.bus, self)
        self.book = RunBook(theme, self._tr, self)
        self.workflows = WorkflowPanel(theme, self._tr, self)
        self.runs = RunPanel(theme, self._tr, self)
        self.starter = Starter(agent, self.bridge, theme, self)
        self.setWindowTitle("Trusted Login Agent")
        self.setWindowIcon(QIcon(str(resource("icons/app.svg"))))
        self._build()
        self._add_menus()
        self._connect()
        self._memory.restore(self, self._splitter)
        self._count()

    def begin(self) -> None:
        """Load what is to be seen."""
        self.reload()

    def reload(self) -> None:
        """Read the workflows again."""
        self.bridge.call(self._agent.workflows, self._show_workflows, self._show_failure)

    def raise_window(self) -> None:
        """Bring the window to the front, wherever it was."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def shut(self) -> None:
        """Remember the window's place, and hear nothing more."""
        self._memory.keep(self, self._splitter)
        self.bridge.close()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """With a tray the program stays there; without one it ends."""
        if self._tray is not None and not self._quitting:
            event.ignore()
            self.hide()
            if not self._told_hidden:
                self._told_hidden = True
                self._tray.tell_hidden()
            return
        event.accept()
        self.quit_wanted.emit()

    def quit(self) -> None:
        """End the program, whatever runs."""
        self._quitting = True
        self.close()

    # -- how it is built ---------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(20)
        self._splitter.addWidget(self.workflows)
        self._splitter.addWidget(self.runs)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([340, 680])
        self.workflows.setMinimumWidth(240)
        self.runs.setMinimumWidth(420)
        centre = QWidget(self)
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(20, 14, 20, 14)
        layout.addWidget(self._splitter)
        self.setCentralWidget(centre)
        self.under_way = QLabel(self)
        self.statusBar().addWidget(self.under_way, 1)
        if self._tray is None:
            note = QLabel(self._tr("No tray here: closing the window ends the program."), self)
            self.statusBar().addPermanentWidget(note)

    def _add_menus(self) -> None:
        tr = self._tr
        menu = self.menuBar().addMenu(tr("File"))
        menu.addAction(self._action(tr("Search workflows"), self.workflows.focus_search, QKeySequence.StandardKey.Find))
        menu.addAction(self._action(tr("Reload"), self.reload, "F5"))
        menu.addAction(self._action(tr("Open the workflow folder"), self._open_folder))
        menu.addSeparator()
        menu.addAction(self._action(tr("Quit"), self.quit, "Ctrl+Q"))
        menu = self.menuBar().addMenu(tr("Run"))
        menu.addAction(self._action(tr("Run"), self.runs.run.click, "Ctrl+Return"))
        menu.addAction(self._action(tr("Stop"), self.runs.stop.click, "Ctrl+."))
        self.stop_all = self._action(tr("Stop all"), self._stop_all, "Ctrl+Shift+.")
        menu.addAction(self.stop_all)
        self.stop_all.setEnabled(False)

    def _action(self, text: str, act: Callable[[], Any], keys: str | QKeySequence.StandardKey | None = None) -> QAction:
        action = QAction(text, self)
        if keys is not None:
            action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda _checked=False: act())
        return action

    def _connect(self) -> None:
        self.bridge.happened.connect(self.book.take)
        self.book.changed.connect(self._run_changed)
        self.workflows.chosen.connect(self._choose)
        self.workflows.run_wanted.connect(self._run)
        self.workflows.folder_wanted.connect(self._open_folder)
        self.runs.run_wanted.connect(lambda: self._run(self.workflows.current))
        self.runs.stop_wanted.connect(self._stop)
        self.runs.go_on_wanted.connect(self._agent.go_on)
        self.runs.report_wanted.connect(self._open_report)
        self.starter.asks.connect(self.raise_window)
        self.starter.started.connect(self._started)
        self.starter.refused.connect(self._refused)
        if self._tray is not None:
            self._tray.open_wanted.connect(self.raise_window)
            self._tray.run_wanted.connect(lambda file: self.starter.start(file.path))
            self._tray.stop_all_wanted.connect(self._stop_all)
            self._tray.go_on_wanted.connect(self._agent.go_on)
            self._tray.quit_wanted.connect(self.quit)

    # -- what it hands on ----------------------------------------------------------------------------------------

    def _show_workflows(self, files: tuple[WorkflowFile, ...]) -> None:
        self._files = files
        self.workflows.show_files(files)
        self._offer_in_tray()

    def _offer_in_tray(self) -> None:
        if self._tray is not None:
            self._tray.offer(self._memory.latest_first(self._files))

    def _choose(self, file: WorkflowFile | None) -> None:
        run_id = self._run_ids.get(file.path) if file else None
        self._shown = run_id or ""
        self.runs.show_workflow(file)
        if run_id:
            self.runs.show_page(self.book.page(run_id))

    def _run(self, file: WorkflowFile | None) -> None:
        if file is not None and self.runs.run.isEnabled():
            self.runs.begin()
            self.starter.start(file.path)

    def _started(self, path: Path, run: Run) -> None:
        self._run_ids[path] = run.id
        self._memory.note_use(path)
        self._offer_in_tray()
        self.book.note(run)
        if self._is_current(path):
            self._shown = run.id
            self.runs.show_page(self.book.page(run.id))

    def _refused(self, path: Path, error: AgentError | None) -> None:
        if self._is_current(path):
            self.runs.refuse(error)
        elif error is not None:
            self._show_failure(error)

    def _is_current(self, path: Path) -> bool:
        current = self.workflows.current
        return current is not None and current.path == path

    def _run_changed(self, run_id: str) -> None:
        run = self.book.page(run_id).run
        if run_id == self._shown:
            self.runs.refresh()
        if run is not None and run.status.is_final and self._tray is not None and not self.isActiveWindow():
            self._tray.tell_end(run)
        self._count()

    def _stop(self, run_id: str) -> None:
        self.bridge.call(lambda: self._agent.stop(run_id), failed=self._show_failure)

    def _stop_all(self) -> None:
        self.bridge.call(self._agent.stop_all, failed=self._show_failure)

    def _show_failure(self, error: AgentError) -> None:
        self.runs.notice.tell(error)

    def _count(self) -> None:
        count = len(self.book.under_way())
        tr = self._tr
        told = tr("Nothing is running") if not count else tr("{count} under way", count=count)
        self.under_way.setText(told)
        self.stop_all.setEnabled(count > 0)
        if self._tray is not None:
            self._note_in_tray(count, self._tray)

    def _note_in_tray(self, count: int, tray: Tray) -> None:
        page = self.book.halted()
        tray.note(count, page.halted_for_s if page else 0.0)
        if page and page.run and page.run.id != self._told_halted:  # once a run; further halts are seen in the icon
            tray.tell_halted(page.run)
            self._told_halted = page.run.id

    def _open_report(self, run: Run | None) -> None:
        if run is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(run.folder) / REPORT)))

    def _open_folder(self) -> None:
        folder = self._agent.home.workflows

        def make() -> Path:
            folder.mkdir(parents=True, exist_ok=True)
            return folder

        self.bridge.call(make, lambda made: QDesktopServices.openUrl(QUrl.fromLocalFile(str(made))), self._show_failure)

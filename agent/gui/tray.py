"""`Tray`: the icon beside the clock, from which workflows are started and everything is stopped."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from agent.app import WorkflowFile
from agent.core.run import Run, Status
from agent.gui.step_table import seconds, word
from agent.gui.theme import Theme
from agent.resources import path as resource
from agent.resources.language import Language

MOST_WORKFLOWS = 8


class Tray(QObject):
    """Icon and menu. It shows and sends; the window does."""

    open_wanted = Signal()
    run_wanted = Signal(object)
    stop_all_wanted = Signal()
    go_on_wanted = Signal()
    quit_wanted = Signal()

    def __init__(self, theme: Theme, language: Language, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tr = language
        self._idle = QIcon(str(resource("icons/app.svg")))
        self._busy = QIcon(str(resource("icons/app_running.svg")))
        self._files: Sequence[WorkflowFile] = ()
        self._under_way = 0
        self._halted_for_s = 0.0
        self.menu = QMenu()
        self.icon = QSystemTrayIcon(self._idle, self)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._clicked)
        theme.changed.connect(self._fill)
        self._fill()

    @staticmethod
    def is_there() -> bool:
        """Whether this desktop has a place for tray icons."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def show(self) -> None:
        """Show the icon."""
        self.icon.show()

    def close(self) -> None:
        """Take the icon away."""
        self.icon.hide()
        self.menu.deleteLater()

    def offer(self, files: Sequence[WorkflowFile]) -> None:
        """The workflows to start from the menu, the latest used first."""
        self._files = [file for file in files if file.error is None][:MOST_WORKFLOWS]
        self._fill()

    def note(self, under_way: int, halted_for_s: float = 0.0) -> None:
        """How many runs are under way, and how long the person must rest for one that has given way to them."""
        if (under_way, halted_for_s) != (self._under_way, self._halted_for_s):
            self._under_way, self._halted_for_s = under_way, halted_for_s
            self._fill()

    def tell_halted(self, run: Run) -> None:
        """Tell that a run has halted because the person has the mouse."""
        self.icon.showMessage(run.workflow_name, self._halted_text(), QSystemTrayIcon.MessageIcon.Information)

    def tell_end(self, run: Run) -> None:
        """Tell a person who does not look at the window how a run ended."""
        kinds = QSystemTrayIcon.MessageIcon
        kind = kinds.Warning if run.status in (Status.FAILED, Status.INTERRUPTED) else kinds.Information
        told = f"{word(self._tr, run.status)} · {seconds(self._tr, run.elapsed_s)}"
        if run.error is not None:
            told += "\n" + self._tr.error(run.error)[0]
        self.icon.showMessage(run.workflow_name, told, kind)

    def tell_hidden(self) -> None:
        """Say once that closing the window did not end the program."""
        tr = self._tr
        title = tr("Trusted Login Agent keeps running")
        self.icon.showMessage(title, tr("Click the icon to open the window; its menu ends the program."), self._idle)

    def _fill(self) -> None:
        tr, under_way = self._tr, self._under_way
        self.menu.clear()
        first = self.menu.addAction(tr("Open the window"), self.open_wanted.emit)
        self.menu.setDefaultAction(first)
        self.menu.addSeparator()
        for file in self._files:
            action = self.menu.addAction(self._theme.icon("play", "accent"), file.name.replace("&", "&&"))
            action.triggered.connect(lambda _checked=False, each=file: self.run_wanted.emit(each))
        if self._files:
            self.menu.addSeparator()
        if self._halted_for_s:
            self.menu.addAction(self._theme.icon("play", "accent"), tr("Continue"), self.go_on_wanted.emit)
        stop = self.menu.addAction(self._theme.icon("stop", "bad"), tr("Stop all"), self.stop_all_wanted.emit)
        stop.setEnabled(under_way > 0)
        self.menu.addAction(self._theme.icon("quit"), tr("Quit"), self.quit_wanted.emit)
        self.icon.setIcon(self._busy if under_way else self._idle)
        name = "Trusted Login Agent"
        told = self._halted_text() if self._halted_for_s else tr("{count} under way", count=under_way)
        self.icon.setToolTip(f"{name} – {told}" if under_way else name)

    def _halted_text(self) -> str:
        seconds = f"{self._halted_for_s:g}"
        return self._tr("You have the mouse. It goes on after {seconds} s of rest.", seconds=seconds)

    def _clicked(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.open_wanted.emit()

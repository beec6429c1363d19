"""`Starter`: the way from a press of *Run* to a run: read the file, ask for the inputs, start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from agent.app import Agent
from agent.core.errors import AgentError
from agent.core.run import Run
from agent.core.workflow import Workflow
from agent.gui.bridge import Bridge
from agent.gui.run_dialog import RunDialog
from agent.gui.theme import Theme


class Starter(QObject):
    """Starts workflows without ever keeping the window waiting. Every `start` ends in exactly one of the signals."""

    asks = Signal()
    """A form is about to open: its window must be seen."""
    started = Signal(object, object)
    """The path and the `Run`."""
    refused = Signal(object, object)
    """The path and the `AgentError`; None when the person closed the form."""

    def __init__(self, agent: Agent, bridge: Bridge, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._agent = agent
        self._bridge = bridge
        self._theme = theme
        self._window = window
        self.dialog: RunDialog | None = None
        """The form that is open."""

    def start(self, path: Path) -> None:
        """Begin; the answer comes as a signal."""
        self._bridge.call(
            lambda: self._agent.load(path),
            lambda workflow: self._ask(path, workflow),
            lambda error: self.refused.emit(path, error),
        )

    def _ask(self, path: Path, workflow: Workflow) -> None:
        if not workflow.inputs:
            self._go(path, {})
            return
        self.asks.emit()
        if self.dialog is not None:  # one question at a time: the form that is open comes to the front
            self.dialog.raise_()
            self.dialog.activateWindow()
            self.refused.emit(path, None)
            return
        dialog = self.dialog = RunDialog(workflow, self._theme, self._agent.language, self._window)
        dialog.finished.connect(lambda result: self._answered(path, dialog, result))
        if dialog.form.credential_fields():
            self._bridge.call(
                self._agent.credentials,
                lambda known: self._if_open(dialog, lambda: dialog.offer_credentials(sorted(known))),
                lambda error: self._if_open(dialog, lambda: dialog.miss_credentials(error)),
            )
        dialog.open()

    def _if_open(self, dialog: RunDialog, act: Any) -> None:
        if self.dialog is dialog:
            act()

    def _answered(self, path: Path, dialog: RunDialog, result: int) -> None:
        self.dialog = None
        dialog.deleteLater()
        if result == int(QDialog.DialogCode.Accepted):
            self._go(path, dialog.values)
        else:
            self.refused.emit(path, None)

    def _go(self, path: Path, values: dict[str, Any]) -> None:
        def then(run: Run) -> None:
            self.started.emit(path, run)

        def failed(error: AgentError) -> None:
            self.refused.emit(path, error)

        self._bridge.call(lambda: self._agent.start(path, values, by_hand=True), then, failed)

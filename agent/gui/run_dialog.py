"""`RunDialog`: asks for the inputs of a workflow before it starts."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from agent.core.errors import AgentError, ProblemsFound
from agent.core.inputs import check_inputs
from agent.core.workflow import Workflow
from agent.gui.forms import InputForm
from agent.gui.theme import Theme
from agent.resources.language import Language


class RunDialog(QDialog):
    """The form of a workflow. When it is accepted, `values` holds inputs that are right."""

    def __init__(self, workflow: Workflow, theme: Theme, language: Language, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workflow = workflow
        self._tr = language
        self.values: dict[str, Any] = {}
        self.setWindowTitle(workflow.name)
        self.setModal(True)
        self.form = InputForm(workflow.inputs, language)
        self.note = QLabel(self)
        self.note.setWordWrap(True)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setProperty("quiet", True)
        self.note.hide()
        self.run = QPushButton(theme.icon("play", "on_accent"), language("Run"), self)
        self.run.setProperty("primary", True)
        self.run.setDefault(True)
        self.run.clicked.connect(self.accept)
        self.cancel = QPushButton(language("Cancel"), self)
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)
        self._lay_out()

    def offer_credentials(self, names: list[str]) -> None:
        """List the names in the keychain."""
        for field in self.form.credential_fields():
            field.offer(names)

    def miss_credentials(self, error: AgentError) -> None:
        """Say why there is no list; a name can still be written."""
        self.note.setText(" ".join(self._tr.error(error)).strip())
        self.note.show()

    def accept(self) -> None:
        """Close when everything is right; else show at each field what is not."""
        entered = self.form.values()
        try:
            self.values = check_inputs(self._workflow, entered)
        except ProblemsFound as error:
            self.form.complain({problem.field.removeprefix("inputs."): problem.record for problem in error.problems})
            return
        super().accept()

    def _lay_out(self) -> None:
        heading = QLabel(self._workflow.name, self)
        heading.setTextFormat(Qt.TextFormat.PlainText)
        heading.setWordWrap(True)
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 1.25)
        font.setWeight(QFont.Weight.DemiBold)
        heading.setFont(font)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.run)
        scroll = QScrollArea(self)
        scroll.setWidget(self.form)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 22, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(heading)
        layout.addWidget(scroll, 1)
        layout.addWidget(self.note)
        layout.addLayout(buttons)
        wanted = self.form.sizeHint().height() + 150
        self.resize(460, min(wanted, 640))
        first = next(iter(self.form.fields.values()), None)
        if first is not None:
            first.focus.setFocus()

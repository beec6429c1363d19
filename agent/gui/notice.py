"""`Notice`: an error as a person reads it: what happened, and what to do next."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from agent.core.errors import AgentError, ErrorRecord, ProblemsFound
from agent.gui.theme import Theme
from agent.resources.language import Language

_MOST_PROBLEMS = 5


class Notice(QFrame):
    """A bar with the message, the hint and a cross to close it; hidden while there is nothing to tell."""

    def __init__(self, theme: Theme, language: Language, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tr = language
        self.setObjectName("notice")
        self._icon = QLabel(self)
        self.message = _text(QLabel(self))
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        self.message.setFont(font)
        self.hint = _text(QLabel(self))
        close = self._close = QToolButton(self)
        close.setToolTip(self._tr("Hide this message"))
        close.setAccessibleName(self._tr("Hide this message"))
        close.clicked.connect(self.hide)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.message)
        words.addWidget(self.hint)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 10, 8, 10)
        layout.setSpacing(10)
        layout.addWidget(self._icon, alignment=Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        layout.addWidget(close, alignment=Qt.AlignmentFlag.AlignTop)
        theme.changed.connect(self._draw)
        self._draw()
        self.hide()

    def tell(self, error: AgentError | ErrorRecord | None) -> None:
        """Show the error; None hides the bar."""
        if error is None:
            self.hide()
            return
        message, hint = self._tr.error(error)
        lines = [message]
        if isinstance(error, ProblemsFound):
            lines += [f"• {self._tr.error(problem.record)[0]}" for problem in error.problems[:_MOST_PROBLEMS]]
            if len(error.problems) > _MOST_PROBLEMS:
                lines.append(self._tr("… and {count} more", count=len(error.problems) - _MOST_PROBLEMS))
        self.message.setText("\n".join(lines))
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.setAccessibleName(f"{message} {hint}".strip())
        self.show()

    def _draw(self) -> None:
        self._close.setIcon(self._theme.icon("cross"))
        self._icon.setPixmap(self._theme.icon("warning", "bad").pixmap(20, 20))


def _text(label: QLabel) -> QLabel:
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)  # it may hold what a hostile file says
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return label

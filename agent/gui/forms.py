"""Forms made from what is declared: for each `Input` of a workflow the field that fits its type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from agent.core.errors import AgentError, ErrorRecord
from agent.core.input_value import check_value
from agent.core.workflow import Input, InputType
from agent.resources.language import Language


class Field:
    """A widget that asks for one value. `value()` is what was entered: None for nothing."""

    def __init__(self, widget: QWidget, value: Callable[[], Any], focus: QWidget | None = None) -> None:
        self.widget = widget
        self.value = value
        self.focus = focus or widget


class CredentialField(Field):
    """A list of the names in the keychain; any other name may be written."""

    def __init__(self, known: Input) -> None:
        self.box = QComboBox()
        self.box.setEditable(True)
        self.box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.box.setCurrentText(str(known.default or ""))
        super().__init__(self.box, lambda: self.box.currentText().strip() or None)

    def offer(self, names: list[str]) -> None:
        """List these names; what is written stays."""
        written = self.box.currentText()
        self.box.clear()
        self.box.addItems(names)
        self.box.setCurrentText(written or (names[0] if len(names) == 1 else ""))


def field_for(known: Input, language: Language) -> Field:
    """The field that fits the input, with its default in it."""
    return _FIELDS[known.type](known, language)


def _text(known: Input, language: Language) -> Field:
    line = QLineEdit("" if known.default is None else str(known.default))
    return Field(line, lambda: line.text() or None)


def _number(known: Input, language: Language) -> Field:
    field = _text(known, language)
    if isinstance(line := field.widget, QLineEdit):
        line.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)
        if language.code == "de" and isinstance(known.default, float):
            line.setText(line.text().replace(".", ","))
    return field


def _boolean(known: Input, language: Language) -> Field:
    box = QCheckBox(known.title or known.name)
    box.setChecked(bool(known.default))
    return Field(box, box.isChecked)


def _choice(known: Input, language: Language) -> Field:
    box = QComboBox()
    if not known.required:
        box.addItem("")
    box.addItems(known.choices)
    box.setCurrentText(str(known.default or ""))
    return Field(box, lambda: box.currentText() or None)


def _date(known: Input, language: Language) -> Field:
    if not known.required and not known.default:
        field = _text(known, language)  # a date field cannot be empty
        if isinstance(line := field.widget, QLineEdit):
            line.setPlaceholderText(language("2026-11-24 or 24.11.2026"))
        return field
    box = QDateEdit()
    box.setCalendarPopup(True)
    box.setDisplayFormat("dd.MM.yyyy" if language.code == "de" else "yyyy-MM-dd")
    box.setDate(_first_date(known))
    return Field(box, lambda: box.date().toString(Qt.DateFormat.ISODate))


def _first_date(known: Input) -> QDate:
    try:
        return QDate.fromString(check_value(known, known.default), Qt.DateFormat.ISODate)
    except AgentError:
        today = date.today()  # noqa: DTZ011 - the day on the calendar of the person is meant
        return QDate(today.year, today.month, today.day)


def _file(known: Input, language: Language) -> Field:
    tr = language
    line = QLineEdit(str(known.default or ""))
    browse = QPushButton(tr("Browse …"))
    browse.setAccessibleName(tr("Browse for {name}", name=known.title or known.name))
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(line, 1)
    layout.addWidget(browse)

    def choose() -> None:
        path, _ = QFileDialog.getOpenFileName(row.window(), known.title or known.name, line.text())
        if path:
            line.setText(path)

    browse.clicked.connect(choose)
    return Field(row, lambda: line.text().strip() or None, line)


_FIELDS: Mapping[InputType, Callable[[Input, Language], Field]] = {
    "text": _text,
    "number": _number,
    "integer": _number,
    "boolean": _boolean,
    "date": _date,
    "choice": _choice,
    "credential": lambda known, language: CredentialField(known),
    "file": _file,
}


class InputForm(QWidget):
    """A field for each input, with its name above and its description, or what is wrong with it, below."""

    def __init__(self, inputs: tuple[Input, ...], language: Language, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tr = language
        self._inputs = inputs
        self.fields = {known.name: field_for(known, language) for known in inputs}
        self._told: dict[str, QLabel] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for known in inputs:
            self._add(layout, known)
        layout.addStretch()

    def values(self) -> dict[str, Any]:
        """What was entered, without what was left empty."""
        return {name: value for name, field in self.fields.items() if (value := field.value()) is not None}

    def credential_fields(self) -> list[CredentialField]:
        """The fields that want the names in the keychain."""
        return [field for field in self.fields.values() if isinstance(field, CredentialField)]

    def complain(self, faults: Mapping[str, ErrorRecord]) -> None:
        """Show at each field what is wrong with it, and go to the first."""
        for known in self._inputs:
            fault = faults.get(known.name)
            told = self._told_of(known, fault) if fault else known.description
            label = self._told[known.name]
            label.setText(told)
            label.setVisible(bool(told))
            label.setProperty("quiet", fault is None)
            label.setProperty("bad", fault is not None)
            label.style().unpolish(label)
            label.style().polish(label)
            self.fields[known.name].focus.setAccessibleDescription(told)
        first = next((known.name for known in self._inputs if known.name in faults), None)
        if first:
            self.fields[first].focus.setFocus()

    def _told_of(self, known: Input, fault: ErrorRecord) -> str:
        if self.fields[known.name].value() is None:
            return self._tr("Please fill this in.")
        return " ".join(self._tr.error(fault)).strip()

    def _add(self, layout: QVBoxLayout, known: Input) -> None:
        field = self.fields[known.name]
        title = known.title or known.name
        field.focus.setAccessibleName(title)
        field.focus.setAccessibleDescription(known.description)
        if known.type != "boolean":
            heading = QLabel(title if known.required else self._tr("{name} (may stay empty)", name=title))
            heading.setTextFormat(Qt.TextFormat.PlainText)
            heading.setBuddy(field.focus)
            layout.addWidget(heading)
        layout.addWidget(field.widget)
        told = QLabel(known.description)
        told.setTextFormat(Qt.TextFormat.PlainText)
        told.setWordWrap(True)
        told.setProperty("quiet", True)
        told.setVisible(bool(known.description))
        self._told[known.name] = told
        layout.addWidget(told)
        layout.addSpacing(10)

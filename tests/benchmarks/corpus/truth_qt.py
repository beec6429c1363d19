"""What the widgets of the Qt window say about their texts: each kind of widget has a function here."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenuBar,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QStyle,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStyleOptionFrame,
    QStyleOptionGroupBox,
    QTableWidget,
    QTabWidget,
    QTextEdit,
    QToolBar,
    QTreeWidget,
    QWidget,
)
from truth import Box, Truths

Told = tuple[str, QRectF, str]


def truths(window: QWidget, dialog: QWidget) -> Truths:
    """Every text that is visible in the window; what lies under the dialog while that is shown is not."""
    found = Truths(window.devicePixelRatioF())
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and widget is not dialog and not dialog.isAncestorOf(widget):
            _tell(widget, found)
    if dialog.isVisible():
        found.cover(_box(QRectF(place(dialog))))
        for widget in dialog.findChildren(QWidget):
            _tell(widget, found)
    return found


def _tell(widget: QWidget, found: Truths) -> None:
    inside = _box(QRectF(visible(widget)))
    for text, rect, kind in texts_of(widget):
        found.add(text, _box(rect.translated(widget.mapToGlobal(QPoint(0, 0)))), inside, kind)


def texts_of(widget: QWidget) -> Iterator[Told]:
    """The lines of text that a widget draws itself, with their boxes inside of it."""
    for kind, teller in TELLERS:
        if isinstance(widget, kind):
            yield from teller(widget)
            return


def _label(label: QLabel) -> Iterator[Told]:
    text = label.text()
    kind = "small" if label.font().pointSizeF() < 9 else ""
    if text.startswith("<a"):
        text, kind = html.unescape(text.split(">", 1)[1].rsplit("<", 1)[0]), "link"
    if not label.isEnabled():
        kind = "disabled"
    metrics = QFontMetricsF(label.font())
    lines = text.split("\n")
    area = QRectF(label.contentsRect())
    top = area.center().y() - metrics.lineSpacing() * len(lines) / 2
    for number, line in enumerate(lines):
        yield (
            line,
            QRectF(area.x(), top + number * metrics.lineSpacing(), metrics.horizontalAdvance(line), metrics.height()),
            kind,
        )


def _edit(edit: QLineEdit) -> Iterator[Told]:
    option = QStyleOptionFrame()
    edit.initStyleOption(option)
    area = QRectF(edit.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, edit))
    yield from _placed(edit, edit.text(), area.adjusted(2, 0, -2, 0), "left", "field")


def _check(button: QAbstractButton) -> Iterator[Told]:
    option = QStyleOptionButton()
    button.initStyleOption(option)  # type: ignore[attr-defined]  # both check boxes and radio buttons have it
    part = (
        QStyle.SubElement.SE_CheckBoxContents
        if isinstance(button, QCheckBox)
        else QStyle.SubElement.SE_RadioButtonContents
    )
    area = QRectF(button.style().subElementRect(part, option, button))
    yield from _placed(button, button.text(), area, "left", "option")


def _combo(combo: QComboBox) -> Iterator[Told]:
    option = QStyleOptionComboBox()
    combo.initStyleOption(option)
    field = QStyle.SubControl.SC_ComboBoxEditField
    area = QRectF(combo.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, combo))
    yield from _placed(combo, combo.currentText(), area.adjusted(2, 0, 0, 0), "left", "combo")


def _group(group: QGroupBox) -> Iterator[Told]:
    option = QStyleOptionGroupBox()
    group.initStyleOption(option)
    label = QStyle.SubControl.SC_GroupBoxLabel
    area = QRectF(group.style().subControlRect(QStyle.ComplexControl.CC_GroupBox, option, label, group))
    shift = 4 if group.style().name() == "windows" else 0  # that one writes a blank before it
    yield from _placed(group, group.title(), area.adjusted(shift, 0, 8, 0), "left", "group")


def _push(button: QPushButton) -> Iterator[Told]:
    kind = "disabled" if not button.isEnabled() else "coloured" if button.styleSheet() else "button"
    yield from _placed(button, button.text(), QRectF(button.rect()), "middle", kind)


def _tool(bar: QToolBar) -> Iterator[Told]:
    for action in bar.actions():
        button = bar.widgetForAction(action)
        if button is None or not action.text():
            continue
        area = QRectF(button.geometry()).adjusted(bar.iconSize().width() + 6, 0, 0, 0)
        kind = "tool" if action.isEnabled() else "disabled"
        yield from _placed(bar, action.iconText(), area, "left", kind)


def _menu(menu: QMenuBar) -> Iterator[Told]:
    for action in menu.actions():
        area = QRectF(menu.actionGeometry(action))
        yield from _placed(menu, action.text(), area, "middle", "menu")


def _tabs(tabs: QTabWidget) -> Iterator[Told]:
    bar = tabs.tabBar()
    for number in range(bar.count()):
        area = QRectF(bar.tabRect(number)).translated(bar.mapTo(tabs, QPoint(0, 0)))
        yield from _placed(bar, bar.tabText(number), area, "middle", "tab")


def _items(view: QAbstractItemView) -> Iterator[Told]:
    """Every cell of a table, tree or list that is in sight; with its place in the viewport."""
    model, port = view.model(), view.viewport()
    corner = port.mapTo(view, QPoint(0, 0))
    columns = 1 if isinstance(view, QListWidget) else model.columnCount()
    indexes = [model.index(y, x) for y in range(model.rowCount()) for x in range(columns)]
    if isinstance(view, QTreeWidget):
        indexes += [model.index(y, 0, top) for top in list(indexes) for y in range(model.rowCount(top))]
    for index in indexes:
        rect = view.visualRect(index)
        seen = rect.intersected(port.rect())
        if seen.isEmpty():
            continue
        text = str(index.data() or "")
        left = view.iconSize().width() if view.iconSize().width() > 0 else 16
        shift = left + 6 if index.data(Qt.ItemDataRole.DecorationRole) is not None else 3
        side = "right" if isinstance(view, QTableWidget) and _is_right(index) else "left"
        area = QRectF(rect).adjusted(shift, 0, -3, 0).translated(corner)
        for line, box, kind in _placed(view, text, area, side, "cell"):
            # What sticks out of the viewport is not to be read, though the view's own rectangle goes further.
            down = 0 if seen.height() >= rect.height() - 2 else 10_000
            aside = 0 if box.right() <= corner.x() + port.width() + 1 else 10_000
            yield line, box.adjusted(0, 0, aside, down), kind


def _is_right(index: Any) -> bool:
    alignment = index.data(Qt.ItemDataRole.TextAlignmentRole)
    return alignment is not None and bool(Qt.AlignmentFlag(alignment) & Qt.AlignmentFlag.AlignRight)


def _table(table: QTableWidget) -> Iterator[Told]:
    yield from _items(table)
    head = table.horizontalHeader()
    port = head.viewport()
    corner = port.mapTo(table, QPoint(0, 0))
    for x in range(table.columnCount()):
        area = QRectF(head.sectionViewportPosition(x), 0, head.sectionSize(x), head.height()).intersected(
            QRectF(port.rect())
        )
        item = table.horizontalHeaderItem(x)
        yield from _placed(head, item.text(), area.adjusted(3, 0, -3, 0).translated(corner), "middle", "head")
    side = table.verticalHeader()
    if side.isVisible():
        for y in range(table.rowCount()):
            area = QRectF(0, side.sectionViewportPosition(y), side.width(), side.sectionSize(y))
            area.translate(side.viewport().mapTo(table, QPoint(0, 0)))
            if table.viewport().geometry().contains(QRect(table.viewport().x(), int(area.y()), 1, int(area.height()))):
                yield from _placed(side, str(y + 1), area.adjusted(4, 0, 0, 0), "left", "head")
            elif area.y() < table.viewport().geometry().bottom():
                yield str(y + 1), area.adjusted(0, 0, 0, 10_000), "head"


def _document(edit: QTextEdit | QPlainTextEdit) -> Iterator[Told]:
    port = edit.viewport()
    corner = port.mapTo(edit, QPoint(0, 0))
    block = edit.document().begin()
    while block.isValid():
        layout = block.layout()
        if isinstance(edit, QPlainTextEdit):
            top = edit.blockBoundingGeometry(block).translated(edit.contentOffset()).topLeft()
        else:
            top = edit.document().documentLayout().blockBoundingRect(block).topLeft()
            top -= QPoint(edit.horizontalScrollBar().value(), edit.verticalScrollBar().value())
        for number in range(layout.lineCount()):
            line = layout.lineAt(number)
            text = block.text()[line.textStart() : line.textStart() + line.textLength()]
            # In a plain text edit the geometry of the block holds the document's margin already.
            yield text, line.naturalTextRect().translated(top).translated(corner), "prose"
        block = block.next()


def _placed(widget: QWidget, text: str, area: QRectF, side: str, kind: str) -> Iterator[Told]:
    """The text as it stands in its area; wider than that it is elided or cut, and sticks out."""
    text = text.replace("&&", "&")
    metrics = QFontMetricsF(widget.font())
    width, height = metrics.horizontalAdvance(text), metrics.height()
    if not widget.isEnabled():
        kind = "disabled"
    if width > area.width() + 0.5:
        yield text, QRectF(area.x(), area.y(), 10_000, area.height()), kind
        return
    left = {"left": area.x(), "right": area.right() - width, "middle": area.center().x() - width / 2}[side]
    yield text, QRectF(left, area.center().y() - height / 2, width, height), kind


TELLERS: tuple[tuple[type[QWidget], Callable[[Any], Iterator[Told]]], ...] = (
    (QMenuBar, _menu),
    (QLabel, _label),
    (QLineEdit, _edit),
    (QCheckBox, _check),
    (QRadioButton, _check),
    (QComboBox, _combo),
    (QGroupBox, _group),
    (QPushButton, _push),
    (QToolBar, _tool),
    (QTabWidget, _tabs),
    (QTableWidget, _table),
    (QAbstractItemView, _items),
    (QTextEdit, _document),
    (QPlainTextEdit, _document),
)


def place(widget: QWidget) -> QRect:
    """The widget on the screen."""
    return QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())


def visible(widget: QWidget) -> QRect:
    """What of the widget is on the screen and not cut off by those it stands in."""
    rect, parent = place(widget).intersected(widget.screen().geometry()), widget.parentWidget()
    while parent is not None:
        rect = rect.intersected(place(parent))
        parent = parent.parentWidget()
    return rect


def _box(rect: QRectF) -> Box:
    return rect.x(), rect.y(), rect.width(), rect.height()

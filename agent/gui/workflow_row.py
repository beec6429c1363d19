"""`WorkflowRow`: draws a workflow in the list."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QIcon, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from agent.gui.theme import Theme
from agent.gui.workflow_table import BADGE, SECOND_LINE


class WorkflowRow(QStyledItemDelegate):
    """Two lines: name and, quieter, the description."""

    HEIGHT = 62
    MARGIN = 12
    ICON = 22

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802
        return QSize(200, max(self.HEIGHT, 2 * option.fontMetrics.height() + 24))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option)
        area = option.rect.adjusted(self.MARGIN, 0, -self.MARGIN, 0)
        icon: QIcon = index.data(Qt.ItemDataRole.DecorationRole)
        icon.paint(painter, area.x(), area.center().y() - self.ICON // 2, self.ICON, self.ICON)
        area.setLeft(area.left() + self.ICON + self.MARGIN)
        line = option.fontMetrics.height()
        first = QRect(area.x(), area.center().y() - line - 1, area.width(), line)
        second_text, badge = index.data(SECOND_LINE), index.data(BADGE)
        painter.setPen(self._theme.colour("quiet"))
        if second_text:
            self._write(painter, first.translated(0, line + 3), second_text)
        else:
            first.moveTop(area.center().y() - line // 2)
        if badge:
            painter.drawText(first, Qt.AlignmentFlag.AlignRight, badge)
            first.setWidth(first.width() - option.fontMetrics.horizontalAdvance(badge) - self.MARGIN)
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(self._theme.colour("text"))
        self._write(painter, first, index.data())
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if not selected and not option.state & QStyle.StateFlag.State_MouseOver:
            return
        focused = selected and option.state & QStyle.StateFlag.State_HasFocus
        painter.setPen(self._theme.colour("accent") if focused else Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("selected" if selected else "hover"))
        painter.drawRoundedRect(QRectF(option.rect).adjusted(2.5, 2.5, -2.5, -2.5), 8, 8)

    @staticmethod
    def _write(painter: QPainter, place: QRect, text: str) -> None:
        short = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft, short)

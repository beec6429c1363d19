"""The style sheet: the shapes and distances of the widgets, in the colours of a theme."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from agent.gui.colours import Colours


def style(colours: Colours, arrow: Path) -> str:
    """The style sheet in these colours; `arrow` is the picture of the arrow at a list to unfold."""
    # A style sheet draws from files only, and takes their paths with slashes on every system.
    return _STYLE.format(**asdict(colours), arrow=arrow.as_posix())


_STYLE = """
    QMainWindow, QDialog {{ background: {ground}; }}
    QToolTip {{ background: {card}; color: {text}; border: 1px solid {line}; padding: 4px 6px; }}
    QMenuBar {{ background: {ground}; color: {text}; padding: 2px 6px; }}
    QMenuBar::item {{ padding: 5px 10px; border-radius: 5px; background: transparent; }}
    QMenuBar::item:selected {{ background: {selected}; }}
    QStatusBar {{ background: {ground}; color: {quiet}; border-top: 1px solid {line}; }}
    QStatusBar::item {{ border: none; }}
    QStatusBar QLabel {{ color: {quiet}; padding: 3px 8px; }}
    QLabel[quiet="true"] {{ color: {quiet}; }}
    QLabel[bad="true"] {{ color: {bad}; }}
    QFrame#card {{ background: {card}; border: 1px solid {line}; border-radius: 10px; }}
    QFrame#card QLabel {{ background: transparent; }}
    QFrame#notice {{ background: {bad_ground}; border: 1px solid {bad}; border-radius: 8px; }}
    QFrame#notice QLabel {{ background: transparent; color: {text}; }}
    QLineEdit, QComboBox, QDateEdit {{ background: {card}; color: {text}; border: 1px solid {frame};
        border-radius: 6px; padding: 5px 8px; min-height: 20px;
        selection-background-color: {accent}; selection-color: {on_accent}; }}
    QLineEdit:focus, QComboBox:focus, QDateEdit:focus {{ border: 2px solid {accent};
        padding: 4px 7px; }}
    QLineEdit QToolButton {{ min-height: 0; padding: 0; border: none; }}
    QComboBox::drop-down, QDateEdit::drop-down {{ border: none; width: 28px; }}
    QComboBox::down-arrow, QDateEdit::down-arrow {{ image: url("{arrow}"); width: 12px; height: 12px; }}
    QComboBox QAbstractItemView {{ background: {card}; border: 1px solid {line}; outline: none;
        selection-background-color: {selected}; selection-color: {text}; }}
    QPushButton, QToolButton {{ background: {card}; color: {text}; border: 1px solid {frame}; border-radius: 6px;
        padding: 5px 14px; min-height: 20px; }}
    QToolButton {{ padding: 4px; border-color: transparent; background: transparent; }}
    QPushButton:hover, QToolButton:hover {{ background: {hover}; }}
    QPushButton:focus, QToolButton:focus {{ border: 2px solid {accent}; padding: 4px 13px; }}
    QToolButton:focus {{ padding: 3px; }}
    QPushButton:disabled {{ color: {frame}; border-color: {line}; }}
    QPushButton[primary="true"] {{ background: {accent}; color: {on_accent}; border-color: {accent};
        font-weight: 600; }}
    QPushButton[primary="true"]:hover {{ background: {accent_hover}; border-color: {accent_hover}; }}
    QPushButton[primary="true"]:focus {{ border-color: {text}; }}
    QPushButton[primary="true"]:disabled {{ background: {line}; color: {quiet}; border-color: {line}; }}
    QListView, QTreeView {{ background: transparent; color: {text}; border: none; outline: none; }}
    QTreeView {{ alternate-background-color: {ground}; }}
    QTreeView::item {{ min-height: 30px; padding: 0 6px; border: none; }}
    QTreeView::item:hover {{ background: {hover}; }}
    QTreeView::item:selected {{ background: {selected}; color: {text}; }}
    QHeaderView {{ background: transparent; border: none; }}
    QHeaderView::section {{ background: {card}; color: {quiet}; font-weight: 600; border: none;
        border-bottom: 1px solid {line}; padding: 7px 10px; }}
    QSplitter::handle {{ background: transparent; }}
    QScrollBar:vertical {{ background: transparent; width: 12px; margin: 2px; }}
    QScrollBar::handle:vertical {{ background: {frame}; border-radius: 4px; min-height: 30px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 2px; }}
    QScrollBar::handle:horizontal {{ background: {frame}; border-radius: 4px; min-width: 30px; }}
"""

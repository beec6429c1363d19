"""What the widgets of the Tk window say about their texts."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterator
from tkinter import font as tkfont
from tkinter import ttk
from typing import TYPE_CHECKING, Any

from truth import Box, Truths

if TYPE_CHECKING:
    from window_tk import Window

INDENT = 20
"""What Tk's tree leaves for its own sign before the picture (ttkTreeview.c, DEFAULT_INDENT)."""


class Teller:
    """Asks the widgets of a window."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._icon = window.images[0].width()

    def truths(self) -> Truths:
        """Every text that is visible."""
        found = Truths()
        for widget, kind in self._window.told:
            self._add(widget, kind, found)
        if self._window.dialog_told:
            found.cover(_place(self._window.dialog))
            for widget, kind in self._window.dialog_told:
                self._add(widget, kind, found)
        return found

    def _add(self, widget: Any, kind: str, found: Truths) -> None:
        if not widget.winfo_viewable():
            return
        inside = _visible(widget)
        for text, box in self._texts(widget):
            found.add(
                text, (box[0] + widget.winfo_rootx(), box[1] + widget.winfo_rooty(), box[2], box[3]), inside, kind
            )

    def _texts(self, widget: Any) -> Iterator[tuple[str, Box]]:
        name = widget.winfo_class()
        if name in ("TEntry", "Entry", "TCombobox"):
            yield from _entry_text(widget)
        elif name == "Text":
            yield from _text_lines(widget)
        elif name == "Listbox":
            yield from _list_lines(widget, self._window.font)
        elif name == "Treeview":
            yield from self._cells(widget)
        elif name == "TNotebook":
            yield from self._tab_titles(widget)
        else:
            yield from self._text_of(widget, name)

    def _text_of(self, widget: Any, name: str) -> Iterator[tuple[str, Box]]:
        given = str(widget.cget("font")) if "font" in widget.keys() else ""  # noqa: SIM118 - a widget is no mapping
        font = tkfont.nametofont(given, self._window.root) if given else self._window.font
        lines = str(widget.cget("text")).split("\n")
        height = font.metrics("linespace")
        width = max(font.measure(line) for line in lines)
        picture = str(widget.cget("image")) if "image" in widget.keys() else ""  # noqa: SIM118 - as above
        image = self._icon if picture else 0
        if "heckbutton" in name or "adiobutton" in name:
            left = widget.winfo_reqwidth() - width - 3
        elif "utton" in name:
            left = (widget.winfo_width() + image - width) / 2 + (5 if image and self._window.classic else 0)
        else:
            left = (widget.winfo_reqwidth() - width) / 2
        top = (widget.winfo_height() - height * len(lines)) / 2
        for number, line in enumerate(lines):
            yield line, (left, top + number * height, font.measure(line), height)

    def _tab_titles(self, tabs: ttk.Notebook) -> Iterator[tuple[str, Box]]:
        # A tab cannot be asked for its place, but a place for its tab.
        places: dict[int, list[int]] = {}
        for x in range(tabs.winfo_width()):
            at = str(tabs.tk.call(tabs, "identify", "tab", x, 10))
            if at.isdigit():
                places.setdefault(int(at), []).append(x)
        below = next(y for y in range(10, 200) if not str(tabs.tk.call(tabs, "identify", "tab", places[0][5], y)))
        for number, xs in places.items():
            text = tabs.tab(number, "text")
            width, height = self._window.font.measure(text), self._window.font.metrics("linespace")
            yield text, ((xs[0] + xs[-1] - width) / 2, (below - height) / 2 + 1, width, height)

    def _cells(self, tree: ttk.Treeview) -> Iterator[tuple[str, Box]]:
        height = self._window.cell.metrics("linespace")
        first: Any = None
        for item in _items(tree, ""):
            if not tree["columns"]:
                place = tree.bbox(item, "#0")
                if place:
                    left = place[0] + INDENT + self._icon
                    text = tree.item(item, "text")
                    yield text, (left, place[1] + (place[3] - height) / 2, self._window.cell.measure(text), height)
                continue
            for column, text in enumerate(self._window.data.rows[int(item)]):
                place = tree.bbox(item, str(column))
                if place:
                    first = place if first is None else first
                    yield text, self._cell_box(tree, place, text, column)
        if first is not None:
            yield from self._head_texts(tree, first[1])

    def _cell_box(self, tree: ttk.Treeview, place: Any, text: str, column: int) -> Box:
        x, y, w, h = place
        width, height = self._window.cell.measure(text), self._window.cell.metrics("linespace")
        top = y + (h - height) / 2
        if width > w - 8 or y + h > tree.winfo_height():
            return x + 4, top, 100_000, height  # it is cut off
        return (x + w - 4 - width if column in self._window.data.right else x + 4), top, width, height

    def _head_texts(self, tree: ttk.Treeview, bottom: int) -> Iterator[tuple[str, Box]]:
        height = self._window.font.metrics("linespace")
        left = 1
        for column, text in enumerate(self._window.data.heads):
            width, taken = self._window.font.measure(text), int(tree.column(str(column), "width"))
            yield text, (left + (taken - width) / 2, (bottom - height) / 2, width, height)
            left += taken


def _items(tree: ttk.Treeview, parent: str) -> Iterator[str]:
    for item in tree.get_children(parent):
        yield item
        yield from _items(tree, item)


def _entry_text(entry: Any) -> Iterator[tuple[str, Box]]:
    text = entry.get()
    if text:
        first, last = (entry.tk.call(entry._w, "bbox", index) for index in (0, len(text) - 1))
        yield text, (first[0], first[1], last[0] + last[2] - first[0], first[3])


def _text_lines(box: tk.Text) -> Iterator[tuple[str, Box]]:
    start = "1.0"
    while (info := box.dlineinfo(start)) is not None:
        end = box.index(f"{start} display lineend")
        text = box.get(start, end)
        x, y, w, h, _ = info
        yield text, (x, y, w, h)
        following = box.index(f"{end} + 1 chars")
        if following in (start, end):
            following = box.index(f"{start} + 1 display lines")
        if not box.compare(following, ">", start):
            return
        start = following


def _list_lines(box: tk.Listbox, font: tkfont.Font) -> Iterator[tuple[str, Box]]:
    for number in range(box.size()):
        place = box.bbox(number)
        if place:
            x, y, _, h = place
            yield box.get(number), (x, y, font.measure(box.get(number)), h)


def _place(widget: tk.Misc) -> Box:
    return widget.winfo_rootx(), widget.winfo_rooty(), widget.winfo_width(), widget.winfo_height()


def _visible(widget: tk.Misc) -> Box:
    """What of the widget is not cut off by those it stands in."""
    left, top, width, height = _place(widget)
    right, bottom = left + width, top + height
    parent = widget
    while parent.winfo_parent():
        parent = parent.nametowidget(parent.winfo_parent())
        x, y, w, h = _place(parent)
        left, top, right, bottom = max(left, x), max(top, y), min(right, x + w), min(bottom, y + h)
    return left, top, max(right - left, 0), max(bottom - top, 0)

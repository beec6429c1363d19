"""What the widgets of the GTK window say about their texts: Pango knows where each line is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gi
from truth import Box, Truths

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gtk, Pango  # noqa: E402 - the version comes first


def truths(window: Gtk.Window, dialog: Gtk.Widget) -> Truths:
    """Every text that is visible in the window; what lies under the dialog while that is shown is not."""
    found = Truths()
    for widget in _family(window, without=dialog):
        _tell(widget, found)
    if dialog.get_visible():
        found.cover(_place(dialog))
        for widget in _family(dialog, without=None):
            _tell(widget, found)
    return found


def _family(widget: Gtk.Widget, without: Gtk.Widget | None) -> Iterator[Gtk.Widget]:
    """The widget and all in it that are shown, with the inner ones that toolkits make themselves."""
    if widget is without or not widget.get_mapped():
        return
    yield widget
    if isinstance(widget, Gtk.Container):
        children: list[Gtk.Widget] = []
        widget.forall(children.append)
        for child in children:
            yield from _family(child, without)


def _place(widget: Gtk.Widget) -> Box:
    """The widget on the screen; one without a window of its own counts from its parent's."""
    _, left, top = Gtk.Widget.get_window(widget).get_origin()
    area = widget.get_allocation()
    if widget.get_has_window() and not isinstance(widget, Gtk.Window):
        return left, top, area.width, area.height
    return left + area.x, top + area.y, area.width, area.height


def _visible(widget: Gtk.Widget) -> Box:
    """What of the widget is not cut off by those it stands in."""
    left, top, width, height = _place(widget)
    right, bottom = left + width, top + height
    parent = widget.get_parent()
    while parent is not None:
        x, y, w, h = _place(parent)
        left, top, right, bottom = max(left, x), max(top, y), min(right, x + w), min(bottom, y + h)
        parent = parent.get_parent()
    return left, top, max(right - left, 0), max(bottom - top, 0)


def _tell(widget: Gtk.Widget, found: Truths) -> None:
    inside = _visible(widget)
    if isinstance(widget, Gtk.Label):
        _, left, top = Gtk.Widget.get_window(widget).get_origin()
        x, y = widget.get_layout_offsets()
        _lines(widget, left + x, top + y, inside, found)
    elif isinstance(widget, Gtk.Entry):
        left, top, _, _ = _place(widget)
        x, y = widget.get_layout_offsets()
        _lines(widget, left + x, top + y, inside, found)
    elif isinstance(widget, Gtk.TextView):
        _document(widget, inside, found)
    elif isinstance(widget, Gtk.TreeView):
        _cells(widget, inside, found)
    elif isinstance(widget, Gtk.CellView):
        left, top, _, height = _place(widget)
        text = widget.get_model()[widget.get_displayed_row()][0]
        wide, tall = _size(widget, text)
        found.add(text, (left, top + (height - tall) / 2, wide, tall), inside, "combo")


def _kind(widget: Gtk.Widget) -> str:
    if not widget.is_sensitive():
        return "disabled"
    parent = widget.get_parent()
    for kind in (Gtk.LinkButton, Gtk.MenuItem, Gtk.CheckButton, Gtk.Button, Gtk.Frame, Gtk.Notebook):
        if isinstance(parent, kind):
            return kind.__name__.lower()
    for name in ("small", "heading"):
        if widget.get_style_context().has_class(name):
            return name
    return "field" if isinstance(widget, Gtk.Entry) else ""


def _lines(widget: Gtk.Widget, left: float, top: float, inside: Box, found: Truths) -> None:
    layout, kind, raw = widget.get_layout(), _kind(widget), widget.get_text().encode()
    lines = layout.get_iter()
    while True:
        line = lines.get_line_readonly()
        _, box = lines.get_line_extents()
        part = raw[line.start_index : line.start_index + line.length].decode()
        unit = Pango.SCALE
        found.add(part, (left + box.x / unit, top + box.y / unit, box.width / unit, box.height / unit), inside, kind)
        if not lines.next_line():
            return


def _document(view: Gtk.TextView, inside: Box, found: Truths) -> None:
    left, top, _, _ = _place(view)
    start = view.get_buffer().get_start_iter()
    while True:
        end = start.copy()
        view.forward_display_line_end(end)
        first, last = view.get_iter_location(start), view.get_iter_location(end)
        x, y = view.buffer_to_window_coords(Gtk.TextWindowType.WIDGET, first.x, first.y)
        text = view.get_buffer().get_text(start, end, False)
        found.add(text, (left + x, top + y, max(last.x - first.x, 1), first.height), inside, "prose")
        following = start.copy()
        if not view.forward_display_line(following) or following.equal(start):
            return
        start = following


def _size(widget: Gtk.Widget, text: str) -> tuple[int, int]:
    wide, tall = widget.create_pango_layout(text).get_pixel_size()
    return wide, tall


def _cells(view: Gtk.TreeView, inside: Box, found: Truths) -> None:
    left, top, width, _ = _place(view)
    x0, y0 = view.convert_bin_window_to_widget_coords(0, 0)
    # The header stands over the rows.
    below = (left, top + max(y0, 0), width, inside[1] + inside[3] - top - max(y0, 0))
    seen = (max(below[0], inside[0]), max(below[1], inside[1]), min(below[2], inside[2]), below[3])
    model = view.get_model()

    def visit(_model: Any, path: Gtk.TreePath, row: Gtk.TreeIter) -> None:
        for column in view.get_columns():
            cell = column.get_cells()[-1]
            column.cell_set_cell_data(model, row, False, False)
            text = cell.get_property("text") or ""
            area = view.get_cell_area(path, column)
            if area.height < 2:
                continue
            placed, _ = column.cell_get_position(cell) or (0, 0)
            pad, _ = cell.get_padding()
            wide, tall = _size(view, text)
            x = area.x + placed + pad if cell.get_property("xalign") < 0.5 else area.x + area.width - pad - wide
            box = (left + x0 + x, top + y0 + area.y + (area.height - tall) / 2, wide, tall)
            found.add(text, box, seen, "cell")

    model.foreach(visit)

"""A window of the corpus in GTK 3, for the system's own Python (python3-gi). Its only argument is the spec as JSON."""

from __future__ import annotations

import random
from typing import Any

import gi
from content import content
from truth import serve, spec, tell
from truth_gtk import truths

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GdkPixbuf, GLib, Gtk  # noqa: E402 - the version comes first

COLOURS = (0x2F6FD0FF, 0xC0392BFF, 0x2E8B57FF, 0xE08E0BFF, 0x7D3C98FF, 0x5D6D7EFF)
ICONS = ("document-new", "document-save", "edit-delete", "document-print", "view-list", "view-refresh")

CSS = """
.small {{ font-size: {small}pt; }}
.heading {{ font-size: {heading}pt; font-weight: bold; }}
.first {{ background: {first[0]}; color: {first[1]}; border-color: {first[0]}; text-shadow: none; }}
.second {{ background: {second[0]}; color: {second[1]}; border-color: {second[0]}; text-shadow: none; }}
.table {{ font-size: {table}pt; }}
.card {{ padding: 8px; }}
"""


class Window:
    """The parts of the layout, and the truth about them."""

    def __init__(self, wanted: dict[str, Any]) -> None:
        self.wanted = wanted
        self.data = content(wanted["domain"], wanted["language"], wanted["seed"])
        self.settings = Gtk.Settings.get_default()
        self.settings.set_property("gtk-font-name", f"{wanted['font']} {wanted['size']}")
        self.settings.set_property("gtk-cursor-blink", False)
        self.settings.set_property("gtk-enable-animations", False)
        self._style()
        self.table: Gtk.TreeView | None = None
        self.note: Gtk.TextView | None = None
        self.film_number = 0
        self.window = Gtk.Window(type=Gtk.WindowType.POPUP)
        overlay = Gtk.Overlay()
        self.window.add(overlay)
        box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
        overlay.add(box)
        box.pack_start(self._menu(), False, False, 0)
        if wanted.get("tools", True):
            box.pack_start(self._tools(), False, False, 0)
        body = self._build(wanted["layout"])
        body.set_property("margin", 8)
        box.pack_start(body, True, True, 0)
        status = Gtk.Statusbar()
        status.push(0, self.data.status)
        box.pack_start(status, False, False, 0)
        self.dialog, self.dialog_text = self._dialog()
        overlay.add_overlay(self.dialog)
        self.film = Gtk.DrawingArea(halign=Gtk.Align.START, valign=Gtk.Align.START)
        self.film.connect("draw", self._draw_film)
        overlay.add_overlay(self.film)
        self.window.show_all()
        self.dialog.hide()
        self.film.hide()

    def _style(self) -> None:
        first, second = self.wanted.get("colours", [["#1a73e8", "#ffffff"], ["#c62828", "#ffffff"]])
        values = {
            "small": self.wanted.get("small", 8.5),
            "heading": self.wanted.get("heading", 16),
            "table": self.wanted.get("table", self.wanted["size"]),
        }
        provider = Gtk.CssProvider()
        provider.load_from_data(CSS.format(first=first, second=second, **values).encode())
        screen = Gdk.Screen.get_default()
        Gtk.StyleContext.add_provider_for_screen(screen, provider, Gtk.STYLE_PROVIDER_PRIORITY_APPLICATION)

    # --- building ---

    def _build(self, layout: Any) -> Gtk.Widget:
        if isinstance(layout, str):
            return getattr(self, f"_{layout}")()
        if "tabs" in layout:
            tabs = Gtk.Notebook()
            for number, title in enumerate(self.data.tabs):
                page = self._build(layout["tabs"]) if number == 0 else Gtk.Box()
                page.set_property("margin", 8)
                tabs.append_page(page, Gtk.Label(label=title))
            return tabs
        row = "row" in layout
        # A grid of equal columns keeps the weights; a box gives all the room to whoever wants it.
        grid = Gtk.Grid(column_spacing=8, row_spacing=6, column_homogeneous=row and _weighed(layout["row"]))
        place = 0
        for item in layout["row" if row else "column"]:
            part, weight = item if isinstance(item, list) else (item, 0)
            widget = self._build(part)
            widget.set_hexpand(weight > 0 if row else True)
            widget.set_vexpand(weight > 0 if not row else True)
            span = max(weight, 1)
            grid.attach(widget, place if row else 0, 0 if row else place, span if row else 1, 1)
            place += span
        return grid

    def _menu(self) -> Gtk.Widget:
        bar = Gtk.MenuBar()
        for text in self.data.menus:
            bar.append(Gtk.MenuItem(label=text))
        return bar

    def _tools(self) -> Gtk.Widget:
        bar = Gtk.Toolbar()
        bar.set_style(Gtk.ToolbarStyle.BOTH_HORIZ)
        for number, text in enumerate(self.data.tools):
            image = Gtk.Image.new_from_icon_name(ICONS[number % len(ICONS)], Gtk.IconSize.SMALL_TOOLBAR)
            button = Gtk.ToolButton(icon_widget=image, label=text)
            button.set_is_important(True)
            button.set_sensitive(number != 2)
            bar.insert(button, -1)
        return bar

    def _group(self, number: int) -> tuple[Gtk.Frame, Gtk.Grid]:
        frame = Gtk.Frame(label=self.data.groups[number])
        grid = Gtk.Grid(column_spacing=8, row_spacing=3)
        grid.set_property("margin", 6)
        frame.add(grid)
        return frame, grid

    def _form(self) -> Gtk.Widget:
        frame, grid = self._group(0)
        for number, (label, value) in enumerate(self.data.fields):
            grid.attach(Gtk.Label(label=label, xalign=0), 0, number, 1, 1)
            grid.attach(_entry(value, enabled=number != 7), 1, number, 1, 1)
        return frame

    def _grid(self) -> Gtk.Widget:
        frame, grid = self._group(0)
        for number, (label, value) in enumerate(self.data.fields):
            name = _classed(Gtk.Label(label=label, xalign=0), "small")
            grid.attach(name, number % 3, 2 * (number // 3), 1, 1)
            grid.attach(_entry(value), number % 3, 2 * (number // 3) + 1, 1, 1)
        return frame

    def _options(self) -> Gtk.Widget:
        frame, grid = self._group(1)
        for number, text in enumerate(self.data.options):
            check = Gtk.CheckButton(label=text, active=number % 2 == 0, sensitive=number != 3)
            grid.attach(check, 0, number, 1, 1)
        return frame

    def _radios(self) -> Gtk.Widget:
        frame, grid = self._group(2)
        first = None
        for number, text in enumerate(self.data.radios):
            radio = Gtk.RadioButton.new_with_label_from_widget(first, text)
            first = first or radio
            radio.set_active(number == 1)
            grid.attach(radio, 0, number, 1, 1)
        return frame

    def _combos(self) -> Gtk.Widget:
        frame, grid = self._group(3)
        for number, (label, value) in enumerate(self.data.combos):
            combo = Gtk.ComboBoxText(hexpand=True)
            combo.append_text(value)
            combo.set_active(0)
            grid.attach(Gtk.Label(label=label, xalign=0), 0, number, 1, 1)
            grid.attach(combo, 1, number, 1, 1)
        return frame

    def _buttons(self) -> Gtk.Widget:
        box = Gtk.Box(spacing=6)
        for number, text in enumerate(self.data.buttons):
            button = Gtk.Button(label=text, sensitive=number != 2)
            if number < 2:
                _classed(button, ("first", "second")[number])
            box.pack_start(button, False, False, 0)
        return box

    def _links(self) -> Gtk.Widget:
        box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
        for text in self.data.links:
            link = Gtk.LinkButton(uri="about:blank", label=text, halign=Gtk.Align.START)
            box.pack_start(link, False, False, 0)
        return box

    def _hints(self) -> Gtk.Widget:
        box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=4)
        for number, text in enumerate(self.data.hints):
            label = _classed(Gtk.Label(label=text, xalign=0, sensitive=number != 1), "small")
            box.pack_start(label, False, False, 0)
        return box

    def _heading(self) -> Gtk.Widget:
        return _classed(Gtk.Label(label=self.data.heading, xalign=0), "heading")

    def _prose(self) -> Gtk.Widget:
        return Gtk.Label(label=self.data.prose, xalign=0, yalign=0, wrap=True, width_chars=20, max_width_chars=90)

    def _note(self) -> Gtk.Widget:
        self.note = Gtk.TextView(left_margin=4, top_margin=4)
        self.note.get_buffer().set_text("\n".join(self.data.notes))
        scrolled = Gtk.ScrolledWindow(shadow_type=Gtk.ShadowType.IN, min_content_height=90)
        scrolled.add(self.note)
        return scrolled

    def _cards(self) -> Gtk.Widget:
        grid = Gtk.Grid(column_spacing=8, column_homogeneous=True)
        for number, (name, amount) in enumerate(self.data.cards):
            frame = Gtk.Frame(hexpand=True)
            box = _classed(Gtk.Box(orientation=Gtk.Orientation.VERTICAL), "card")
            box.pack_start(_classed(Gtk.Label(label=name, xalign=0), "small"), False, False, 0)
            box.pack_start(_classed(Gtk.Label(label=amount, xalign=0), "heading"), False, False, 0)
            frame.add(box)
            grid.attach(frame, number, 0, 1, 1)
        return grid

    def _tree(self) -> Gtk.Widget:
        store = Gtk.TreeStore(GdkPixbuf.Pixbuf, str)
        top = None
        for number, text in enumerate(self.data.tree):
            row = [_picture(number), text]
            if number % 4 == 0:
                top = store.append(None, row)
            else:
                store.append(top, row)
        tree = Gtk.TreeView(model=store, headers_visible=False)
        column = Gtk.TreeViewColumn()
        column.pack_start(icon := Gtk.CellRendererPixbuf(), False)
        column.pack_start(cell := Gtk.CellRendererText(), True)
        column.add_attribute(icon, "pixbuf", 0)
        column.add_attribute(cell, "text", 1)
        tree.append_column(column)
        tree.expand_all()
        return _scrolled(tree)

    def _list(self) -> Gtk.Widget:
        store = Gtk.ListStore(str)
        for row in self.data.rows[40:56]:
            store.append([f"{row[2]}, {row[1]}"])
        view = Gtk.TreeView(model=store, headers_visible=False)
        view.append_column(Gtk.TreeViewColumn("", Gtk.CellRendererText(), text=0))
        view.get_selection().select_path(Gtk.TreePath.new_from_indices([2]))
        return _scrolled(view)

    def _table(self) -> Gtk.Widget:
        store = Gtk.ListStore(*[str] * len(self.data.heads))
        for row in self.data.rows:
            store.append(row)
        table = Gtk.TreeView(model=store)
        table.set_grid_lines(
            Gtk.TreeViewGridLines.BOTH if self.wanted.get("grid", True) else Gtk.TreeViewGridLines.NONE
        )
        _classed(table, "table")
        for number, head in enumerate(self.data.heads):
            cell = Gtk.CellRendererText(xalign=1.0 if number in self.data.right else 0.0)
            column = Gtk.TreeViewColumn(head, cell, text=number)
            column.set_alignment(1.0 if number in self.data.right else 0.0)
            column.set_resizable(True)
            table.append_column(column)
        if "chosen" in self.wanted:
            table.get_selection().select_path(Gtk.TreePath.new_from_indices([self.wanted["chosen"]]))
        self.table = table
        return _scrolled(table)

    def _dialog(self) -> tuple[Gtk.Widget, Gtk.Label]:
        frame = Gtk.Frame(halign=Gtk.Align.CENTER, valign=Gtk.Align.CENTER)
        ground = _classed(Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=10), "background")
        frame.add(ground)
        text = Gtk.Label(xalign=0)
        row = Gtk.Box(spacing=12)
        row.set_property("margin", 14)
        row.pack_start(Gtk.Image.new_from_icon_name("dialog-question", Gtk.IconSize.DIALOG), False, False, 0)
        row.pack_start(text, False, False, 0)
        ground.pack_start(row, False, False, 0)
        answers = Gtk.Box(spacing=6, halign=Gtk.Align.END)
        answers.set_property("margin", 8)
        for answer in self.data.answers:
            answers.pack_start(Gtk.Button(label=answer), False, False, 0)
        ground.pack_start(answers, False, False, 0)
        return frame, text

    # --- what it does when asked ---

    def told(self) -> dict[str, Any]:
        """What stands where."""
        return truths(self.window, self.dialog).told()

    def show_dialog(self, text: str) -> None:
        """Show the text in a frame over the middle of the window; hide that for an empty one."""
        self.dialog_text.set_text(text)
        self.dialog.set_visible(bool(text))

    def show_film(self, rect: list[int], frame: int) -> None:
        """Show a picture of the film over the window; no film for a negative number."""
        self.film_number = frame
        self.film.set_margin_start(rect[0])
        self.film.set_margin_top(rect[1])
        self.film.set_size_request(rect[2], rect[3])
        self.film.set_visible(frame >= 0)
        self.film.queue_draw()

    def _draw_film(self, area: Gtk.Widget, painter: Any) -> None:
        chance = random.Random(self.film_number)  # noqa: S311 - a picture, not a secret
        painter.set_source_rgb(chance.random(), chance.random(), chance.random())
        painter.paint()
        for _ in range(60):
            painter.set_source_rgb(chance.random(), chance.random(), chance.random())
            left, top = (
                chance.randint(-40, area.get_allocated_width()),
                chance.randint(-40, area.get_allocated_height()),
            )
            painter.rectangle(left, top, chance.randint(10, 160), chance.randint(10, 120))
            painter.fill()


def _weighed(items: list[Any]) -> bool:
    return all(isinstance(item, list) and item[1] > 0 for item in items)


def _entry(text: str, *, enabled: bool = True) -> Gtk.Entry:
    return Gtk.Entry(text=text, hexpand=True, sensitive=enabled, width_chars=12)


def _classed(widget: Any, name: str) -> Any:
    widget.get_style_context().add_class(name)
    return widget


def _scrolled(view: Gtk.Widget) -> Gtk.Widget:
    scrolled = Gtk.ScrolledWindow(shadow_type=Gtk.ShadowType.IN, min_content_height=120)
    scrolled.add(view)
    return scrolled


def _picture(number: int) -> GdkPixbuf.Pixbuf:
    picture = GdkPixbuf.Pixbuf.new(GdkPixbuf.Colorspace.RGB, True, 8, 16, 16)
    picture.fill(0)
    part = picture.new_subpixbuf(number % 3, 2, 12, 12)
    part.fill(COLOURS[number % len(COLOURS)])
    return picture


class Questions:
    """Answers on GTK's thread."""

    def __init__(self, window: Window) -> None:
        self._window = window

    def start(self) -> bool:
        """Say what stands where, and listen."""
        window = self._window
        families = {family.get_name() for family in window.window.get_pango_context().list_families()}
        wanted = window.wanted["font"]
        missing = [] if wanted in families else [wanted]
        tell(window=0, font=wanted if not missing else "default", missing=missing, **window.told())
        serve(lambda question: GLib.idle_add(self._answer, question), lambda: GLib.idle_add(Gtk.main_quit))
        return False

    def _answer(self, question: dict[str, Any]) -> bool:
        window = self._window
        match question["do"]:
            case "cell" if window.table is not None:
                model = window.table.get_model()
                model[question["row"]][question["column"]] = question["text"]
            case "message":
                window.show_dialog(question["text"])
            case "type" if window.note is not None:
                window.note.get_buffer().set_text(question["text"])
            case "scroll" if window.table is not None:
                window.table.scroll_to_cell(Gtk.TreePath.new_from_indices([question["row"]]), None, True, 0.0, 0.0)
            case "film":
                window.show_film(question["rect"], question["frame"])
        # Layout and painting wait for the frame clock: answered after two of its turns.
        GLib.timeout_add(80, self._answered)
        return False

    def _answered(self) -> bool:
        Gdk.Display.get_default().sync()
        tell(done=True, **self._window.told())
        return False


def main() -> None:
    """Show the window over the whole screen until the input ends."""
    window = Window(spec())
    screen = Gdk.Display.get_default().get_primary_monitor() or Gdk.Display.get_default().get_monitor(0)
    place = screen.get_geometry()
    window.window.move(0, 0)
    window.window.resize(place.width, place.height)
    if window.wanted.get("dialog"):
        window.show_dialog(window.data.dialog)
    questions = Questions(window)
    GLib.timeout_add(900, questions.start)
    Gtk.main()


if __name__ == "__main__":
    main()

"""A window of the corpus in Tk: themed widgets, or the classic ones. Its only argument is the spec as JSON."""

from __future__ import annotations

import random
import tkinter as tk
from tkinter import font as tkfont
from tkinter import ttk
from typing import Any

from content import content
from truth import serve, spec, tell
from truth_tk import Teller

COLOURS = ("#2f6fd0", "#c0392b", "#2e8b57", "#e08e0b", "#7d3c98", "#5d6d7e")


class Window:
    """The parts of the layout, and the truth about them."""

    def __init__(self, wanted: dict[str, Any]) -> None:
        self.wanted = wanted
        self.data = content(wanted["domain"], wanted["language"], wanted["seed"])
        self.root = tk.Tk()
        self.root.tk.call("tk", "scaling", 96 / 72 * wanted["scale"] / 100)
        self.factor = wanted["scale"] / 100
        self.classic = wanted["style"] == "classic"
        self._fonts()
        self._colours()
        self.images = [self._image(number) for number in range(8)]
        self.table: ttk.Treeview | None = None
        self.note: tk.Text | None = None
        self.told: list[tuple[tk.Misc, str]] = []
        """Widgets that show a text, and of which kind that is."""
        self._menu()
        if wanted.get("tools", True):
            self._tools()
        status = tk.Frame(self.root, bg=self.ground)
        status.pack(side="bottom", fill="x")
        self._label(status, self.data.status, kind="status").pack(side="left", padx=6)
        body = tk.Frame(self.root, bg=self.ground)
        body.pack(fill="both", expand=True, padx=8, pady=6)
        self._build(wanted["layout"], body).pack(fill="both", expand=True)
        self.dialog = tk.Frame(self.root, bg=self.ground, bd=2, relief="raised")
        self.dialog_told: list[tuple[tk.Misc, str]] = []

    # --- how it looks ---

    def _fonts(self) -> None:
        family, size = self.wanted["font"], round(self.wanted["size"])
        for name in ("TkDefaultFont", "TkTextFont", "TkHeadingFont", "TkMenuFont", "TkCaptionFont"):
            tkfont.nametofont(name, self.root).configure(family=family, size=size, weight="normal")
        self.font = tkfont.nametofont("TkDefaultFont", self.root)
        self.small = tkfont.Font(self.root, family=family, size=self.wanted.get("small", 8))
        self.big = tkfont.Font(self.root, family=family, size=self.wanted.get("heading", 16), weight="bold")
        self.link = tkfont.Font(self.root, family=family, size=size, underline=True)
        self.cell = tkfont.Font(self.root, family=family, size=round(self.wanted.get("table", size)))

    def _colours(self) -> None:
        dark = self.wanted["dark"]
        grey = {"clam": "#dcdad5", "alt": "#d9d9d9", "classic": "#d9d9d9"}.get(self.wanted["style"], "#eeeeee")
        self.ground, self.ink = ("#2e2e2e", "#e6e6e6") if dark else (self.wanted.get("ground", grey), "#000000")
        self.paper, self.grey = ("#1f1f1f", "#7f7f7f") if dark else ("#ffffff", "#8c8c8c")
        self.blue = "#7ab0ff" if dark else "#0a58ca"
        style = ttk.Style(self.root)
        style.theme_use(self.wanted["style"])
        style.configure(".", background=self.ground, foreground=self.ink, fieldbackground=self.paper, font=self.font)
        style.map(".", foreground=[("disabled", self.grey)], background=[("disabled", self.ground)])
        style.map("TEntry", fieldbackground=[("disabled", self.ground)])
        style.map("TCombobox", fieldbackground=[("readonly", self.paper)], foreground=[("readonly", self.ink)])
        for name in ("TLabel", "TCheckbutton", "TRadiobutton"):
            style.map(name, background=[("disabled", self.ground)])
        for name in ("TButton", "TNotebook.Tab", "Treeview.Heading"):
            style.configure(name, background="#454545" if dark else self.ground)
            style.map(name, background=[("disabled", self.ground)])
        height = self.cell.metrics("linespace") + round(self.wanted.get("row", 6) * self.factor)
        style.configure("Treeview", background=self.paper, font=self.cell, rowheight=height, foreground=self.ink)
        accent = self.wanted.get("accent", "#4a6984")
        style.map("Treeview", background=[("selected", accent)], foreground=[("selected", "#ffffff")])
        self.root.configure(bg=self.ground)

    def _image(self, number: int) -> tk.PhotoImage:
        size = round(16 * self.factor)
        image = tk.PhotoImage(master=self.root, width=size, height=size)
        colour = COLOURS[number % len(COLOURS)]
        for y in range(size):
            for x in range(size):
                a, b = x - size / 2 + 0.5, y - size / 2 + 0.5
                inside = (
                    a * a + b * b < size * size / 5,
                    abs(a) < size / 3.5 and y % 4 != 3,
                    abs(a) + abs(b) < size / 2.2,
                    x % 5 < 3 and y > size - x,
                )[number % 4]
                if inside:
                    image.put(colour, (x, y))
        return image

    # --- building ---

    def _build(self, layout: Any, parent: tk.Misc) -> tk.Misc:
        if isinstance(layout, str):
            made: tk.Misc = getattr(self, f"_{layout}")(parent)
            return made
        if "tabs" in layout:
            tabs = ttk.Notebook(parent)
            for number, title in enumerate(self.data.tabs):
                page = tk.Frame(tabs, bg=self.ground)
                tabs.add(page, text=title)
                if number == 0:
                    self._build(layout["tabs"], page).pack(fill="both", expand=True, padx=8, pady=8)
            return self._tell(tabs, "tab")
        side = "row" if "row" in layout else "column"
        frame = tk.Frame(parent, bg=self.ground)
        for number, item in enumerate(layout[side]):
            part, weight = item if isinstance(item, list) else (item, 0)
            widget = self._build(part, frame)
            row, column = (0, number) if side == "row" else (number, 0)
            widget.grid(row=row, column=column, sticky="nsew", padx=4, pady=4)
            (frame.columnconfigure if side == "row" else frame.rowconfigure)(number, weight=weight)
        (frame.rowconfigure if side == "row" else frame.columnconfigure)(0, weight=1)
        return frame

    def _tell(self, widget: Any, kind: str = "") -> Any:
        self.told.append((widget, kind))
        return widget

    def _label(self, parent: tk.Misc, text: str, font: tkfont.Font | None = None, kind: str = "", **more: Any) -> Any:
        """A label; the classic one where a colour is asked for."""
        font = font or self.font
        if self.classic or "fg" in more or "bg" in more:
            colours = {"bg": self.ground, "fg": self.ink, "disabledforeground": self.grey, **more}
            return self._tell(tk.Label(parent, text=text, font=font, justify="left", anchor="w", **colours), kind)
        return self._tell(ttk.Label(parent, text=text, font=font, justify="left", anchor="w", **more), kind)

    def _group(self, parent: tk.Misc, number: int) -> Any:
        # The label that a frame makes of its text cannot be asked where it is; one that it is given can.
        title = self._label(parent, self.data.groups[number], kind="group")
        if self.classic:
            return tk.LabelFrame(parent, labelwidget=title, bg=self.ground, padx=8, pady=6)
        return ttk.LabelFrame(parent, labelwidget=title, padding=8)

    def _menu(self) -> None:
        bar = tk.Frame(self.root, bg=self.ground)
        bar.pack(side="top", fill="x")
        for text in self.data.menus:
            self._label(bar, text, kind="menu").pack(side="left", padx=8, pady=2)

    def _tools(self) -> None:
        bar = tk.Frame(self.root, bg=self.ground, bd=1, relief="raised")
        bar.pack(side="top", fill="x")
        for number, text in enumerate(self.data.tools):
            state: Any = "disabled" if number == 2 else "normal"
            self._button(bar, text, state=state, image=self.images[number], compound="left").pack(
                side="left", padx=2, pady=2
            )

    def _button(self, parent: tk.Misc, text: str, kind: str = "button", **more: Any) -> Any:
        if self.classic or "bg" in more:
            look = {"bg": self.ground, "fg": self.ink, "disabledforeground": self.grey, "font": self.font, **more}
            return self._tell(tk.Button(parent, text=text, **look), kind)
        return self._tell(ttk.Button(parent, text=text, **more), kind)

    def _entry(self, parent: tk.Misc, text: str, *, enabled: bool = True) -> Any:
        if self.classic:
            look: dict[str, Any] = {"bg": self.paper, "fg": self.ink, "disabledbackground": self.ground}
            entry: Any = tk.Entry(parent, font=self.font, disabledforeground=self.grey, insertontime=0, **look)
        else:
            entry = ttk.Entry(parent, font=self.font)
        entry.insert(0, text)
        if not enabled:
            entry.configure(state="disabled")
        return self._tell(entry, "field" if enabled else "disabled")

    def _form(self, parent: tk.Misc) -> Any:
        group = self._group(parent, 0)
        group.columnconfigure(1, weight=1)
        for number, (label, value) in enumerate(self.data.fields):
            self._label(group, label).grid(row=number, column=0, sticky="w", pady=2)
            self._entry(group, value, enabled=number != 7).grid(row=number, column=1, sticky="ew", padx=6, pady=2)
        return group

    def _grid(self, parent: tk.Misc) -> Any:
        group = self._group(parent, 0)
        for number, (label, value) in enumerate(self.data.fields):
            row, column = 2 * (number // 3), number % 3
            group.columnconfigure(column, weight=1)
            self._label(group, label, self.small, "small").grid(row=row, column=column, sticky="w", padx=4)
            self._entry(group, value).grid(row=row + 1, column=column, sticky="ew", padx=4, pady=(0, 4))
        return group

    def _options(self, parent: tk.Misc) -> Any:
        group = self._group(parent, 1)
        for number, text in enumerate(self.data.options):
            value = tk.BooleanVar(self.root, value=number % 2 == 0)
            self._choice("Checkbutton", group, text, number == 3, variable=value)
            setattr(self, f"_option{number}", value)  # Tk forgets a variable that nobody holds
        return group

    def _radios(self, parent: tk.Misc) -> Any:
        group = self._group(parent, 2)
        self._radio = tk.IntVar(self.root, value=1)
        for number, text in enumerate(self.data.radios):
            self._choice("Radiobutton", group, text, disabled=False, variable=self._radio, value=number)
        return group

    def _choice(self, name: str, parent: tk.Misc, text: str, disabled: bool, **more: Any) -> None:
        state = "disabled" if disabled else "normal"
        if self.classic:
            colours = {"bg": self.ground, "fg": self.ink, "selectcolor": self.paper, "disabledforeground": self.grey}
            widget = getattr(tk, name)(parent, text=text, state=state, font=self.font, anchor="w", **colours, **more)
        else:
            widget = getattr(ttk, name)(parent, text=text, state=state, **more)
        widget.pack(anchor="w", pady=1)
        self._tell(widget, "disabled" if disabled else "option")

    def _combos(self, parent: tk.Misc) -> Any:
        group = self._group(parent, 3)
        group.columnconfigure(1, weight=1)
        for number, (label, value) in enumerate(self.data.combos):
            self._label(group, label).grid(row=number, column=0, sticky="w", pady=2)
            combo = ttk.Combobox(group, values=[value], font=self.font, state="readonly")
            combo.set(value)
            combo.selection_clear()
            self._tell(combo, "combo").grid(row=number, column=1, sticky="ew", padx=6, pady=2)
        return group

    def _buttons(self, parent: tk.Misc) -> Any:
        frame = tk.Frame(parent, bg=self.ground)
        colours = self.wanted.get("colours", [["#1a73e8", "#ffffff"], ["#c62828", "#ffffff"]])
        for number, text in enumerate(self.data.buttons):
            state: Any = "disabled" if number == 2 else "normal"
            look: dict[str, Any] = {"state": state}
            if number < len(colours):
                look |= {"bg": colours[number][0], "fg": colours[number][1], "relief": "flat", "padx": 12, "pady": 4}
            self._button(frame, text, "coloured" if "bg" in look else state, **look).pack(side="left", padx=3)
        return frame

    def _links(self, parent: tk.Misc) -> Any:
        frame = tk.Frame(parent, bg=self.ground)
        for text in self.data.links:
            self._label(frame, text, self.link, "link", fg=self.blue).pack(anchor="w", pady=2)
        return frame

    def _hints(self, parent: tk.Misc) -> Any:
        frame = tk.Frame(parent, bg=self.ground)
        for number, text in enumerate(self.data.hints):
            state: Any = "disabled" if number == 1 else "normal"
            self._label(frame, text, self.small, "small", state=state).pack(anchor="w", pady=2)
        return frame

    def _heading(self, parent: tk.Misc) -> Any:
        return self._label(parent, self.data.heading, self.big, "heading")

    def _text(self, parent: tk.Misc, text: str, height: int) -> tk.Text:
        box = tk.Text(
            parent, font=self.font, wrap="word", height=height, width=30, bg=self.paper, fg=self.ink, padx=4, pady=4
        )
        box.configure(insertontime=0, highlightthickness=0)
        box.insert("1.0", text)
        return self._tell(box, "prose")  # type: ignore[no-any-return]  # it gives back what it gets

    def _prose(self, parent: tk.Misc) -> Any:
        return self._text(parent, self.data.prose, 6)

    def _note(self, parent: tk.Misc) -> Any:
        self.note = self._text(parent, "\n".join(self.data.notes), 4)
        return self.note

    def _cards(self, parent: tk.Misc) -> Any:
        frame = tk.Frame(parent, bg=self.ground)
        for number, (name, amount) in enumerate(self.data.cards):
            frame.columnconfigure(number, weight=1)
            card = tk.Frame(frame, bg=self.paper, bd=1, relief="solid")
            card.grid(row=0, column=number, sticky="ew", padx=4)
            self._label(card, name, self.small, "small", bg=self.paper).pack(anchor="w", padx=8, pady=(6, 0))
            ink = self.ink if self.wanted["dark"] else COLOURS[number]
            self._label(card, amount, self.big, "heading", bg=self.paper, fg=ink).pack(anchor="w", padx=8, pady=(0, 6))
        return frame

    def _tree(self, parent: tk.Misc) -> Any:
        tree = ttk.Treeview(parent, show="tree", height=6)
        top = ""
        for number, text in enumerate(self.data.tree):
            if number % 4 == 0:
                top = tree.insert("", "end", text=text, image=self.images[number], open=True)
            else:
                tree.insert(top, "end", text=text, image=self.images[number])
        return self._tell(tree, "cell")

    def _list(self, parent: tk.Misc) -> Any:
        look: dict[str, Any] = {
            "bg": self.paper,
            "fg": self.ink,
            "font": self.font,
            "exportselection": False,
            "selectforeground": "#ffffff",
        }
        box = tk.Listbox(parent, height=6, width=30, selectbackground=self.wanted.get("accent", "#4a6984"), **look)
        for row in self.data.rows[40:56]:
            box.insert("end", f"{row[2]}, {row[1]}")
        box.select_set(2)
        return self._tell(box, "cell")

    def _table(self, parent: tk.Misc) -> Any:
        heads = [str(number) for number in range(len(self.data.heads))]
        table = ttk.Treeview(parent, columns=heads, show="headings", height=4)
        for number, head in enumerate(self.data.heads):
            width = max(self.cell.measure(row[number]) for row in self.data.rows[: 12 if number > 3 else 60])
            width = max(width, self.font.measure(head)) + round(14 * self.factor)
            table.heading(str(number), text=head)
            anchor: Any = "e" if number in self.data.right else "w"
            table.column(str(number), width=width, minwidth=20, stretch=number == len(heads) - 1, anchor=anchor)
        for number, row in enumerate(self.data.rows):
            table.insert("", "end", iid=str(number), values=row)
        if self.wanted.get("stripes"):
            table.tag_configure("odd", background="#262626" if self.wanted["dark"] else "#eef3f8")
            for number in range(1, len(self.data.rows), 2):
                table.item(str(number), tags=("odd",))
        if "chosen" in self.wanted:
            table.selection_set(str(self.wanted["chosen"]))
        self.table = table
        return self._tell(table, "cell")

    # --- what it does when asked ---

    def show_dialog(self, text: str) -> None:
        """Show the text in a frame over the middle of the window; hide that for an empty one."""
        for child in self.dialog.winfo_children():
            child.destroy()
        kept, self.told = self.told, []
        if text:
            self._label(self.dialog, text, kind="dialog").grid(row=0, column=0, columnspan=3, padx=20, pady=14)
            for number, answer in enumerate(self.data.answers):
                self._button(self.dialog, answer).grid(row=1, column=number, padx=8, pady=10)
            self.dialog.place(relx=0.5, rely=0.5, anchor="center")
            self.dialog.lift()
        else:
            self.dialog.place_forget()
        self.dialog_told, self.told = self.told, kept


class Questions:
    """Answers on Tk's thread."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._film: tk.Canvas | None = None

    def start(self) -> None:
        """Say what stands where, and listen."""
        window = self._window
        shown = tkfont.Font(window.root, family=window.wanted["font"]).actual("family")
        missing = [] if shown == window.wanted["font"] else [window.wanted["font"]]
        tell(window=window.root.winfo_id(), font=shown, missing=missing, **Teller(window).truths().told())
        serve(
            lambda question: window.root.after(0, self._answer, question),
            lambda: window.root.after(0, window.root.quit),
        )

    def _answer(self, question: dict[str, Any]) -> None:
        window = self._window
        match question["do"]:
            case "cell" if window.table is not None:
                row, column, text = question["row"], question["column"], question["text"]
                window.data.rows[row][column] = text
                window.table.set(str(row), str(column), text)
            case "message":
                window.show_dialog(question["text"])
            case "type" if window.note is not None:
                window.note.delete("1.0", "end")
                window.note.insert("1.0", question["text"])
            case "scroll" if window.table is not None:
                window.table.yview(question["row"])
            case "film":
                self._show_film(question["rect"], question["frame"])
        window.root.update()
        # A round trip to the server: what was painted before it is on the screen.
        window.root.winfo_pointerxy()
        tell(done=True, **Teller(window).truths().told())

    def _show_film(self, rect: list[int], frame: int) -> None:
        if self._film is None:
            self._film = tk.Canvas(self._window.root, highlightthickness=0)
        if frame < 0:
            self._film.place_forget()
            return
        x, y, width, height = rect
        self._film.place(x=x, y=y, width=width, height=height)
        self._film.delete("all")
        chance = random.Random(frame)  # noqa: S311 - a picture, not a secret
        self._film.configure(bg=f"#{chance.randint(0, 0xFFFFFF):06x}")
        for _ in range(60):
            left, top = chance.randint(-40, width), chance.randint(-40, height)
            colour = f"#{chance.randint(0, 0xFFFFFF):06x}"
            right, bottom = left + chance.randint(10, 160), top + chance.randint(10, 120)
            self._film.create_rectangle(left, top, right, bottom, fill=colour, width=0)


def main() -> None:
    """Show the window over the whole screen until the input ends."""
    window = Window(spec())
    root = window.root
    root.overrideredirect(True)
    root.geometry(f"{root.winfo_screenwidth()}x{root.winfo_screenheight()}+0+0")
    if window.wanted.get("dialog"):
        window.show_dialog(window.data.dialog)
    questions = Questions(window)
    root.after(600, questions.start)
    root.mainloop()


if __name__ == "__main__":
    main()

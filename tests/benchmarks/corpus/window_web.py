"""A page of the corpus in Chromium, full-screen and without a network. Its only argument is the spec as JSON.

The page asks this program for what to do next and tells it what stands where (`page.js`), over the loopback.
"""

from __future__ import annotations

import html
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from content import Content, content
from truth import questions, spec, tell

COLOURS = ("#2f6fd0", "#c0392b", "#2e8b57", "#e08e0b", "#7d3c98", "#5d6d7e")
SCRIPT, STYLE = Path(__file__).with_name("page.js"), Path(__file__).with_name("page.css")
LIGHT = {
    "ground": "#f4f5f7", "ink": "#1f2328", "paper": "#ffffff", "line": "#c9cdd3", "grey": "#9aa0a6",
    "link": "#0b57d0", "accent": "#d3e3fd", "stripe": "#f3f6fa",
}  # fmt: skip
DARK = {
    "ground": "#202124", "ink": "#e8eaed", "paper": "#2b2c30", "line": "#4a4c50", "grey": "#80848a",
    "link": "#8ab4f8", "accent": "#004a77", "stripe": "#323338",
}  # fmt: skip
OPTIONS = (
    "--no-sandbox", "--kiosk", "--no-first-run", "--no-default-browser-check", "--disable-gpu", "--disable-sync",
    "--disable-extensions", "--disable-component-update", "--disable-background-networking", "--disable-translate",
    "--disable-features=Translate,OptimizationHints,MediaRouter", "--password-store=basic", "--hide-scrollbars",
    "--window-position=0,0", "--window-size=1920,1080", "--lang=en", "--proxy-server=127.0.0.1:9",
    "--proxy-bypass-list=127.0.0.1", "--disable-blink-features=Translate", "--disable-lcd-text",
)  # fmt: skip


class Page:
    """The HTML of a window of the corpus."""

    def __init__(self, wanted: dict[str, Any]) -> None:
        self.wanted = wanted
        self.data: Content = content(wanted["domain"], wanted["language"], wanted["seed"])

    def html(self) -> str:
        """The page, complete in itself."""
        data = self.data
        menus = "".join(f"<span class=menu>{_text(menu)}</span>" for menu in data.menus)
        tools = "".join(
            f"<button class=tool{' disabled' if number == 2 else ''}>{_icon(number)}{_text(text)}</button>"
            for number, text in enumerate(data.tools)
        )
        body = self._build(self.wanted["layout"])
        status = f"<footer>{_text(data.status)}</footer>"
        dialog = "".join(f"<button>{_text(answer)}</button>" for answer in data.answers)
        language, title = self.wanted["language"], _text(data.title)
        head = f"<meta charset=utf-8><meta name=google content=notranslate><title>{title}</title>"
        return (
            f"<!doctype html><html lang={language} translate=no>{head}<style>{self._style()}</style>"
            f"<body><nav>{menus}</nav><header>{tools}</header><main>{body}</main>{status}"
            f"<div id=dialog hidden><p id=dialogtext></p><div class=answers>{dialog}</div></div>"
            f"<canvas id=film hidden></canvas><script>{SCRIPT.read_text('utf-8')}</script>"
        )

    def _style(self) -> str:
        """``page.css`` and its variables. A point is 4/3 of a CSS pixel, as elsewhere at 96 dots an inch."""
        wanted = self.wanted
        first, second = wanted.get("colours", [["#1a73e8", "#ffffff"], ["#c62828", "#ffffff"]])
        values = {
            **(DARK if wanted["dark"] else LIGHT),
            **{name: wanted[name] for name in ("ground", "accent") if name in wanted},
            "font": f'"{wanted["font"]}"',
            "size": f"{wanted['size']}pt",
            "small": f"{wanted.get('small', 8.5)}pt",
            "heading": f"{wanted.get('heading', 16)}pt",
            "table": f"{wanted.get('table', wanted['size'])}pt",
            "first": first[0],
            "first-ink": first[1],
            "second": second[0],
            "second-ink": second[1],
        }
        variables = "; ".join(f"--{name}: {value}" for name, value in values.items())
        return f":root {{ {variables} }}\n{STYLE.read_text('utf-8')}"

    # --- parts ---

    def _build(self, layout: Any) -> str:
        if isinstance(layout, str):
            return str(getattr(self, f"_{layout}")())
        if "tabs" in layout:
            tabs = "".join(
                f"<span class='tab{' first-tab' if number == 0 else ''}'>{_text(tab)}</span>"
                for number, tab in enumerate(self.data.tabs)
            )
            page = self._build(layout["tabs"])
            return f"<div class=column style='gap: 0; flex: 1'><div>{tabs}</div><div class=page>{page}</div></div>"
        side = "row" if "row" in layout else "column"
        parts = []
        for item in layout[side]:
            part, weight = item if isinstance(item, list) else (item, 0)
            grow = f"flex: {weight} 1 0; min-{'width' if side == 'row' else 'height'}: 0" if weight else ""
            parts.append(f"<div class=column style='{grow}'>{_filling(self._build(part), bool(weight))}</div>")
        return f"<div class={side} style='flex: 1'>{''.join(parts)}</div>"

    def _group(self, number: int, inside: str) -> str:
        return f"<fieldset><legend>{_text(self.data.groups[number])}</legend>{inside}</fieldset>"

    def _form(self) -> str:
        fields = "".join(
            f"<span>{_text(label)}</span>{_input(value, disabled=number == 7)}"
            for number, (label, value) in enumerate(self.data.fields)
        )
        return self._group(0, f"<div class=form>{fields}</div>")

    def _grid(self) -> str:
        fields = "".join(
            f"<div><div class=small>{_text(label)}</div>{_input(value)}</div>" for label, value in self.data.fields
        )
        return self._group(0, f"<div class=grid>{fields}</div>")

    def _options(self) -> str:
        options = []
        for number, text in enumerate(self.data.options):
            state = ("checked" if number % 2 == 0 else "") + (" disabled" if number == 3 else "")
            name = "class=disabled" if number == 3 else ""
            options.append(f"<label {name}><input type=checkbox {state}> {_text(text)}</label>")
        return self._group(1, "".join(options))

    def _radios(self) -> str:
        return self._group(
            2,
            "".join(
                f"<label><input type=radio name=one {'checked' if number == 1 else ''}> {_text(text)}</label>"
                for number, text in enumerate(self.data.radios)
            ),
        )

    def _combos(self) -> str:
        fields = "".join(
            f"<span>{_text(label)}</span><select><option>{_text(value)}</select>" for label, value in self.data.combos
        )
        return self._group(3, f"<div class=form>{fields}</div>")

    def _buttons(self) -> str:
        look = ("class=first", "class=second", "disabled", "")
        buttons = "".join(
            f"<button {look[number]}>{_text(text)}</button>" for number, text in enumerate(self.data.buttons)
        )
        return f"<div class=buttons>{buttons}</div>"

    def _links(self) -> str:
        return "<div>" + "".join(f"<a href='#'>{_text(text)}</a>" for text in self.data.links) + "</div>"

    def _hints(self) -> str:
        return "".join(
            f"<div class='small{' disabled' if number == 1 else ''}'>{_text(text)}</div>"
            for number, text in enumerate(self.data.hints)
        )

    def _heading(self) -> str:
        return f"<h1>{_text(self.data.heading)}</h1>"

    def _prose(self) -> str:
        return f"<p>{_text(self.data.prose)}</p>"

    def _note(self) -> str:
        return "<textarea id=note spellcheck=false>" + _text("\n".join(self.data.notes)) + "</textarea>"

    def _cards(self) -> str:
        cards = []
        for number, (name, amount) in enumerate(self.data.cards):
            colour = "" if self.wanted["dark"] else f" style='color: {COLOURS[number]}'"
            cards.append(f"<div><div class=small>{_text(name)}</div><h1{colour}>{_text(amount)}</h1></div>")
        return f"<div class='row cards'>{''.join(cards)}</div>"

    def _tree(self) -> str:
        items = ""
        for number, text in enumerate(self.data.tree):
            inner = f"{_icon(number)}{_text(text)}"
            items += f"<li>{inner}</li>" if number % 4 == 0 else f"<ul><li>{inner}</li></ul>"
        return f"<div class=scroll><ul>{items}</ul></div>"

    def _list(self) -> str:
        rows = "".join(
            f"<li class='{'chosen' if number == 2 else ''}'>{_text(row[2])}, {_text(row[1])}</li>"
            for number, row in enumerate(self.data.rows[40:56])
        )
        return f"<div class=scroll><ul>{rows}</ul></div>"

    def _table(self) -> str:
        right = self.data.right
        heads = "".join(f"<th class='{_side(x, right)}'>{_text(head)}</th>" for x, head in enumerate(self.data.heads))
        rows = []
        for y, row in enumerate(self.data.rows):
            cells = "".join(f"<td class='{_side(x, right)}'>{_text(text)}</td>" for x, text in enumerate(row))
            rows.append(f"<tr class='{'chosen' if y == self.wanted.get('chosen') else ''}'>{cells}</tr>")
        stripes = "stripes" if self.wanted.get("stripes") else ""
        body = f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody>"
        return f"<div class=scroll id=scroll><table class='{stripes}'>{body}</table></div>"


def _text(text: str) -> str:
    return html.escape(text)


def _filling(inside: str, fill: bool) -> str:
    """A part that has a weight fills its place."""
    return inside if not fill else inside.replace("<div class=scroll", "<div style='flex: 1' class=scroll", 1)


def _input(value: str, *, disabled: bool = False) -> str:
    return f'<input type=text value="{_text(value)}" {"disabled" if disabled else ""} spellcheck=false>'


def _side(column: int, right: list[int]) -> str:
    return "right" if column in right else ""


def _icon(number: int) -> str:
    colour = COLOURS[number % len(COLOURS)]
    shape = (
        "<circle cx=8 cy=8 r=6 />",
        "<path d='M3 1h7l3 3v11H3z' /><path d='M5 7h6M5 10h6' stroke='white' />",
        "<path d='M2 14V8h3v6zM7 14V4h3v10zM12 14V1h3v13z' />",
        "<path d='M1 8l7-6v4h7v4H8v4z' />",
    )[number % 4]
    return f"<svg viewBox='0 0 16 16' fill='{colour}'>{shape}</svg>"


class Link:
    """What goes between this program and the page."""

    def __init__(self, page: str) -> None:
        self.page = page.encode()
        self.next: queue.Queue[dict[str, Any]] = queue.Queue()
        self.told: queue.Queue[dict[str, Any]] = queue.Queue()

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """Serves the page, its questions and its answers."""
        link = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/next":
                    self._send(json.dumps(link.next.get()).encode(), "application/json")
                else:
                    self._send(link.page if self.path == "/" else b"", "text/html; charset=utf-8")

            def do_POST(self) -> None:
                link.told.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self._send(b"", "text/plain")

            def _send(self, body: bytes, kind: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
                """Nothing is said."""

        return Handler


def main() -> None:
    """Show the page over the whole screen until the input ends."""
    wanted = spec()
    link = Link(Page(wanted).html())
    server = ThreadingHTTPServer(("127.0.0.1", 0), link.handler())
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="tla-web-", ignore_cleanup_errors=True) as profile:
        options = (f"--user-data-dir={profile}", f"--force-device-scale-factor={wanted['scale'] / 100}")
        command = [os.environ["TLA_CHROMIUM"], *OPTIONS, *options, f"http://127.0.0.1:{server.server_port}/"]
        browser = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _talk(wanted, link)
        finally:
            browser.terminate()
            browser.wait(10)


def _talk(wanted: dict[str, Any], link: Link) -> None:
    told = link.told.get(timeout=60)
    if wanted.get("dialog"):
        link.next.put({"do": "message", "text": content(wanted["domain"], wanted["language"], wanted["seed"]).dialog})
        told = link.told.get(timeout=20)
    tell(window=0, font=told["font"], missing=[] if told["font"] == wanted["font"] else [wanted["font"]], **_kept(told))
    for question in questions():
        link.next.put(question)
        told = link.told.get(timeout=20)
        tell(done=True, **_kept(told))


def _kept(told: dict[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in ("texts", "ignored")}


if __name__ == "__main__":
    sys.exit(main())

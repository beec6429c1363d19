"""A window whose left half can be dragged into its right half, which tells ``{"dropped": "Ware"}`` on stdout.

``drag_board.py qt``, ``gtk`` (with the system's own Python) or ``web`` (a page in Chromium).
"""

from __future__ import annotations

import json
import sys
from typing import Any

TITLE, WARE = "Drag board", "Ware"


def tell(**event: Any) -> None:
    print(json.dumps(event), flush=True)


def qt() -> None:
    from PySide6.QtCore import QMimeData, QPoint
    from PySide6.QtGui import QDrag, QDragEnterEvent, QDropEvent, QMouseEvent
    from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QWidget

    class Source(QLabel):
        pressed = QPoint()

        def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name, here and below
            self.pressed = event.position().toPoint()

        def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
            far = (event.position().toPoint() - self.pressed).manhattanLength()
            if far >= QApplication.startDragDistance():
                drag, ware = QDrag(self), QMimeData()
                ware.setText(WARE)
                drag.setMimeData(ware)
                drag.exec()

    class Sink(QLabel):
        def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
            event.acceptProposedAction()

        def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
            event.acceptProposedAction()
            tell(dropped=event.mimeData().text())

    application = QApplication(sys.argv)
    window, sink = QWidget(), Sink("sink")
    sink.setAcceptDrops(True)
    row = QHBoxLayout(window)
    row.addWidget(Source("source"))
    row.addWidget(sink)
    window.setWindowTitle(TITLE)
    window.resize(500, 300)
    window.show()
    tell(ready=True)
    application.exec()


def gtk() -> None:
    import gi

    gi.require_version("Gtk", "3.0")
    from gi.repository import Gdk, Gtk

    window, row = Gtk.Window(title=TITLE), Gtk.Box(homogeneous=True)
    source, sink = Gtk.EventBox(), Gtk.EventBox()
    source.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
    source.drag_source_add_text_targets()
    source.connect("drag-data-get", lambda _, __, data, *___: data.set_text(WARE, -1))
    sink.drag_dest_set(Gtk.DestDefaults.ALL, [], Gdk.DragAction.COPY)
    sink.drag_dest_add_text_targets()
    sink.connect("drag-data-received", lambda _, __, x, y, data, *___: tell(dropped=data.get_text()))
    for part in (source, sink):
        part.add(Gtk.Label(label="part"))
        row.add(part)
    window.add(row)
    window.set_default_size(500, 300)
    window.show_all()
    tell(ready=True)
    Gtk.main()


PAGE = f"""<!doctype html><meta charset=utf-8><title>{TITLE}</title>
<style>body {{ margin: 0; display: flex; height: 100vh }} div {{ width: 50% }}</style>
<div id=source draggable=true>source</div><div id=sink>sink</div><script>
source.ondragstart = (event) => event.dataTransfer.setData("text/plain", "{WARE}");
sink.ondragover = (event) => event.preventDefault();
const tell = (event) => fetch("/tell", {{method: "POST", body: JSON.stringify(event)}});
sink.ondrop = (event) => {{ event.preventDefault(); tell({{dropped: event.dataTransfer.getData("text/plain")}}) }};
requestAnimationFrame(() => requestAnimationFrame(() => tell({{ready: true}})));
</script>"""


def web() -> None:
    import web_receiver

    web_receiver.PAGE = PAGE
    web_receiver.main()


if __name__ == "__main__":
    {"qt": qt, "gtk": gtk, "web": web}[sys.argv[1]]()

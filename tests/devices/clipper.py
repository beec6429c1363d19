"""Another program with a clipboard, in Qt: it copies and pastes by commands from stdin, and tells as JSON lines.

``copy all`` puts text, HTML, a picture, files and a format of its own there; ``copy large`` a picture of some
megabytes; ``paste`` tells what it gets; ``hang`` makes it answer no more for two seconds and a half.
"""

from __future__ import annotations

import base64
import json
import random
import sys
import threading
import time
from typing import Any

from PySide6.QtCore import QBuffer, QIODevice, QMimeData, QObject, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QGuiApplication, QImage

OWN = "application/x-clipper"


def tell(**event: Any) -> None:
    print(json.dumps(event), flush=True)


def large() -> QImage:
    """Noise, which no compression makes small."""
    dice = random.Random(1)  # noqa: S311 - nothing is hidden by it
    return QImage(dice.randbytes(4 * 1000 * 700), 1000, 700, QImage.Format.Format_RGB32).copy()


def png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


class Commands(QObject):
    """Hands the lines of stdin to Qt's thread."""

    came = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.came.connect(self._obey, Qt.ConnectionType.QueuedConnection)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in sys.stdin:
            self.came.emit(line.rstrip("\n"))
        self.came.emit("quit")

    def _obey(self, line: str) -> None:
        clipboard = QGuiApplication.clipboard()
        command, _, rest = line.partition(" ")
        if command == "copy":
            data = QMimeData()
            if rest == "large":
                data.setData("image/png", png(large()))
            else:
                small = QImage(3, 2, QImage.Format.Format_RGB32)
                small.fill(QColor(12, 34, 56))
                data.setText("Grüße 日本 😀")
                data.setHtml("<i>Grüße</i>")
                data.setImageData(small)
                data.setUrls([QUrl.fromLocalFile("/tmp/Größe 1.txt")])  # noqa: S108 - it need not be there
                data.setData(OWN, bytes(range(256)))
            clipboard.setMimeData(data)
        elif command == "paste":
            data = clipboard.mimeData()
            image = clipboard.image()
            tell(
                text=data.text(),
                html=data.html(),
                size=[image.width(), image.height()],
                png=len(data.data("image/png")),
                files=[url.toLocalFile() for url in data.urls()],
                own=base64.b64encode(bytes(data.data(OWN).data())).decode(),
            )
        elif command == "hang":
            tell(hanging=True)
            time.sleep(2.5)
        elif command == "quit":
            QGuiApplication.quit()
        tell(done=command)


if __name__ == "__main__":
    application = QGuiApplication(sys.argv)
    commands = Commands()
    sys.exit(application.exec())

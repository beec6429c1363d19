"""`Memory`: what the window remembers from one day to the next: its place, and which workflows were used last."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QSize
from PySide6.QtWidgets import QMainWindow, QSplitter

from agent.app import WorkflowFile
from agent.settings import Home

_FIRST_SIZE = QSize(1080, 700)
_MOST = 20


class Memory:
    """Kept in ``window.ini`` in the program's folder. Where that cannot be written, nothing is remembered."""

    def __init__(self, home: Home) -> None:
        self._kept = QSettings(str(home.root / "window.ini"), QSettings.Format.IniFormat)

    def restore(self, window: QMainWindow, splitter: QSplitter) -> None:
        """Put the window where it was; Qt moves it back when that screen is gone."""
        window.resize(_FIRST_SIZE)
        if isinstance(geometry := self._kept.value("geometry"), QByteArray):
            window.restoreGeometry(geometry)
        if isinstance(state := self._kept.value("splitter"), QByteArray):
            splitter.restoreState(state)

    def keep(self, window: QMainWindow, splitter: QSplitter) -> None:
        """Remember where the window is."""
        self._kept.setValue("geometry", window.saveGeometry())
        self._kept.setValue("splitter", splitter.saveState())
        self._kept.sync()

    def note_use(self, path: Path) -> None:
        """This workflow was used just now."""
        names = [name for name in self._used() if name != str(path)]
        self._kept.setValue("used", [str(path), *names][:_MOST])

    def latest_first(self, files: Sequence[WorkflowFile]) -> list[WorkflowFile]:
        """The workflows, those used last in front; the others in their order."""
        places = {name: place for place, name in enumerate(self._used())}
        return sorted(files, key=lambda file: places.get(str(file.path), _MOST))

    def _used(self) -> list[str]:
        kept = self._kept.value("used")
        names = kept if isinstance(kept, list) else [kept]  # an INI file does not tell one text from a list of one
        return [name for name in names if isinstance(name, str)]

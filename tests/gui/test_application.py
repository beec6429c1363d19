"""The program as a whole: started, started again, ended."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from agent.gui import main
from agent.gui.instance import Instance
from agent.settings import Home


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no polite kill for a program without a console")
def test_it_starts_once_and_ends_cleanly(qtbot: QtBot) -> None:
    first = subprocess.Popen([sys.executable, "-m", "agent"], stderr=subprocess.PIPE, text=True)
    try:
        caller = Instance(Home.of_user().root)
        qtbot.waitUntil(caller.call_another, timeout=20_000)
        second = subprocess.run([sys.executable, "-m", "agent"], timeout=30, check=False, capture_output=True)
        assert second.returncode == 0
        assert first.poll() is None
        first.send_signal(signal.SIGTERM)
        complaints = first.communicate(timeout=20)[1].splitlines()
        assert [line for line in complaints if not line.startswith("This plugin does not support")] == []
        assert first.returncode == 0
    finally:
        first.kill()
    assert (Home.of_user().root / "window.ini").is_file()


def test_a_damaged_settings_file_is_told_in_words(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.text() + box.informativeText()))
    home = Home.of_user()
    home.root.mkdir(parents=True)
    home.settings_file.write_text("{", encoding="utf-8")
    assert main([]) == 1
    assert "settings.json" in told[0]
    assert "Traceback" not in told[0]


def test_another_home_can_be_named(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.text()))
    (tmp_path / "settings.json").write_text("{", encoding="utf-8")
    assert main(["--home", str(tmp_path)]) == 1
    assert str(tmp_path) in told[0]

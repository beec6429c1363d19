"""One window a user."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from agent.gui.instance import Instance


def test_a_second_start_calls_the_first_and_ends(tmp_path: Path, qtbot: QtBot) -> None:
    first, second = Instance(tmp_path), Instance(tmp_path)
    assert first.take()
    with qtbot.waitSignal(first.called):
        assert not second.take()
    first.close()
    assert second.take()
    second.close()


def test_another_home_is_another_program(tmp_path: Path, qtbot: QtBot) -> None:
    first, other = Instance(tmp_path / "a"), Instance(tmp_path / "b")
    assert first.take()
    assert other.take()
    first.close()
    other.close()

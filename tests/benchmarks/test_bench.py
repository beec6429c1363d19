"""`tla bench` in one round: what it prints and writes, and what it does without a peer. Never how quick anything is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.cli.bench import run_bench
from agent.cli.console import Printer
from agent.core.errors import AgentError
from agent.devices.virtual_display import VirtualDisplay
from agent.resources.language import Language
from agent.settings import Home, Settings

KEYS = ["id", "title", "value", "unit", "target", "peer", "peer_value", "ratio", "ok"]


def bench(*names: str, file: Path) -> tuple[int, list[dict[str, Any]]]:
    """One round; (exit code, what was written)."""
    code = run_bench(list(names), file, Printer(Language("en")), rounds=1)
    return code, json.loads(file.read_text("utf-8"))


def shadow(module: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every program that is started from now on find a module that cannot be imported."""
    (folder / f"{module}.py").write_text("raise ImportError('not on this machine')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))


def test_the_file_is_a_list_of_rows_with_nine_keys_and_each_ratio_is_theirs_through_ours(
    display: VirtualDisplay, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, rows = bench("capture.region", "evidence.size", "engine", file=tmp_path / "bench.json")
    assert [row["id"] for row in rows] == ["capture.region", "evidence.size", "evidence.size.9", "engine.step"]
    for row in rows:
        assert list(row) == KEYS
        assert row["value"] > 0
        if row["peer_value"] is not None:
            assert row["ratio"] == pytest.approx(row["peer_value"] / row["value"])
    assert code == int(any(row["ok"] is False for row in rows))
    printed = capfd.readouterr().out
    assert all(row["id"] in printed for row in rows)


def test_typing_loses_nothing_on_a_real_window(display: VirtualDisplay, tmp_path: Path) -> None:
    code, rows = bench("type.lost", file=tmp_path / "bench.json")
    assert (code, rows[0]["value"], rows[0]["ok"]) == (0, 0, True)


def test_a_peer_that_is_not_installed_is_named_and_the_row_stands_by_its_own_limit(
    display: VirtualDisplay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    shadow("pyautogui", tmp_path, monkeypatch)
    code, rows = bench("click", file=tmp_path / "bench.json")
    assert code == 0
    assert rows[0]["value"] > 0
    assert (rows[0]["peer_value"], rows[0]["ratio"], rows[0]["ok"]) == (None, None, True)
    assert "not installed or does not start: ImportError: not on this machine" in capfd.readouterr().out


def test_a_target_that_is_a_ratio_cannot_be_judged_without_the_peer(
    display: VirtualDisplay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shadow("dbos", tmp_path, monkeypatch)
    code, rows = bench("engine.step", file=tmp_path / "bench.json")
    assert (code, rows[0]["peer_value"], rows[0]["ok"]) == (0, None, None)


def test_a_row_that_cannot_be_measured_here_counts_as_missed_and_says_why(
    display: VirtualDisplay, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    Home.of_user().save_settings(Settings(tessdata=str(tmp_path)))  # a folder without any language
    code, rows = bench("find.text", file=tmp_path / "bench.json")
    assert (code, rows[0]["value"], rows[0]["ok"]) == (1, None, False)
    assert "find.text: " in capfd.readouterr().out


def test_a_name_that_no_row_has_is_refused_with_the_names_there_are(tmp_path: Path) -> None:
    with pytest.raises(AgentError, match="no row “captrue”") as refused:
        bench("captrue", file=tmp_path / "bench.json")
    assert "capture.full" in str(refused.value.values["known"])
    assert not list(tmp_path.glob("bench*"))


def test_a_file_that_cannot_be_written_is_refused_before_anything_is_measured(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(AgentError, match="cannot be written"):
        bench("click", file=tmp_path / "no such folder" / "bench.json")
    assert "click" not in capfd.readouterr().err

"""Settings and folders: defaults, a damaged file, a crash while saving."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.core.errors import AgentError
from agent.settings import Home, Settings


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert Home(tmp_path).load_settings() == Settings()


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    home = Home(tmp_path / "new")
    home.save_settings(Settings(language="de", ocr_languages="deu"))
    assert home.load_settings() == Settings(language="de", ocr_languages="deu")
    assert [file.name for file in home.root.iterdir()] == ["settings.json"]


@pytest.mark.parametrize("content", ["{", "[]", '{"theme": "pink"}', '{"ocr_languages": "deu; rm"}', "\x00"])
def test_a_damaged_file_is_named_and_kept(content: str, tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.settings_file.write_text(content, encoding="utf-8")
    with pytest.raises(AgentError, match=r"settings\.json") as caught:
        home.load_settings()
    assert caught.value.hint
    assert home.settings_file.read_text(encoding="utf-8") == content


def test_the_home_is_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TLA_HOME", str(tmp_path / "here"))
    assert Home.of_user().root == tmp_path / "here"


def test_a_setting_of_a_newer_program_is_passed_over(tmp_path: Path) -> None:
    Home(tmp_path).settings_file.write_text('{"theme": "dark", "from_the_future": 1}', encoding="utf-8")
    assert Home(tmp_path).load_settings().theme == "dark"

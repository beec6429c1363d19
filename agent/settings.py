"""What the user can set, and where the program keeps its files."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from agent.core.devices import Manners
from agent.core.errors import ActionError, AgentError
from agent.core.keys import MODIFIERS, key_name

NAME = "trusted-login-agent"

_ALONE = frozenset({"pause", "scrolllock", *(f"f{number}" for number in range(1, 25))})
"""Keys that nobody types with: they may stop everything without another key."""


class Settings(BaseModel):
    """Every setting with its default. Titles and descriptions are what the settings form shows."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    language: Literal["", "en", "de"] = Field("", title="Language", description="Empty: as the system.")
    theme: Literal["system", "light", "dark"] = Field("system", title="Theme")
    ocr_languages: str = Field(
        "deu+eng",
        title="OCR languages",
        pattern=r"^[A-Za-z_]+(\+[A-Za-z_]+)*$",
        description="As Tesseract names them, joined by +.",
    )
    ocr_min_confidence: float = Field(60, title="OCR confidence", ge=0, le=100)
    tessdata: str = Field("", title="OCR data folder", description="Empty: found by itself.")
    ocr_cache_minutes: float = Field(
        5, title="Remember texts", ge=0, le=1440, description="So many minutes. Text that is known is not read again."
    )
    ocr_cache_mb: int = Field(32, title="Memory for texts", ge=1, le=1024, description="In MB, for whole pictures.")
    step_threads: int = Field(64, title="Steps at once", ge=1, le=512)
    give_way: bool = Field(
        True, title="Give way to me", description="Halt a workflow while I use mouse or keyboard at its step."
    )
    give_way_s: float = Field(
        3, title="Go on after", ge=0.5, le=600, description="So many seconds without mouse or keyboard."
    )
    stop_keys: str = Field(
        "ctrl+alt+pause",
        title="Stop keys",
        description="Pressed together, they stop every workflow at once. Empty: none.",
    )
    stop_corner: Literal["", "top_left", "top_right", "bottom_left", "bottom_right"] = Field(
        "top_left", title="Stop corner", description="Pushing the mouse there stops every workflow. Empty: none."
    )

    @field_validator("stop_keys")
    @classmethod
    def _stop_keys_are_known(cls, text: str) -> str:
        try:
            combination = "+".join(map(key_name, text.split("+"))) if text else ""
        except ActionError as error:
            raise ValueError(str(error)) from None
        if combination and combination not in _ALONE and not set(combination.split("+")) & set(MODIFIERS):
            raise ValueError("a plain key would stop everything whenever somebody types; put ctrl+alt before it")
        return combination

    @property
    def manners(self) -> Manners:
        """How we behave towards the person at the machine."""
        keys = tuple(self.stop_keys.split("+")) if self.stop_keys else ()
        return Manners(self.give_way, self.give_way_s, keys, self.stop_corner or None)


@dataclass(frozen=True, slots=True)
class Home:
    """The program's own folders. `Home.of_user()` honours the environment variable TLA_HOME."""

    root: Path

    @classmethod
    def of_user(cls) -> Home:
        """Where the system keeps an application's data for this user."""
        told = os.environ.get("TLA_HOME")
        return cls(Path(told).expanduser() if told else Path(platformdirs.user_data_dir(NAME, appauthor=False)))

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.root / "agent.db"

    @property
    def log_file(self) -> Path:
        """What the program did, for whoever looks for a fault."""
        return self.root / "agent.log"

    @property
    def runs(self) -> Path:
        """One folder a run: screenshots, written files, report."""
        return self.root / "runs"

    @property
    def workflows(self) -> Path:
        """The user's own workflows, ``*.workflow.json``."""
        return self.root / "workflows"

    @property
    def settings_file(self) -> Path:
        """The settings, as JSON."""
        return self.root / "settings.json"

    def load_settings(self) -> Settings:
        """The saved settings; the defaults where none are. Raises AgentError for a damaged file."""
        try:
            return Settings.model_validate(json.loads(self.settings_file.read_bytes()))
        except (FileNotFoundError, NotADirectoryError):
            return Settings()
        except (OSError, ValueError, ValidationError) as error:
            raise AgentError(
                "The settings file {path} cannot be read: {reason}.",
                "Correct the file, or delete it to start with the defaults.",
                path=self.settings_file,
                reason=_first_line(error),
            ) from error

    def save_settings(self, settings: Settings) -> None:
        """Write the settings so that a crash leaves the old or the new file, never half of one."""
        self.root.mkdir(parents=True, exist_ok=True)
        part = self.settings_file.with_suffix(".part")
        part.write_text(settings.model_dump_json(indent=2) + "\n", encoding="utf-8")
        part.replace(self.settings_file)


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error).splitlines()[0]

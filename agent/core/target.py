"""`Target` says where on the screen; finding it gives a `Match`. `WindowQuery` says which window."""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from agent.core.geometry import Point, Region


@dataclass(frozen=True, slots=True)
class WindowInfo:
    """A top-level window as it was a moment ago."""

    id: int
    """The system's own handle: X11 window id, HWND, CGWindowID."""
    title: str
    region: Region
    """The window with its frame where the system tells it, else the content."""
    pid: int = 0
    process: str = ""
    """The program's file name, for example ``mousepad`` or ``excel.exe``; empty when unknown."""
    class_name: str = ""
    active: bool = False
    minimized: bool = False

    def __str__(self) -> str:
        return f'"{self.title}"' if self.title else f"0x{self.id:x}"


@lru_cache(maxsize=256)
def _pattern(wildcard: str) -> re.Pattern[str]:
    """The wildcard (``*`` and ``?``) as a pattern for the whole text, upper and lower case alike."""
    return re.compile(fnmatch.translate(wildcard.casefold()))


class WindowQuery(BaseModel):
    """Which window: by title (with ``*`` and ``?``), regular expression, program or class; all given must fit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str | None = Field(None, title="Title", description="The whole title; * stands for any text.")
    regex: str | None = Field(None, title="Regular expression", description="Searched in the title.", max_length=500)
    process: str | None = Field(None, title="Program", description="The program's file name, such as excel.exe.")
    class_name: str | None = Field(None, title="Window class")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not any((self.title, self.regex, self.process, self.class_name)):
            raise ValueError("name the window by title, regex, process or class_name")
        return self

    @field_validator("regex")
    @classmethod
    def _regex_compiles(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                re.compile(value)
            except re.error as error:
                raise ValueError(f"not a regular expression: {error}") from error
        return value

    def fits(self, window: WindowInfo) -> bool:
        """Whether this window is meant."""
        return (
            (self.title is None or bool(_pattern(self.title).match(window.title.casefold())))
            and (self.regex is None or bool(re.search(self.regex, window.title)))
            and (self.process is None or bool(_pattern(self.process).match(window.process.casefold())))
            and (self.class_name is None or bool(_pattern(self.class_name).match(window.class_name.casefold())))
        )

    def __str__(self) -> str:
        parts = [
            self.title and f'"{self.title}"',
            self.regex and f"/{self.regex}/",
            self.process,
            self.class_name,
        ]
        return " ".join(part for part in parts if part)


def _window_from_text(value: Any) -> Any:
    """A plain text is a title: ``"window": "Orders*"``."""
    return {"title": value} if isinstance(value, str) else value


Window = Annotated[WindowQuery, BeforeValidator(_window_from_text)]
"""A `WindowQuery` field that also takes a plain title."""


class Target(BaseModel):
    """Where on the screen: exactly one of `text`, `image`, `anchor`, `region` or `point`, and how sure to be.

    A plain text is short for ``{"text": ...}``. `text` may list alternatives (``["User name", "Benutzername"]``)
    so that one workflow serves an application in two languages.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str | tuple[str, ...] | None = Field(
        None, title="Text", description="The text on the screen, or a list of alternatives."
    )
    image: str | None = Field(None, title="Image", description="A PNG file, beside the workflow or absolute.")
    anchor: Target | None = Field(None, title="Anchor", description="Another target; the offset is taken from it.")
    offset: tuple[int, int] = Field(
        (0, 0), title="Offset", description="Pixels to the right and down from the middle of the match."
    )
    region: Region | None = Field(
        None, title="Region", description="With text or image: where to look. Alone: its middle is meant."
    )
    point: Point | None = Field(None, title="Point")
    window: Window | None = Field(None, title="Window", description="Look in this window only, and act only on it.")
    min_confidence: float = Field(0.8, title="Confidence", ge=0.0, le=1.0)
    occurrence: int | None = Field(
        None,
        title="Occurrence",
        ge=1,
        description="Which one, from the top left. Without it there must be just one.",
    )

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value

    @field_validator("text")
    @classmethod
    def _text_is_there(cls, value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        if value is not None and not all(text.strip() for text in ([value] if isinstance(value, str) else value)):
            raise ValueError("the text is empty")
        return value

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [
            self.text is not None,
            self.image is not None,
            self.anchor is not None,
            self.point is not None,
        ]
        if sum(kinds) > 1 or not (any(kinds) or self.region is not None):
            raise ValueError("give one of text, image, anchor, region or point")
        return self

    @property
    def texts(self) -> tuple[str, ...]:
        """The alternatives of `text`, as a tuple in any case."""
        return (self.text,) if isinstance(self.text, str) else (self.text or ())

    def __str__(self) -> str:
        if self.anchor is not None:
            return f"{self.anchor} {self.offset[0]:+d},{self.offset[1]:+d}"
        if self.text is not None:
            return " / ".join(f'"{text}"' for text in self.texts)
        return self.image or str(self.point or self.region)


class Match(BaseModel):
    """Where a target was found."""

    model_config = ConfigDict(frozen=True)

    rect: Region
    point: Point
    """Where to click: the middle of `rect` plus the target's offset."""
    confidence: float
    method: str
    """How it was found: ``text``, ``image-exact``, ``image``, ``region`` or ``point``."""
    monitor: int = 0
    text: str = ""
    """What was read there, for a text target."""
    window_id: int = 0
    """The window it lies in when the target named one, else 0."""

"""`Target` says where on the screen; finding it gives a `Match`. `WindowQuery` says which window."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from agent.core.element import ElementField
from agent.core.geometry import Point, Region
from agent.core.relation import Relation
from agent.core.wildcard import fits

Comparison = Literal["best", "exact", "contains", "regex", "fuzzy"]
Scales = Literal["same", "likely", "sweep"]
WindowState = Literal["normal", "minimised", "maximised", "fullscreen"]
Kind = Literal["text", "image", "element"]
"""The kinds of evidence by which a place is recognised."""

_LONGEST_PATTERN = 400
_MOST_REPEATS = 10_000


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
    maximized: bool = False
    fullscreen: bool = False
    elsewhere: bool = False
    """It lies on another workspace than the one that is shown."""
    elevated: bool = False
    """Its program has more rights than we have, so the system hands it no input of ours (Windows)."""

    @property
    def state(self) -> WindowState:
        """How it is shown."""
        if self.minimized:
            return "minimised"
        if self.fullscreen:
            return "fullscreen"
        return "maximised" if self.maximized else "normal"

    def __str__(self) -> str:
        return f'"{self.title}"' if self.title else f"0x{self.id:x}"


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
            fits(self.title, window.title)
            and (self.regex is None or bool(re.search(self.regex, window.title)))
            and fits(self.process, window.process)
            and fits(self.class_name, window.class_name)
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
    """Where on the screen, and how sure to be.

    A plain text is short for ``{"text": ...}``. `text` may list alternatives (``["User name", "Benutzername"]``)
    so that one workflow serves an application in two languages.

    - `text`, `image` and `element` are evidence; with several of them all must point to the same place, and each that
      is missing lowers the confidence (`agent.vision.evidence` has the rule).
    - `anchor` alone: the place that lies `offset` from it. With evidence and a `relation`: of the places that fit, the
      nearest in that direction (``{"text": "Edit", "anchor": "Invoice 4711", "relation": "right_of"}``).
    - `region` alone: its middle. `point`: just there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str | tuple[str, ...] | None = Field(
        None, title="Text", description="The text on the screen, or a list of alternatives."
    )
    compare: Comparison = Field(
        "best",
        title="Comparison",
        description="best: exactly this text, else what is most like it. exact: alone in its label, cell or button. "
        "contains: a part is enough. regex: a regular expression. fuzzy: the likeness alone decides.",
    )
    match_case: bool = Field(
        False, title="Match case", description="Upper and lower case letters are different: “open” is not “Open”."
    )
    fold_umlauts: bool = Field(
        False, title="Fold umlauts", description="“Groesse” is also “Größe”, and the other way round."
    )
    image: str | None = Field(None, title="Image", description="A PNG file, beside the workflow or absolute.")
    scales: Scales = Field(
        "likely",
        title="Sizes",
        description="same: only as large as the image is. likely: also in the size that fits this screen's scale. "
        "sweep: at last in all sizes from 50 to 300 %, which takes a second.",
    )
    element: ElementField | None = Field(
        None, title="UI element", description="A button, field or other element, as the system names it."
    )
    anchor: Target | None = Field(
        None, title="Anchor", description="Another target; the offset or the relation is taken from it."
    )
    relation: Relation | None = Field(
        None,
        title="Relation",
        description="On which side of the anchor the text, image or element lies; the nearest one is meant.",
    )
    offset: tuple[int, int] = Field(
        (0, 0), title="Offset", description="Pixels to the right and down from the middle of the match."
    )
    region: Region | None = Field(
        None, title="Region", description="With text, image or element: where to look. Alone: its middle is meant."
    )
    point: Point | None = Field(None, title="Point")
    window: Window | None = Field(None, title="Window", description="Look in this window only, and act only on it.")
    min_confidence: float = Field(0.8, title="Confidence", ge=0.0, le=1.0)
    occurrence: int | None = Field(
        None,
        title="Occurrence",
        ge=1,
        description="Which one, from the top left, or from the anchor if there is a relation. "
        "Without it there must be just one.",
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
    def _says_one_place(self) -> Self:
        if self.kinds:
            if self.point is not None:
                raise ValueError("a point needs no text, image or element: give one or the other")
            if (self.anchor is None) != (self.relation is None):
                raise ValueError("with text, image or element, give anchor and relation together")
        elif self.relation is not None:
            raise ValueError("say by text, image or element what lies on that side of the anchor")
        elif (self.anchor is not None) + (self.point is not None) > 1 or not (
            self.anchor is not None or self.point is not None or self.region is not None
        ):
            raise ValueError("give one of text, image, element, anchor, region or point")
        return self

    @model_validator(mode="after")
    def _patterns_compile(self) -> Self:
        for pattern in self.texts if self.compare == "regex" else ():
            _check_pattern(pattern)
        return self

    @property
    def texts(self) -> tuple[str, ...]:
        """The alternatives of `text`, as a tuple in any case."""
        return (self.text,) if isinstance(self.text, str) else (self.text or ())

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of evidence that are given."""
        given: dict[Kind, bool] = {
            "text": bool(self.texts),
            "image": self.image is not None,
            "element": self.element is not None,
        }
        return tuple(kind for kind, is_given in given.items() if is_given)

    def __str__(self) -> str:
        if self.anchor is not None and self.relation is None:
            return f"{self.anchor} {self.offset[0]:+d},{self.offset[1]:+d}"
        marks = "//" if self.compare == "regex" else '""'
        parts = [
            " / ".join(f"{marks[0]}{text}{marks[1]}" for text in self.texts),
            self.image and Path(self.image).name,
            self.element,
        ]
        evidence = " + ".join(str(part) for part in parts if part)
        if self.anchor is not None:
            return f"{evidence} {self.relation} {self.anchor}"
        return evidence or str(self.point or self.region)


def _check_pattern(pattern: str) -> None:
    """Raise ValueError for what is no regular expression, or takes too long to be made into one."""
    # The dialect of the search itself (`agent.vision.match_text`), which can give up.
    import regex  # type: ignore[import-untyped]  # it ships no type information

    if len(pattern) > _LONGEST_PATTERN:
        raise ValueError(f"a regular expression has at most {_LONGEST_PATTERN} characters")
    # Counts inside counts are written out when the expression is compiled: a million letters in ten characters.
    if math.prod(int(count) or 1 for count in re.findall(r"\{(\d{1,9})", pattern)) > _MOST_REPEATS:
        raise ValueError("the counts in braces repeat too much")
    try:
        regex.compile(pattern)
    except regex.error as error:
        raise ValueError(f"not a regular expression: {error}") from error


class Match(BaseModel):
    """Where a target was found."""

    model_config = ConfigDict(frozen=True)

    rect: Region
    point: Point
    """Where to click: the middle of `rect` plus the target's offset."""
    confidence: float
    method: str
    """How it was found: ``text``, ``image-exact``, ``image``, ``image-scaled``, ``element``, several of these
    joined by ``+``, ``region`` or ``point``."""
    monitor: int = 0
    text: str = ""
    """What was read there, for a text target."""
    window_id: int = 0
    """The window it lies in when the target named one, else 0."""

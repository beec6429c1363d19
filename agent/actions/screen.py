"""Actions that look: find, wait, read text, take a screenshot. They change nothing."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, Field, field_validator, model_validator

from agent.actions.file import cannot_write
from agent.actions.place import find_window, within
from agent.actions.waiting import wait_for
from agent.core.action import Action
from agent.core.context import Context, ReadMode
from agent.core.errors import ActionError, AmbiguousTarget, NotInTime, TargetNotFound, WindowNotFound
from agent.core.geometry import Region
from agent.core.target import Match, Target, Window
from agent.core.text import Word


class Find(
    Action,
    id="screen.find",
    label="Find",
    icon="find",
    category="Screen",
    uses={"desktop"},
    effect="pure",
    keywords=("find image", "find text", "locate", "search", "suchen", "Bild finden", "Text finden"),
):
    """Find a text, an image or another target on the screen, and tell where it is.

    Nothing is clicked. When the target is not there, the step fails and names the closest thing that was seen.
    When it is there more than once, say which by its occurrence, or ask for all.
    """

    target: Target = Field(title="What", description="The text, image or place to find.")
    all: bool = Field(False, title="All", description="Find every place that fits, not just the only one.")

    class Result(BaseModel):
        match: Match = Field(title="Match", description="The place; the first from the top left when all were asked.")
        matches: tuple[Match, ...] = Field(title="Matches", description="Every place, from the top left.")

    def run(self, context: Context) -> Result:
        # With nothing there, the search for the first of all tells what came closest.
        found = context.find_all(self.target) if self.all else ()
        matches = found or (context.find(self._first() if self.all else self.target),)
        return self.Result(match=matches[0], matches=matches)

    def _first(self) -> Target:
        return self.target.model_copy(update={"occurrence": 1})


class Wait(
    Action,
    id="screen.wait",
    label="Wait for",
    icon="wait",
    category="Screen",
    uses={"desktop"},
    effect="pure",
    keywords=("wait for image", "wait for text", "vanish", "appear", "warten", "erscheint", "verschwindet"),
):
    """Wait until a text, an image or another target appears on the screen, or until it is gone.

    It looks ten times a second, for as long as the step's timeout allows, and goes on at once when it happens.
    """

    target: Target = Field(title="What", description="The text, image or place to wait for.")
    state: Literal["appear", "vanish"] = Field(
        "appear", title="Until", description="appear: until it is there. vanish: until it is gone."
    )

    class Result(BaseModel):
        match: Match | None = Field(None, title="Match", description="Where it appeared; nothing after vanish.")
        waited_s: float = Field(title="Waited (s)", description="How long it took.")

    def run(self, context: Context) -> Result:
        started = time.monotonic()
        match = None
        if self.state == "appear":
            match = self._appeared(context)
        else:
            self._vanished(context)
        return self.Result(match=match, waited_s=round(time.monotonic() - started, 3))

    def _appeared(self, context: Context) -> Match:
        last: TargetNotFound | AmbiguousTarget | WindowNotFound | None = None

        def look() -> Match | None:
            nonlocal last
            try:
                return context.find(self.target)
            except (TargetNotFound, AmbiguousTarget, WindowNotFound) as error:
                last = error
                return None

        match = wait_for(context, look)
        if match is None and isinstance(last, TargetNotFound):
            # The hint is the last look's own: it names the closest candidate.
            hint = last.hint or "Correct the target, or raise the step's timeout."
            raise NotInTime(
                "{target} did not appear in time.", hint, **(last.values | {"target": str(self.target)})
            ) from last
        if match is None:
            raise last or NotInTime("{target} did not appear in time.", target=self.target)
        return match

    def _vanished(self, context: Context) -> None:
        def look() -> bool | None:
            try:
                return None if context.find_all(self.target) else True
            except WindowNotFound:
                return True  # the window took it along

        if wait_for(context, look) is None:
            raise NotInTime(
                "{target} was still there at the end.",
                "Raise the step's timeout, or check what keeps it on the screen.",
                target=self.target,
            )


class WordRead(BaseModel):
    """One word on the screen."""

    text: str
    x: int
    y: int
    width: int
    height: int
    confidence: float

    @classmethod
    def of(cls, word: Word) -> Self:
        """The word with its rectangle laid flat, so that an expression reaches it with one dot."""
        rect = word.rect
        return cls(text=word.text, x=rect.x, y=rect.y, width=rect.width, height=rect.height, confidence=word.confidence)


class ReadText(
    Action,
    id="screen.read_text",
    label="Read text",
    icon="read_text",
    category="Screen",
    uses={"desktop"},
    effect="pure",
    keywords=("OCR", "extract text", "get text", "scrape", "Text lesen", "Texterkennung", "auslesen"),
):
    """Read the text that is on the screen (OCR): of a region, of a window, or at a target.

    Without any of these the whole screen is read, which takes longest. Choose “number” for amounts and codes:
    then letters are not mistaken for digits.
    """

    target: Target | None = Field(
        None, title="At", description="Read what lies at this target; with a region, measured from its top left corner."
    )
    window: Window | None = Field(
        None, title="Window", description="Read this window; with a target, look for the target in it."
    )
    region: Region | None = Field(
        None,
        title="Region",
        description="The part to read, counted from the top left corner of the target or window, if one is given.",
    )
    languages: str | None = Field(
        None,
        title="Languages",
        description="As Tesseract names them, joined by +, such as deu+eng. Empty: as in the settings.",
        pattern=r"^[A-Za-z_]+(\+[A-Za-z_]+)*$",
    )
    mode: ReadMode = Field(
        "block", title="Mode", description="line: a single line. block: everything. number: digits and their signs."
    )
    min_confidence: float | None = Field(
        None,
        title="Confidence",
        description="Leave out words that are less certain, 0 to 100. Empty: as in the settings.",
        ge=0,
        le=100,
    )

    class Result(BaseModel):
        text: str = Field(title="Text", description="All that was read, one line under the other.")
        lines: tuple[str, ...] = Field(title="Lines", description="The same, as a list of lines.")
        words: tuple[WordRead, ...] = Field(
            title="Words", description="Every word with its place (x, y, width, height) and confidence."
        )
        confidence: float = Field(title="Confidence", description="The mean of all words, 0 to 100.")

    def run(self, context: Context) -> Result:
        read = context.read(
            self._place(context), languages=self.languages, mode=self.mode, min_confidence=self.min_confidence
        )
        return self.Result(
            text=read.text,
            lines=tuple(line.text for line in read.lines),
            words=tuple(WordRead.of(word) for word in read.words),
            confidence=round(read.confidence, 2),
        )

    def _place(self, context: Context) -> Region | None:
        if self.target is not None:
            return _part(context.find(within(self.target, self.window)).rect, self.region)
        if self.window is not None:
            return _part(find_window(context, self.window).region, self.region)
        return self.region


class Screenshot(
    Action,
    id="screen.screenshot",
    label="Take a screenshot",
    icon="screenshot",
    category="Screen",
    uses={"desktop"},
    effect="idempotent",
    keywords=("capture", "picture", "image", "Bildschirmfoto", "Bildschirmaufnahme", "Bild speichern"),
):
    """Save a picture of the screen, of one monitor, a window or a region, as a PNG file.

    Places where secrets were typed in this run are painted over. A window is pictured as it is: what covers it
    is in the picture too.
    """

    monitor: int | None = Field(None, title="Monitor", description="1 is the primary one.", ge=1, le=64)
    window: Window | None = Field(None, title="Window", description="Picture this window only.")
    region: Region | None = Field(
        None,
        title="Region",
        description="The part to picture, counted from the window's or monitor's corner, if one is given.",
    )
    file: str = Field(
        "",
        title="File",
        description="Where to save it, ending in .png; relative names lie in the run's folder. "
        "Empty: a new file there.",
        max_length=1000,
    )

    class Result(BaseModel):
        image: str = Field(title="Image", description="The file's name.")
        path: str = Field(title="Path", description="The file with its folder.")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.monitor is not None and self.window is not None:
            raise ValueError("give a monitor or a window, not both")
        return self

    @field_validator("file")
    @classmethod
    def _is_png(cls, value: str) -> str:
        if value and Path(value).suffix.lower() != ".png":
            raise ValueError("the file must end in .png")
        return value

    def run(self, context: Context) -> Result:
        region = self._place(context)
        path = context.path(self.file) if self.file else _free(context.folder / "screenshot.png")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            saved = context.screenshot(str(path.with_suffix("")), region)
        except OSError as error:
            raise cannot_write(path, error) from error
        return self.Result(image=saved.name, path=str(saved))

    def _place(self, context: Context) -> Region | None:
        if self.window is not None:
            return _part(find_window(context, self.window).region, self.region)
        if self.monitor is not None:
            monitors = context.screen.monitors()
            if self.monitor > len(monitors):
                raise ActionError(
                    "There is no monitor {number}, only {count}.",
                    "Choose another monitor, or none for all of them.",
                    number=self.monitor,
                    count=len(monitors),
                )
            return _part(monitors[self.monitor - 1].region, self.region)
        return self.region


def _part(whole: Region, part: Region | None) -> Region:
    """`part`, which is counted from the corner of `whole`, on the screen."""
    return whole if part is None else part.moved(whole.x, whole.y)


def _free(path: Path) -> Path:
    """The first of ``screenshot-1.png``, ``screenshot-2.png`` … that is not there yet."""
    number = 1
    while (free := path.with_stem(f"{path.stem}-{number}")).exists():
        number += 1
    return free

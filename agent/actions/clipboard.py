"""Actions of the clipboard."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Self

from pydantic import BaseModel, Field, model_validator

from agent.actions.file import cannot_write
from agent.core.action import Action
from agent.core.clipboard import Clip, ClipFormat
from agent.core.context import Context
from agent.core.errors import ActionError

_PNG = b"\x89PNG\r\n\x1a\n"


class Get(
    Action,
    id="clipboard.get",
    label="Read the clipboard",
    icon="clipboard",
    category="Clipboard",
    uses={"desktop"},
    effect="idempotent",
    keywords=("paste", "copied text", "Zwischenablage", "Zwischenablage lesen", "einfügen", "Kopiertes"),
):
    """Read what was copied last: text, HTML, a picture or files.

    A picture is saved as a PNG file in the run's folder, and its path is the value. Of files the value is the list of
    their paths.
    """

    format: ClipFormat = Field("text", title="Format", description="text, html, image or files.")

    class Result(BaseModel):
        value: str | tuple[str, ...] = Field(title="Value", description="The text, the path, or the list of paths.")

    def run(self, context: Context) -> Result:
        value = self._value(context)
        if not value:
            raise ActionError(
                "The clipboard holds no {format}.",
                "It holds: {held}. Copy something first, or choose another format.",
                format=self.format,
                held=", ".join(sorted(context.clipboard.formats())) or "–",
            )
        return self.Result(value=value)

    def _value(self, context: Context) -> str | tuple[str, ...]:
        match self.format:
            case "text":
                return context.clipboard.text()
            case "html":
                return context.clipboard.html()
            case "files":
                return tuple(map(str, context.clipboard.files()))
            case "image":
                picture = context.clipboard.image()
                return str(_saved(context, picture)) if picture else ""


class Set(
    Action,
    id="clipboard.set",
    label="Copy to the clipboard",
    icon="clipboard_set",
    category="Clipboard",
    uses={"desktop"},
    effect="idempotent",
    keywords=("copy", "set clipboard", "Zwischenablage", "in die Zwischenablage", "kopieren"),
):
    """Put a text, HTML, a picture or files on the clipboard, to be pasted by a person or a later step.

    Every program can read the clipboard, so passwords do not belong there: use *Type a secret*.
    """

    format: ClipFormat = Field("text", title="Format", description="text, html, image or files.")
    value: str | tuple[str, ...] = Field(
        title="Value",
        description="The text or HTML; for image the path of a PNG file; for files a path or a list of paths. "
        "Relative names lie in the run's folder.",
        max_length=1_000_000,
    )
    restore_after: float | None = Field(
        None,
        title="Restore after (s)",
        description="After so many seconds the clipboard holds again what it held, unless something else was copied.",
        gt=0,
        le=86_400,
    )

    class Result(BaseModel):
        value: str | tuple[str, ...] = Field(title="Value", description="What was put there.")

    @model_validator(mode="after")
    def _value_fits(self) -> Self:
        if isinstance(self.value, tuple) and self.format != "files":
            raise ValueError("only files can be a list")
        return self

    def run(self, context: Context) -> Result:
        clip = self._clip(context)
        before = context.clipboard.snapshot() if self.restore_after is not None else None
        context.clipboard.set(clip)
        if before is not None and self.restore_after is not None:
            context.clipboard.restore_later(before, self.restore_after)
        return self.Result(value=self.value)

    def _clip(self, context: Context) -> Clip:
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        match self.format:
            case "text":
                return Clip(text=values[0])
            case "html":
                return Clip(text=_without_tags(values[0]), html=values[0])
            case "files":
                return Clip(files=tuple(_there(context.path(name)) for name in values))
            case "image":
                return Clip(image=_picture(_there(context.path(values[0]))))


def _saved(context: Context, picture: bytes) -> Path:
    """Write it as a new file in the run's folder."""
    stem = f"{context.node_id or 'step'}-clipboard"
    path = context.path(f"{stem}.png")
    number = 1
    while path.exists():
        number += 1
        path = context.path(f"{stem}-{number}.png")
    try:
        path.write_bytes(picture)
    except OSError as error:
        raise cannot_write(path, error) from error
    return path


def _there(path: Path) -> Path:
    if not path.exists():
        raise ActionError(
            "There is no file {path}.", "Correct the path; relative names lie in the run's folder.", path=path
        )
    return path


def _picture(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ActionError(
            "The file {path} cannot be read: {reason}.", "Check the path.", path=path, reason=error.strerror or error
        ) from error
    if not data.startswith(_PNG):
        raise ActionError("The file {path} is no PNG picture.", "Save it as PNG first.", path=path)
    return data


def _without_tags(text: str) -> str:
    """The HTML as plain text, for programs that take no HTML."""
    reader = _Plain()
    reader.feed(text)
    reader.close()
    return "".join(reader.words).strip()


class _Plain(HTMLParser):
    """Keeps the words, and begins a new line for each block."""

    _BLOCKS = frozenset("br p div li tr h1 h2 h3 h4 h5 h6 table ul ol pre".split())
    _UNSEEN = frozenset({"script", "style", "head", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in self._UNSEEN
        if tag in self._BLOCKS and self.words:
            self.words.append("\n")
        elif tag in ("td", "th") and self.words and self.words[-1] != "\n":
            self.words.append("\t")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in self._UNSEEN and self._unseen > 0

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words.append(data)

"""Actions that read text from the screen."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BaseModel, Field

from agent.actions.place import find_window, part_of, within
from agent.core.action import Action
from agent.core.context import Context, ReadMode
from agent.core.errors import ActionError
from agent.core.geometry import Region
from agent.core.target import Target, Window
from agent.core.text import Word

Languages = Annotated[
    str | None,
    Field(
        title="Languages",
        description="As Tesseract names them, joined by +, such as deu+eng. Empty: as in the settings.",
        pattern=r"^[A-Za-z_]+(\+[A-Za-z_]+)*$",
    ),
]
Confidence = Annotated[
    float | None,
    Field(
        title="Confidence",
        description="Leave out words that are less certain, 0 to 100. Empty: as in the settings.",
        ge=0,
        le=100,
    ),
]


class Reading(Action):
    """The base of all that read: where to read. Not a node type itself."""

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

    def place(self, context: Context) -> Region | None:
        """The part of the screen to read, as it is now; None for all of it."""
        if self.target is not None:
            return part_of(context.find(within(self.target, self.window)).rect, self.region)
        if self.window is not None:
            return part_of(find_window(context, self.window).region, self.region)
        return self.region


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
    Reading,
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

    languages: Languages = None
    mode: ReadMode = Field(
        "block", title="Mode", description="line: a single line. block: everything. number: digits and their signs."
    )
    min_confidence: Confidence = None

    class Result(BaseModel):
        text: str = Field(title="Text", description="All that was read, one line under the other.")
        lines: tuple[str, ...] = Field(title="Lines", description="The same, as a list of lines.")
        words: tuple[WordRead, ...] = Field(
            title="Words", description="Every word with its place (x, y, width, height) and confidence."
        )
        confidence: float = Field(title="Confidence", description="The mean of all words, 0 to 100.")

    def run(self, context: Context) -> Result:
        read = context.read(
            self.place(context), languages=self.languages, mode=self.mode, min_confidence=self.min_confidence
        )
        return self.Result(
            text=read.text,
            lines=tuple(line.text for line in read.lines),
            words=tuple(WordRead.of(word) for word in read.words),
            confidence=round(read.confidence, 2),
        )


class ReadTable(
    Reading,
    id="screen.read_table",
    label="Read a table",
    icon="read_table",
    category="Screen",
    uses={"desktop"},
    effect="pure",
    keywords=("extract table", "grid", "scrape table", "data table", "Tabelle lesen", "Tabelle auslesen", "Zeilen"),
):
    """Read a table that is on the screen (OCR): its columns by name, and its rows.

    Rows and columns are known by how the text is aligned, so lines between the cells are not needed. Choose a window
    or region that holds the table and little else. The rows fit into “For each” and “Write a table”.
    """

    header: bool = Field(True, title="Header", description="Whether the first row holds the names of the columns.")
    languages: Languages = None
    min_confidence: Confidence = None

    class Result(BaseModel):
        columns: tuple[str, ...] = Field(
            title="Columns", description="The names of the columns, from the left; empty texts without a header."
        )
        rows: tuple[tuple[str, ...], ...] = Field(
            title="Rows", description="Each row as a list of texts, in the order of the columns."
        )
        records: tuple[dict[str, Any], ...] = Field(
            title="Records",
            description="Each row by the names of its columns; a column without a name has its number, from 1.",
        )
        least_confidence: float = Field(
            title="Least confidence", description="Of the cell that is least certain, 0 to 100."
        )

    def run(self, context: Context) -> Result:
        table = context.read_table(
            self.place(context), header=self.header, languages=self.languages, min_confidence=self.min_confidence
        )
        if table.reason is not None:
            raise ActionError(table.reason.message, table.reason.hint, **table.reason.values)
        sure = (confidence for row in table.confidences for confidence in row)
        return self.Result(
            columns=table.columns,
            rows=table.rows,
            records=table.records(),
            least_confidence=round(min(sure, default=100.0), 2),
        )

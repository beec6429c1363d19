"""``tla ocr``: the text of image files or of the screen, for a person, a pipe or another program.

With ``--json`` an object for each picture, in a list when there are several files::

    {"file": "scan.png" (null for the screen), "text": "…", "confidence": 93.1, "seconds": 0.41,
     "characters_per_second": 812.0,
     "lines": [{"text": "…", "x": 4, "y": 8, "width": 310, "height": 14}],
     "words": [{"text": "…", "x": 4, "y": 8, "width": 52, "height": 14, "confidence": 96.2, "line": 0}],
     "settings": {"languages": "deu+eng", "mode": "block", "min_confidence": 60.0, "psm": null, …},
     "table": {"columns": […], "rows": [[…]], "confidences": [[…]]} or null (with --table only)}

Places are pixels of the picture, or of the virtual desktop. A file that cannot be read among several has
``{"file": "…", "error": {"type": "ActionError", "message": "…", "hint": "…"}}`` in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import typer
from pydantic import ValidationError

from agent.app import Agent
from agent.cli.console import Printer
from agent.core.errors import ActionError, AgentError
from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.ocr import OcrResult, OcrSettings
from agent.core.text import Table
from agent.core.validation import faults


def read_pictures(
    agent: Agent,
    files: Sequence[Path],
    printer: Printer,
    *,
    options: Mapping[str, Any],
    screen: bool,
    region: str,
    as_table: bool,
    as_json: bool,
) -> int:
    """Read and print; exit code 0, or that of the first picture that could not be read."""
    settings = _settings(agent, options)
    pictures = _pictures(agent, files, screen=screen, region=region)
    results = agent.ocr.read_all(pictures, settings)
    names: Sequence[Path | None] = files if files else [None]
    paper = _Paper(printer, single=len(names) == 1, as_table=as_table, as_json=as_json)
    code = 0
    for name, result in zip(names, results, strict=True):
        try:
            paper.print(name, _read(result))
        except AgentError as error:
            paper.error(name, error)
            code = code or error.exit_code
    paper.end()
    return code


def _read(result: OcrResult | AgentError) -> OcrResult:
    if isinstance(result, AgentError):
        raise result
    return result


def _settings(agent: Agent, options: Mapping[str, Any]) -> OcrSettings:
    """The user's settings with the options of this command. Raises AgentError for one that makes no sense."""
    told = agent.ocr.settings.model_dump() | dict(options)
    try:
        return OcrSettings.model_validate(told)
    except ValidationError as error:
        first = faults(error, OcrSettings, told)[0]
        raise AgentError(first.message, first.hint, **first.values) from error


def _pictures(agent: Agent, files: Sequence[Path], *, screen: bool, region: str) -> Iterable[Frame | Path]:
    if screen == bool(files):
        raise AgentError("There is nothing to read, or too much.", "Name image files, or give --screen.")
    if region and not screen:
        raise AgentError("A region belongs to --screen.", "Cut the part out of the file, or read all of it.")
    return [_captured(agent, _region(region) if region else None)] if screen else files


def _captured(agent: Agent, region: Region | None) -> Frame:
    frame = agent.devices.screen.capture(region)
    if frame.region.is_empty:
        raise ActionError(
            "There is no picture of {region}, because nothing of it lies on the screen.",
            "Choose a region on one of the monitors.",
            region=region,
        )
    return frame


def _region(text: str) -> Region:
    try:
        x, y, width, height = map(int, text.split(","))
        return Region(x, y, width, height)
    except ValueError as error:  # pydantic's is one too
        raise AgentError(
            "{region} is no region.", "Give it as left,top,width,height: 0,0,800,600.", region=f"“{text}”"
        ) from error


class _Paper:
    """What the results are printed on: the text goes to the output, what is said about it to the error stream."""

    def __init__(self, printer: Printer, *, single: bool, as_table: bool, as_json: bool) -> None:
        self._printer = printer
        self._single = single
        self._as_table = as_table
        self._as_json = as_json
        self._objects: list[dict[str, Any]] = []

    def print(self, file: Path | None, result: OcrResult) -> None:
        """One picture. Raises ActionError when a table is asked for and there is none."""
        table = _table(result) if self._as_table else None
        if self._as_json:
            self._objects.append(_json(file, result) | ({"table": _table_json(table)} if table else {}))
            return
        if not self._single:
            self._printer.line(str(file), style="bold")
        if table is not None:
            if table.reason is not None:
                raise ActionError(table.reason.message, table.reason.hint, **table.reason.values)
            self._rows([table.columns, *table.rows])
        elif result.text.lines:
            self._printer.line(result.text.text)
        self._remark(result)

    def error(self, file: Path | None, error: AgentError) -> None:
        """A picture that could not be read."""
        if self._as_json and not self._single:
            message, hint = self._printer.tr.error(error)
            told = {"type": type(error).__name__, "message": message, "hint": hint}
            self._objects.append({"file": str(file), "error": told})
        else:
            self._printer.error(error)

    def end(self) -> None:
        """All pictures are through."""
        if self._as_json and self._objects:
            self._printer.json(self._objects[0] if self._single else self._objects)

    def _rows(self, rows: Sequence[Sequence[str]]) -> None:
        if self._printer.out.is_terminal:
            self._printer.value([list(row) for row in rows])
        else:  # for cut, awk and spreadsheets
            for row in rows:
                typer.echo("\t".join(row))

    def _remark(self, result: OcrResult) -> None:
        said = self._printer.tr(
            "{words} words, confidence {confidence} %, {seconds} s" if result.text.words else "No text was found.",
            words=len(result.text.words),
            confidence=round(result.text.confidence),
            seconds=f"{result.seconds:.2f}",
        )
        self._printer.err.print(said, style="dim", markup=False)


def _table(result: OcrResult) -> Table:
    from agent.vision.table import table_of

    return table_of(result.text)


def _table_json(table: Table) -> dict[str, Any] | None:
    if table.reason is not None:
        return None
    return {"columns": table.columns, "rows": table.rows, "confidences": table.confidences}


def _json(file: Path | None, result: OcrResult) -> dict[str, Any]:
    text = result.text
    return {
        "file": None if file is None else str(file),
        "text": text.text,
        "confidence": round(text.confidence, 1),
        "seconds": round(result.seconds, 3),
        "characters_per_second": round(result.characters_per_second, 1),
        "lines": [{"text": line.text, **_rect(line.rect)} for line in text.lines],
        "words": [
            {"text": word.text, **_rect(word.rect), "confidence": round(word.confidence, 1), "line": number}
            for number, line in enumerate(text.lines)
            for word in line.words
        ],
        "settings": result.settings.model_dump(),
    }


def _rect(rect: Region) -> dict[str, int]:
    return {"x": rect.x, "y": rect.y, "width": rect.width, "height": rect.height}

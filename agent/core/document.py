"""Reading and writing workflow files: canonical JSON that diffs and merges.

`dumps` writes the keys in the order of the model, one value per line, and only what differs from the default;
nodes and edges stay in the author's order, the layout is sorted by node. What it wrote it reads back and writes
again unchanged. The JSON Schema for editors: ``python -m agent.core.document > resources/schema/workflow.schema.json``
"""

from __future__ import annotations

import json
import math
import os
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError

from agent.core.errors import DocumentError, FormatTooNew
from agent.core.validation import and_more, faults, shown
from agent.core.workflow import FORMAT, Workflow

MAX_BYTES = 20 * 1024 * 1024
MAX_DEPTH = 100
SUFFIX = ".workflow.json"

Upgrade = Callable[[dict[str, Any]], dict[str, Any]]
UPGRADES: Mapping[int, Upgrade] = {}
"""Number n makes a document of format n + 1 out of one of format n."""

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_EXACT = 2**53
"""Up to here a float holds every whole number."""


def load(path: Path) -> Workflow:
    """The workflow in a file. Raises DocumentError; a file of more than 20 MB is not even read."""
    try:
        if not path.is_file():
            _no_file(path)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise DocumentError(
            "The file {path} cannot be read: {reason}.",
            "Check that you may read it.",
            path=path,
            reason=error.strerror or error,
        ) from error
    return loads(data, name=path.name)


def loads(data: str | bytes, *, name: str = "") -> Workflow:
    """The workflow in a text. One without an id takes it from the file name. Raises DocumentError."""
    document = _upgraded(_object(_decoded(data)))
    if document.get("id", "") == "":
        document["id"] = _id_from(name)
    try:
        return Workflow.model_validate(document)
    except ValidationError as error:
        raise _as_document_error(error, document) from error


def dumps(workflow: Workflow) -> str:
    """The workflow as the text of a file. Raises DocumentError for values that JSON does not have."""
    try:
        text = json.dumps(_plain(workflow), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
        text.encode()  # half a surrogate pair fails here, and not while the file is being written
    except (TypeError, ValueError, RecursionError) as error:
        raise DocumentError(
            "The workflow {name} cannot be written: {reason}.",
            "Parameters are texts, numbers, true, false, null, lists and objects.",
            name=workflow.name,
            reason=error,
        ) from error
    return text


def save(workflow: Workflow, path: Path) -> None:
    """Write the file so that a crash leaves the old or the new one, never half of one. Raises DocumentError."""
    text = dumps(workflow)
    try:
        _replace(path.resolve(), text.encode())
    except OSError as error:
        raise DocumentError(
            "The file {path} cannot be written: {reason}.",
            "Check that the folder is there, that you may write to it and that the disk is not full.",
            path=path,
            reason=error.strerror or error,
        ) from error


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a workflow file of the current format."""
    generated = Workflow.model_json_schema(by_alias=True)
    generated["properties"]["format"] = {"const": FORMAT, "default": FORMAT, "title": "Format"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "Written by: python -m agent.core.document",
        **generated,
        "title": "Workflow of the Trusted Login Agent",
    }


def upgraded(document: dict[str, Any], version: int, upgrades: Mapping[int, Upgrade], newest: int) -> dict[str, Any]:
    """The document of this version, taken step by step to the newest."""
    for step in range(version, newest):
        document = upgrades[step](document)
    return document | {"format": newest}


def _no_file(path: Path) -> NoReturn:
    if path.is_dir():
        raise DocumentError("{path} is a folder, not a workflow file.", "Name a file in it.", path=path)
    if path.exists():
        raise DocumentError("{path} is not a file that can be read.", "Name a workflow file.", path=path)
    raise DocumentError("There is no file {path}.", "Check the name, and the folder you are in.", path=path)


def _decoded(data: str | bytes) -> str:
    raw = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
    if len(raw) > MAX_BYTES:
        raise DocumentError(
            "The workflow is larger than {limit} MB.",
            "Keep data in files of their own and let the workflow read them.",
            limit=MAX_BYTES // 1024 // 1024,
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(
            "The file is not written in UTF-8: byte {byte} in line {line} does not belong there.",
            "Save it again with the encoding UTF-8.",
            byte=f"0x{raw[error.start]:02x}",
            line=raw.count(b"\n", 0, error.start) + 1,
        ) from error


def _object(text: str) -> dict[str, Any]:
    _check_depth(text)
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise DocumentError(
            "The file is not valid JSON: {reason} (line {line}, column {column}).",
            "Look just before this place for a missing comma, quotation mark or bracket.",
            reason=error.msg,
            line=error.lineno,
            column=error.colno,
        ) from error
    except ValueError as error:  # a whole number with thousands of digits
        raise DocumentError("The file has a number that is too long.", "Write it as a text.") from error
    if not isinstance(value, dict):
        raise DocumentError(
            "The file holds {value}, not a workflow.",
            'A workflow is an object: {{"name": "...", "nodes": [...], "edges": [...]}}.',
            value=shown(value),
        )
    if _SURROGATE.search(text):
        _check_characters(value)
    return value


def _check_depth(text: str) -> None:
    """Raise DocumentError where brackets are nested too deeply: neither we nor others could walk through it."""
    depth = 0
    for token in _TOKEN.finditer(text):
        bracket = token.group()
        depth += 1 if bracket in "[{" else -1 if bracket in "]}" else 0
        if depth > MAX_DEPTH:
            raise DocumentError(
                "The file is nested deeper than {limit} brackets (line {line}, column {column}).",
                "Divide the workflow, or give long values in a file of their own.",
                limit=MAX_DEPTH,
                line=text.count("\n", 0, token.start()) + 1,
                column=token.start() - text.rfind("\n", 0, token.start()),
            )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        times = Counter(key for key, _ in pairs)
        raise DocumentError(
            "The key {key} stands twice in one object.",
            "Remove one: which of them counts is not said anywhere.",
            key=shown(times.most_common(1)[0][0]),
        )
    return result


def _no_number(text: str) -> NoReturn:
    raise DocumentError("{text} is not a number in JSON.", "Write a number, or null for none.", text=text[:40])


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def _check_characters(value: dict[str, Any]) -> None:
    """Half a surrogate pair is no character: it could be read, but never be written to a file or the database."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise DocumentError(
            "The file has half a character: {text}.",
            "Write the character itself instead of \\u....",
            text=f"\\u{ord(error.object[error.start]):04x}",
        ) from error


def _upgraded(document: dict[str, Any]) -> dict[str, Any]:
    version = document.get("format", 1)
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise DocumentError(
            "The format version {version} is unknown.",
            'Write "format": {newest}.',
            version=shown(version),
            newest=FORMAT,
        )
    if version > FORMAT:
        raise FormatTooNew(
            "The workflow has format {version}; this program reads up to format {newest}.",
            "Update the program.",
            version=version,
            newest=FORMAT,
        )
    return upgraded(document, version, UPGRADES, FORMAT)


def _id_from(name: str) -> str:
    """``Aufträge lesen.workflow.json`` is ``Auftrage-lesen``."""
    stem = name.removesuffix(".json").removesuffix(".workflow")
    plain = "".join(c for c in unicodedata.normalize("NFKD", stem) if not unicodedata.combining(c))
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", plain.replace("ß", "ss")).strip("-")[:200]


def _as_document_error(error: ValidationError, document: Any) -> DocumentError:
    first, *others = faults(error, Workflow, document)
    hint = and_more(first.hint) if others else first.hint
    return DocumentError(first.message, hint, **first.values, others=len(others))


def _plain(workflow: Workflow) -> dict[str, Any]:
    """The document as JSON holds it, without what is as the defaults are."""
    document = workflow.model_dump(by_alias=True, exclude_defaults=True)
    for node in document.get("nodes", ()):
        if "policy" in node:
            node["policy"] = {key: _short(value) for key, value in node["policy"].items()}
    if "layout" in document:
        document["layout"] = {key: [_short(x), _short(y)] for key, (x, y) in sorted(document["layout"].items())}
    return {"format": workflow.format} | document


def _short(value: Any) -> Any:
    """60 instead of 60.0, where the model says anyway that it is a float."""
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < _EXACT
    return int(value) if is_whole else value


def _replace(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    if os.name == "posix":  # elsewhere a folder cannot be opened, and the system does it by itself
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


if __name__ == "__main__":
    sys.stdout.buffer.write((json.dumps(schema(), indent=2, ensure_ascii=False) + "\n").encode())

"""Actions on files, and the one way in which actions write them."""

from __future__ import annotations

import codecs
import errno
import os
import shutil
import tempfile
from pathlib import Path

from pydantic import BaseModel, Field, field_validator

from agent.core.action import Action
from agent.core.context import Context
from agent.core.errors import ActionError


class Write(
    Action,
    id="file.write",
    label="Write a file",
    icon="file_write",
    category="Files and tables",
    effect="once",
    keywords=("save text", "append", "create file", "Datei schreiben", "speichern", "anhängen"),
):
    """Write a text to a file. An existing file is replaced as a whole, or the text is added at its end.

    A replaced file is either the old or the new one, never half of it, whatever happens meanwhile.
    """

    path: str = Field(
        title="File",
        description="Relative names lie in the run's folder; ~ is your home.",
        min_length=1,
        max_length=1000,
    )
    text: str = Field(title="Text", description="What to write, exactly as it is.", coerce_numbers_to_str=True)
    append: bool = Field(False, title="Add at the end", description="Keep what is in the file already.")
    encoding: str = Field("utf-8", title="Encoding", description="Such as utf-8, utf-8-sig (for Excel) or cp1252.")

    class Result(BaseModel):
        path: str = Field(title="Path", description="The file with its folder.")

    @field_validator("encoding")
    @classmethod
    def _encoding_is_known(cls, value: str) -> str:
        return known_encoding(value)

    def run(self, context: Context) -> Result:
        path = context.path(self.path)
        data = encoded(self.text, self.encoding)
        context.acting()
        if self.append:
            append(path, data)
        else:
            replace(path, data)
        return self.Result(path=str(path))


def known_encoding(name: str) -> str:
    """The name, if Python can write texts in it. Raises ValueError."""
    try:
        "".encode(name)
    except LookupError:
        raise ValueError(f"there is no text encoding {name!r}") from None
    return name


def encoded(text: str, encoding: str) -> bytes:
    """The text as bytes. Raises ActionError that names the character which the encoding does not have."""
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        raise ActionError(
            "The encoding {encoding} has no “{character}” (character {number} of the text).",
            "Use utf-8, which has all characters.",
            encoding=encoding,
            character=text[error.start],
            number=error.start + 1,
        ) from error


def replace(path: Path, data: bytes) -> None:
    """Put the data into the file at once: whoever reads it sees the old content or the new. Raises ActionError."""
    try:
        path = path.resolve()  # a link stays a link
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:80]}-", suffix=".part")
        part = Path(name)
        try:
            _write(handle, data)
            _copy_mode(path, part)
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)
            raise
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead in a circle
        raise cannot_write(path, error) from error


def append(path: Path, data: bytes) -> None:
    """Add the data at the end of the file, which is made if it is not there. Raises ActionError."""
    if has_content(path):
        data = data.removeprefix(codecs.BOM_UTF8)  # the mark belongs to the beginning of a file only
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o666), data)
    except OSError as error:
        raise cannot_write(path, error) from error


def has_content(path: Path) -> bool:
    """Whether the file is there and not empty. Raises ActionError."""
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False
    except OSError as error:
        raise cannot_write(path, error) from error


def cannot_write(path: Path, error: Exception) -> ActionError:
    """The error for a file that cannot be written, with what to do about it."""
    number = getattr(error, "errno", None)
    if number in (errno.ENOSPC, errno.EDQUOT):
        return ActionError(
            "The file {path} was not written: the disk is full.", "Free some space and run the step again.", path=path
        )
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ActionError(
            "The file {path} was not written: access is denied.",
            "It may be open in another program, write-protected, or in a folder that is not yours.",
            path=path,
        )
    return ActionError(
        "The file {path} was not written: {reason}.",
        "Check the path.",
        path=path,
        reason=getattr(error, "strerror", None) or error,
    )


def _write(handle: int, data: bytes) -> None:
    """Write everything, to the disk itself, and close."""
    with open(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _copy_mode(path: Path, part: Path) -> None:
    """Give the new file the rights of the old one; a file that was not there gets the usual ones."""
    if path.exists():
        shutil.copymode(path, part)
    elif os.name == "posix":
        mask = os.umask(0)
        os.umask(mask)
        part.chmod(0o666 & ~mask)

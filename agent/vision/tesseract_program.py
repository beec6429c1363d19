"""Tesseract as a program for each picture, with the help of pytesseract; some ten times slower than in this process."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.core.devices import Check
from agent.core.errors import OcrFailed
from agent.vision.tessdata import remedy
from agent.vision.tesseract import DPI, LONGEST_S, LSTM, Read, is_blank
from agent.vision.tesseract_fault import could_not_read, data_unusable, not_in_time, refuse_too_large

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PATIENCE_S = 0.05
_PLACES = (
    r"C:\Program Files\Tesseract-OCR\tesseract.exe",
    r"C:\Program Files (x86)\Tesseract-OCR\tesseract.exe",
    "/opt/homebrew/bin/tesseract",
    "/usr/local/bin/tesseract",
)
"""Where installers put it without adding it to the PATH."""


class Program:
    """Starts Tesseract for each picture. Thread-safe."""

    def __init__(
        self, languages: str, folder: str, engine: int = LSTM, *, command: str = "", longest_s: float = LONGEST_S
    ) -> None:
        """`command` is the program; "" finds it. Still running after `longest_s`, it is ended."""
        self._languages = languages
        self._folder = folder
        self._engine = engine
        self._command = command or shutil.which("tesseract") or next(filter(os.path.isfile, _PLACES), "tesseract")
        self._longest_s = longest_s

    def __call__(
        self,
        picture: NDArray[np.uint8],
        *,
        mode: int,
        allowed: str = "",
        dpi: int = DPI,
        check: Check = lambda: None,
    ) -> list[Read]:
        """The words of a grey picture; see `Recognizer`."""
        from PIL import Image
        from pytesseract import pytesseract

        check()
        refuse_too_large(picture)
        if is_blank(picture):
            return []
        with pytesseract.save(Image.fromarray(picture)) as (base, file):
            self._run([self._command, file, base, *self._arguments(mode, allowed, dpi)], check)
            table = self._answer(Path(f"{base}.tsv"))
        return list(_words(pytesseract.file_to_dict(table, "\t", -1)))

    @staticmethod
    def _answer(file: Path) -> str:
        try:
            return file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise could_not_read("no answer") from error

    def _arguments(self, mode: int, allowed: str, dpi: int) -> list[str]:
        told = ["-l", self._languages, "--tessdata-dir", self._folder, "--psm", str(mode), "--oem", str(self._engine)]
        told += ["--dpi", str(dpi), "-c", "tessedit_create_tsv=1"]
        return [*told, "-c", f"tessedit_char_whitelist={allowed}"] if allowed else told

    def _run(self, command: Sequence[str], check: Check) -> None:
        from pytesseract import pytesseract

        # Its own threads get in each other's way on small pictures: 2 to 6 times slower without this.
        environment = {"OMP_THREAD_LIMIT": "1", **os.environ}
        try:
            process = subprocess.Popen(command, **pytesseract.subprocess_args() | {"env": environment})
        except OSError as error:
            raise OcrFailed(
                "The program Tesseract cannot be started: {reason}.",
                "Install the package tesserocr, or the program: {remedy}.",
                reason=error.strerror or error,
                remedy=remedy(self._languages.split("+", maxsplit=1)[0]),
            ) from error
        with process:
            try:
                told = self._wait(process, check)
            except BaseException:
                process.kill()
                raise
        if "Failed loading language" in told:  # it goes on with the other languages
            raise data_unusable(self._languages, self._folder, self._engine)
        if process.returncode:
            raise could_not_read(told.strip().splitlines()[-1].rstrip(".") if told.strip() else process.returncode)

    def _wait(self, process: subprocess.Popen[bytes], check: Check) -> str:
        """What the program says on its error stream, when it has ended."""
        begun = time.monotonic()
        while True:
            try:
                return process.communicate(timeout=_PATIENCE_S)[1].decode("utf-8", "replace")
            except subprocess.TimeoutExpired:
                check()
                if time.monotonic() - begun > self._longest_s:
                    raise not_in_time(self._longest_s) from None


def _words(data: Mapping[str, Sequence[Any]]) -> Iterator[Read]:
    lines: dict[tuple[Any, ...], int] = {}
    for index, told in enumerate(data.get("text", ())):
        text, confidence = str(told).strip(), float(data["conf"][index])
        if not text or confidence < 0:  # a block, a paragraph, a line
            continue
        line = lines.setdefault(tuple(data[name][index] for name in ("block_num", "par_num", "line_num")), len(lines))
        x, y = int(data["left"][index]), int(data["top"][index])
        yield Read(text, confidence, x, y, x + int(data["width"][index]), y + int(data["height"][index]), line)

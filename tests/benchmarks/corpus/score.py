"""Score readers on a folder of the corpus: ``python tests/benchmarks/corpus/score.py FOLDER [--reader NAME] …``.

Readers: ``ours`` (the product, deu+eng), and the peers ``pytesseract``, ``pytesseract-deu`` and ``tesserocr``; all of
them when none is named. A line for each screen, then one for all; ``--wrong`` shows what was not read rightly.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from agent.cli.bench.accuracy import Accuracy, Seen, accuracy
from agent.cli.bench.corpus import told
from agent.cli.bench.peer import Peer
from agent.cli.bench.sweep import Reader, ours, theirs

HEADS = {
    "texts": 6,
    "char %": 9,
    "word %": 9,
    "umlaut %": 10,
    "numbers": 9,
    "wrong": 7,
    "silent": 8,
    "extra": 7,
    "ms": 8,
}
"""The columns and how wide they are."""


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Score readers on a folder of the corpus.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--reader", action="append", choices=sorted(READERS), help="one or more; all for none")
    parser.add_argument("--only", default="", help="screens whose name starts so")
    parser.add_argument("--wrong", action="store_true", help="show the texts that were not read rightly")
    given = parser.parse_args()
    files = sorted(path for path in given.folder.glob("*.json") if path.name.startswith(given.only))
    for name in given.reader or READERS:
        reader = READERS[name]()
        total, spent = Accuracy(), 0.0
        print(" " * 46 + "".join(head.rjust(width) for head, width in HEADS.items()))
        for file in files:
            reading = reader(file.with_suffix(".png"))
            got, took = judged(file, reading.words), reading.seconds * 1000
            print(_line(f"{name} {file.stem}", got, took))
            if given.wrong:
                _show(got)
            total, spent = total + got, spent + took
        print(_line(f"{name} all", total, spent / max(len(files), 1)), flush=True)
    return 0


def judged(file: Path, seen: Sequence[Seen]) -> Accuracy:
    """Against the truth in NAME.json."""
    truths, ignored = told(file)
    return accuracy(truths, seen, ignored)


def _peer(name: str, languages: str) -> Reader:
    return theirs(Peer(name, os.environ), languages)


READERS: dict[str, Callable[[], Reader]] = {
    "ours": ours,
    "pytesseract": lambda: _peer("pytesseract", "deu+eng"),
    "pytesseract-deu": lambda: _peer("pytesseract", "deu"),
    "tesserocr": lambda: _peer("tesserocr", "deu+eng"),
}


def _line(name: str, got: Accuracy, took: float) -> str:
    shares = (100 - lost for lost in (got.lost_characters, got.lost_words, got.lost_umlauts))
    counts = (got.numbers, got.wrong_numbers, got.silent, got.extra, round(took))
    cells = (str(len(got.wrong)), *(f"{share:.2f}" for share in shares), *map(str, counts))
    return name.ljust(46) + "".join(cell.rjust(width) for cell, width in zip(cells, HEADS.values(), strict=True))


def _show(got: Accuracy) -> None:
    for wrong in got.wrong:
        print(f"    {wrong.truth.rect!s:22} {wrong.truth.text!r} -> {wrong.read!r}{'  SILENT' if wrong.silent else ''}")


if __name__ == "__main__":
    sys.exit(main())

"""`Corpus`: the held-out screens of real toolkits, with what their widgets say; made anew for each run.

Its generator is in the tests of a checkout (``tests/benchmarks/corpus``); an installed program has none.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import agent
from agent.cli.bench.accuracy import Truth
from agent.core.errors import AgentError
from agent.core.frame import Frame
from agent.core.geometry import Region

GENERATOR = Path(agent.__file__).resolve().parent.parent / "tests" / "benchmarks" / "corpus" / "make.py"
_PATIENCE_S = 600
"""For all screens; two minutes on a busy machine of two cores."""


class NoCorpus(AgentError):
    """There is no generator here, or none of its toolkits: the rows that need it cannot be measured."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A picture of a window at work."""

    kind: str
    """What has happened since the picture before: ``start``, ``cell``, ``dialog``, ``plain``, ``scroll``, ``film``."""
    picture: Path
    new: tuple[Truth, ...]
    """The texts that are new in it."""


@dataclass(frozen=True, slots=True)
class Page:
    """A full-HD screen with all its texts."""

    name: str
    picture: Path
    truths: tuple[Truth, ...]
    ignored: tuple[Region, ...]
    """Where text is cut off or half covered: nobody can say what is to be read there."""
    story: tuple[Moment, ...]
    """What happens in the window, picture by picture; empty for most."""


def corpus(folder: Path, *, only: str = "") -> tuple[Page, ...]:
    """Make the held-out screens whose names start with `only` in the folder. Raises NoCorpus."""
    _generate(folder, "--set", "held_out", "--only", only)
    pages = tuple(_page(file) for file in sorted(folder.glob("*.json")))
    if not pages:
        raise NoCorpus(message="No screen of the corpus can be made here: {reason}.", reason="no toolkit is installed")
    return pages


def sequence(folder: Path, frames: int) -> tuple[Path, ...]:
    """Make so many pictures of a small window at work. Raises NoCorpus."""
    _generate(folder, "--set", "sequence", "--frames", str(frames))
    return tuple(sorted(folder.glob("*.png")))


def frame_of(picture: Path) -> Frame:
    """The picture as a capture would give it."""
    import cv2

    colours = cv2.imread(str(picture))
    if colours is None:
        raise FileNotFoundError(picture)
    pixels = cv2.cvtColor(colours, cv2.COLOR_BGR2BGRA)
    height, width = pixels.shape[:2]
    return Frame(pixels.tobytes(), Region(0, 0, width, height), datetime.now(UTC))


def told(file: Path) -> tuple[list[Truth], list[Region]]:
    """The truths and the ignored places of a screen's JSON."""
    content = json.loads(file.read_text("utf-8"))
    return list(_truths(content["texts"])), [Region(*rect) for rect in content["ignored"]]


def _generate(folder: Path, *options: str) -> None:
    if not GENERATOR.is_file():
        raise NoCorpus(
            message="The screens to be read are made by the tests of the project, which are not here.",
            hint="Run it in a checkout of the project.",
        )
    command = [sys.executable, str(GENERATOR), str(folder), *options]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=_PATIENCE_S, check=False)
    # A toolkit that is missing costs its screens, not the row; without any there is nothing to measure.
    if done.returncode != 0 and not any(folder.glob("*.png")):
        reason = (done.stderr.strip().splitlines() or [""])[-1]
        raise NoCorpus(message="No screen of the corpus can be made here: {reason}.", reason=reason.rstrip("."))


def _page(file: Path) -> Page:
    truths, ignored = told(file)
    moments = json.loads(file.read_text("utf-8")).get("frames", ())
    story = (Moment(each["kind"], file.parent / each["file"], tuple(_truths(each["texts"]))) for each in moments)
    return Page(file.stem, file.with_suffix(".png"), tuple(truths), tuple(ignored), tuple(story))


def _truths(texts: Iterable[dict[str, Any]]) -> Iterator[Truth]:
    for text in texts:
        yield Truth(text["text"], Region(*text["rect"]))

"""`sweep`: all screens of the corpus read once by each reader, in turns; how right they are, and how long they take."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from agent.cli.bench.accuracy import Accuracy, Seen, accuracy
from agent.cli.bench.corpus import Page, frame_of
from agent.cli.bench.measure import timed
from agent.cli.bench.peer import Peer, PeerFailed
from agent.core.geometry import Region

if TYPE_CHECKING:
    from agent.core.frame import Frame
    from agent.core.text import TextRead
    from agent.vision.memory import ReadMemory

BOTH = "deu+eng"
"""The product's default languages."""

ReadBy = tuple[str, str]
"""Who reads in which languages: the name of a peer (empty for ours), and ``deu+eng``."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading:
    """A picture as it was read, and the seconds that it took."""

    words: Sequence[Seen]
    seconds: float


Reader = Callable[[Path], Reading]
"""Reads a picture that it does not know. Raises PeerFailed."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """What one reader made of all screens."""

    accuracy: Accuracy
    seconds: tuple[float, ...]
    """For each screen."""


def sweep(pages: Sequence[Page], readers: Mapping[ReadBy, Reader]) -> dict[ReadBy, Sweep]:
    """Let every reader read every screen, in turns; one that fails is left out."""
    able = dict(readers)
    readings: dict[ReadBy, list[Reading]] = {name: [] for name in readers}
    for page in (pages[0], *pages):  # the first one twice, because models are loaded for it
        for name, reader in list(able.items()):
            try:
                readings[name].append(reader(page.picture))
            except PeerFailed:
                del able[name]
    return {name: _sum(pages, readings[name][1:]) for name in able}


def _sum(pages: Sequence[Page], readings: Sequence[Reading]) -> Sweep:
    judged = (accuracy(page.truths, each.words, page.ignored) for page, each in zip(pages, readings, strict=True))
    return Sweep(sum(judged, Accuracy()), tuple(each.seconds for each in readings))


def ours(tessdata: str = "") -> Reader:
    """The product, with a memory that is empty before each screen."""

    def read(picture: Path) -> Reading:
        from agent.vision.memory import ReadMemory

        text, seconds = read_frame(ReadMemory(tessdata=tessdata), frame_of(picture))
        return Reading([Seen(word.text, word.rect, word.confidence) for word in text.words], seconds)

    return read


def theirs(peer: Peer, languages: str) -> Reader:
    """A peer that has ``load`` and ``read``."""

    def read(picture: Path) -> Reading:
        peer.ask("load", path=str(picture))
        words, seconds = peer.ask("read", languages=languages)
        return Reading([Seen(text, Region(*rect), sure) for text, *rect, sure in words], seconds)

    return read


def read_frame(memory: ReadMemory, frame: Frame) -> tuple[TextRead, float]:
    """What the memory reads of a frame, doubtful words too, and the seconds that it takes."""
    return _timed(lambda: memory.read(frame, languages=BOTH, mode="block", min_confidence=0, check=lambda: None))


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    results: list[T] = []
    seconds = timed(lambda: results.append(work()))()[0]
    return results[0], seconds

"""`accuracy`: what was read of a screen, against what the widgets say; as counts, so that screens can be added up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from agent.core.geometry import Region

if TYPE_CHECKING:
    from rapidfuzz.distance import Editop

SURE = 60.0
"""The product's threshold (`Settings.ocr_min_confidence`): a word below it is doubted, and not silently wrong."""
_NEAR = 3
"""Pixels around the box of a text in which its words count as its own: boxes come from font metrics."""
_UMLAUTS = frozenset("ÄÖÜäöüß")
_OF_NUMBERS = frozenset("0123456789.,:/-+")


@dataclass(frozen=True, slots=True)
class Truth:
    """A line of text that is on the screen, and the rectangle of it."""

    text: str
    rect: Region


@dataclass(frozen=True, slots=True)
class Seen:
    """A word as a reader read it; confidence 0 to 100."""

    text: str
    rect: Region
    confidence: float


@dataclass(frozen=True, slots=True)
class Wrong:
    """A text that was not read rightly."""

    truth: Truth
    read: str
    silent: bool
    """A number in it is wrong, and the reader is sure of it."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How many there are of each, and how many of them were not read rightly."""

    characters: int = 0
    wrong_characters: int = 0
    """The edit distance of each text, blanks ignored; at most its length."""
    words: int = 0
    wrong_words: int = 0
    umlauts: int = 0
    wrong_umlauts: int = 0
    numbers: int = 0
    """Words with a digit: amounts, dates, order numbers."""
    wrong_numbers: int = 0
    silent: int = 0
    """Numbers that are wrong with a confidence that says they are right."""
    extra: int = 0
    """Words that were read where no text is."""
    wrong: tuple[Wrong, ...] = field(default=(), compare=False)

    def __add__(self, other: Accuracy) -> Accuracy:
        return Accuracy(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    @property
    def lost_characters(self) -> float:
        """In percent of all."""
        return _percent(self.wrong_characters, self.characters)

    @property
    def lost_words(self) -> float:
        """In percent of all."""
        return _percent(self.wrong_words, self.words)

    @property
    def lost_umlauts(self) -> float:
        """In percent of all."""
        return _percent(self.wrong_umlauts, self.umlauts)


def accuracy(truths: Sequence[Truth], seen: Iterable[Seen], ignored: Sequence[Region] = ()) -> Accuracy:
    """Compare each text with the words whose middle lies on it.

    Words in an `ignored` place count for nothing: what stands there is cut off or half covered.
    """
    words: dict[int, list[Seen]] = {}
    extra = 0
    for word in seen:
        place = _place(word, truths)
        if place is not None:
            words.setdefault(place, []).append(word)
        elif not any(region.grown(_NEAR).contains(word.rect.center) for region in ignored):
            extra += 1
    parts = (_of_text(truth, words.get(number, [])) for number, truth in enumerate(truths))
    return sum(parts, Accuracy(extra=extra))


def _place(word: Seen, truths: Sequence[Truth]) -> int | None:
    """The text that the word belongs to; of two the one that it covers more."""
    middle = word.rect.center
    near = [number for number, truth in enumerate(truths) if truth.rect.grown(_NEAR).contains(middle)]
    return max(near, key=lambda number: _shared(word.rect, truths[number].rect), default=None)


def _shared(one: Region, two: Region) -> int:
    both = one.intersection(two)
    return both.width * both.height


def _of_text(truth: Truth, seen: Sequence[Seen]) -> Accuracy:
    """A text is one line, so its words follow each other from left to right."""
    from rapidfuzz.distance import Levenshtein

    row = sorted(seen, key=lambda word: word.rect.x)
    wanted, read = _plain(truth.text).split(), [part for word in row for part in _plain(word.text).split()]
    letters = "".join(wanted)
    sure = [word.confidence for word in row for _ in "".join(_plain(word.text).split())]
    edits = Levenshtein.editops(letters, "".join(read))
    touched = {edit.src_pos for edit in edits if edit.tag != "insert"}
    umlauts = [number for number, letter in enumerate(letters) if letter in _UMLAUTS]
    numbers = list(_numbers(wanted))
    wrong_numbers = [span for span in numbers if _is_hit(span, edits, "".join(read))]
    silent = sum(_confidence(span, edits, sure) >= SURE for span in wrong_numbers)
    missed = _missed(wanted, read)
    wrong = (Wrong(truth, " ".join(read), silent > 0),) if edits or missed else ()
    return Accuracy(
        characters=len(letters),
        wrong_characters=min(len(edits), len(letters)),
        words=len(wanted),
        wrong_words=missed,
        umlauts=len(umlauts),
        wrong_umlauts=sum(number in touched for number in umlauts),
        numbers=len(numbers),
        wrong_numbers=len(wrong_numbers),
        silent=silent,
        wrong=wrong,
    )


def _plain(text: str) -> str:
    """Three dots and the one letter that is three dots cannot be told apart on a screen."""
    return text.replace("…", "...")


def _missed(wanted: Sequence[str], read: Sequence[str]) -> int:
    """How many words are not among those that were read, letter by letter."""
    left = list(read)
    missed = 0
    for word in wanted:
        if word in left:
            left.remove(word)
        else:
            missed += 1
    return missed


def _numbers(words: Sequence[str]) -> Iterator[range]:
    """Where the words with digits stand among the letters; signs around them (€, brackets) do not belong to them."""
    start = 0
    for word in words:
        places = [number for number, letter in enumerate(word) if letter.isalnum()]
        if any(letter.isdigit() for letter in word):
            yield range(start + places[0], start + places[-1] + 1)
        start += len(word)


def _is_hit(span: range, edits: Iterable[Editop], read: str) -> bool:
    """Whether a letter of the number is wrong, or a digit or separator was put into it or at its ends."""
    for edit in edits:
        inside, at_an_end = span.start < edit.src_pos < span.stop, edit.src_pos in (span.start, span.stop)
        if edit.tag != "insert" and edit.src_pos in span:
            return True
        if edit.tag == "insert" and (inside or (at_an_end and read[edit.dest_pos] in _OF_NUMBERS)):
            return True
    return False


def _confidence(span: range, edits: Iterable[Editop], sure: Sequence[float]) -> float:
    """The least confidence of the words in which the number was read; -1 when nothing was: that is not silent."""
    shift = [0] * span.stop
    """How far each letter has been moved by what was put in or left out before it."""
    gone = set()
    for edit in edits:
        if edit.tag == "delete":
            gone.add(edit.src_pos)
        if edit.tag != "replace":
            for place in range(edit.src_pos, span.stop):
                shift[place] += 1 if edit.tag == "insert" else -1
    return min((sure[place + shift[place]] for place in span if place not in gone), default=-1.0)


def _percent(part: int, whole: int) -> float:
    return 100.0 * part / whole if whole else 0.0

"""Finding a phrase in what was read from the screen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from agent.core.text import Line, TextRead, Word
from agent.vision.candidate import Candidate

WHOLE, WHOLE_ALIKE, PART, PART_ALIKE, WHOLE_FUZZY, PART_FUZZY = range(6)
"""The ranks of a candidate, the most trustworthy first."""
_GAP = 1.0
"""Words farther apart than so many text heights do not belong together: a blank has up to 0.9 (monospaced, 8 point)."""
_SAME_BUT_CASE, _SAME_BUT_ACCENTS = 0.98, 0.95
_OTHER_NUMBER = 0.3
"""What a wrong number costs: “Order 1002” is not nearly “Order 1003”, it is another order."""
_WORTH_TELLING = 0.4
_LONGEST = 400
"""Characters of a phrase or cell that are compared; comparing costs their product."""
_DOUBTFUL = 50
"""Short words read with less confidence are mostly icons, and no part of the text beside them."""
_DASHES = str.maketrans("‐‑‒–—−„“”‟’‘‚`´", "------\"\"\"\"'''''")
_PUNCTUATION = r"""[-.,:;!?¡¿*_"'()\[\]{}<>|·•]"""
_ENDS = re.compile(rf"^(?:(?!-\d){_PUNCTUATION})+|{_PUNCTUATION}+$")
"""Not the minus of an amount, and no currency or percent sign: these are other texts."""
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A text in the forms in which it is compared, from strict to lenient; all without blanks."""

    exact: str
    folded: str
    """Upper and lower case alike, dashes and quotes alike, no punctuation at the ends."""
    bare: str
    """`folded` without accents, which OCR loses first."""
    numbers: tuple[str, ...]


def find_text(read: TextRead, texts: Sequence[str]) -> list[Candidate]:
    """The places where one of the texts may stand, the most trustworthy first; the score says how like it is.

    A phrase begins and ends with a word and never crosses a wide gap. *Whole* is what stands alone: between two
    such gaps, the borders of cells that the reader saw, or the colon of a label. The most trustworthy first:

    1. a whole with exactly this text (1.0),
    2. a whole that differs in case, in punctuation at the ends, or in blanks (0.98), or in accents (0.95),
    3. exactly this text as a part of something longer (1.0), 4. the same with those differences,
    5. a whole that is similar, 6. a similar part of one. Their score is the share of characters that are
       right (1 − edit distance / length), less 0.3 when a number differs.

    So “Save” is the button “Save” and not “Save as…”, and “Password” is the label “Password:” and not a word of
    “Forgot your password?”; but where there is only “Save as…”, that is a match too.

    Candidates do not overlap: of two readings of one place the more trustworthy is kept. Those that are less than
    0.4 alike are left out.
    """
    phrases = [_phrase(text) for text in texts]
    found = [candidate for line in read.lines for words in _together(line) for candidate in _among(words, phrases)]
    found.sort(key=lambda candidate: (candidate.rank, -candidate.score))
    return found


def _together(line: Line) -> Iterator[tuple[Word, ...]]:
    """The words of the line, cut at wide gaps."""
    if not line.words:
        return
    height = sorted(word.rect.height for word in line.words)[len(line.words) // 2]
    start = 0
    for index in range(1, len(line.words)):
        if line.words[index].rect.x - line.words[index - 1].rect.right > _GAP * height:
            yield line.words[start:index]
            start = index
    yield line.words[start:]


def _among(words: Sequence[Word], phrases: Iterable[_Phrase]) -> list[Candidate]:
    """The candidates among words that stand together; none overlap."""
    starts, ends = _borders(words)
    possible = []
    for phrase in phrases:
        for start, end in _spans(words, len(phrase.exact)):
            part = words[start:end]
            whole = start in starts and end in ends
            rank, score = _likeness(phrase, _phrase(" ".join(word.text for word in part)), whole=whole)
            if score >= _WORTH_TELLING:
                possible.append((rank, -score, start, end, not whole))
    possible.sort()
    taken: set[int] = set()
    candidates = []
    for rank, negative, start, end, is_part in possible:
        if taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            candidates.append(_candidate(words[start:end], -negative, rank, part=is_part))
    return candidates


def _borders(words: Sequence[Word]) -> tuple[set[int], set[int]]:
    """Where a whole may start, and where it may end.

    At the borders of the cells and behind the colon of a label; and doubtful short words and lone marks beside a
    border (icons, check boxes, arrows) may belong to it or not.
    """
    starts, ends = {0}, {len(words)}
    for index in range(1, len(words)):
        if words[index].cell != words[index - 1].cell or words[index - 1].text.endswith(":"):
            starts.add(index)
            ends.add(index)
    for index, word in enumerate(words):
        if index in starts and _is_icon(word):
            starts.add(index + 1)
    for index in range(len(words), 0, -1):
        if index in ends and _is_icon(words[index - 1]):
            ends.add(index - 1)
    return starts, ends


def _is_icon(word: Word) -> bool:
    return not any(map(str.isalnum, word.text)) or (len(word.text) <= 2 and word.confidence < _DOUBTFUL)


def _spans(words: Sequence[Word], length: int) -> Iterator[tuple[int, int]]:
    """Runs of words (start, end) that have about as many characters as the phrase has."""
    slack = max(2, length // 3)
    for start in range(len(words)):
        characters = 0
        for end in range(start + 1, len(words) + 1):
            characters += len(words[end - 1].text)
            if characters > min(length + slack, _LONGEST):
                break
            if characters >= length - slack:
                yield start, end


def _likeness(phrase: _Phrase, read: _Phrase, *, whole: bool) -> tuple[int, float]:
    """(rank, score) of these words for the phrase."""
    if read.exact == phrase.exact:
        return (WHOLE if whole else PART), 1.0
    alike = WHOLE_ALIKE if whole else PART_ALIKE
    if phrase.folded and read.folded == phrase.folded:
        return alike, _SAME_BUT_CASE
    if phrase.bare and read.bare == phrase.bare:
        return alike, _SAME_BUT_ACCENTS
    return (WHOLE_FUZZY if whole else PART_FUZZY), _similarity(phrase, read)


def _similarity(phrase: _Phrase, read: _Phrase) -> float:
    from rapidfuzz.distance import Levenshtein

    if not phrase.folded:  # marks only: they are there or not
        return 0.0
    similarity = Levenshtein.normalized_similarity(phrase.folded, read.folded)
    return similarity if read.numbers == phrase.numbers else max(0.0, similarity - _OTHER_NUMBER)


@lru_cache(maxsize=8192)
def _phrase(text: str) -> _Phrase:
    exact = "".join(unicodedata.normalize("NFC", text[:_LONGEST]).split())
    folded = _ENDS.sub("", unicodedata.normalize("NFKC", exact).translate(_DASHES).casefold())
    bare = "".join(letter for letter in unicodedata.normalize("NFD", folded) if not unicodedata.combining(letter))
    return _Phrase(exact, folded, bare, tuple(_NUMBER.findall(folded)))


def _candidate(words: Sequence[Word], score: float, rank: int, *, part: bool) -> Candidate:
    rect = words[0].rect
    for word in words[1:]:
        rect = rect.union(word.rect)
    return Candidate(rect, score, rank, "text", " ".join(word.text for word in words), part)

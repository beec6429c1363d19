"""Finding a phrase in what was read from the screen."""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from agent.core.devices import Check
from agent.core.errors import ActionError
from agent.core.target import Comparison
from agent.core.text import TextRead
from agent.vision.candidate import Candidate, best
from agent.vision.page import Page, Piece, around, page
from agent.vision.phrase import AS_USUAL, UMLAUTS, Phrase, Spelling, phrase

WHOLE, WHOLE_ALIKE, PART, PART_ALIKE, WRAPPED, WRAPPED_PART, WHOLE_FUZZY, PART_FUZZY, WRAPPED_FUZZY = range(9)
"""The ranks of a candidate, the most trustworthy first."""
_SAME_BUT_CASE, _SAME_BUT_ACCENTS = 0.98, 0.95
_OTHER_NUMBER = 0.3
"""What a wrong number costs: “Order 1002” is not nearly “Order 1003”, it is another order."""
_WORTH_TELLING = 0.4
_PATTERN_S = 0.5
"""How long a regular expression may search one page; 400 texts take an honest one some milliseconds."""


@dataclass(frozen=True, slots=True)
class _Spot:
    """Words of a piece that may be meant."""

    rank: int
    score: float
    piece: Piece
    start: int
    end: int
    whole: bool


def find_text(
    read: TextRead,
    texts: Sequence[str],
    *,
    compare: Comparison = "best",
    spelling: Spelling = AS_USUAL,
    check: Check = lambda: None,
) -> list[Candidate]:
    """The places where one of the texts may stand, the most trustworthy first; the score says how like it is.

    A phrase begins and ends with a word and never crosses a wide gap. *Whole* is what stands alone: between two
    such gaps, the borders of cells that the reader saw, or the colon of a label. It may go on in the next line of
    its paragraph, button or label (`agent.vision.page`). With ``best``, the most trustworthy first:

    1. a whole with exactly this text (1.0),
    2. a whole that differs in case, in punctuation at the ends, or in blanks (0.98), or in accents (0.95),
    3. exactly this text as a part of something longer (1.0), 4. the same with those differences,
    5. the same over several lines, whole lines first,
    6. a whole that is similar, 7. a similar part of one, 8. similar lines. Their score is the share of characters
       that are right (1 − edit distance / length of the longer), less 0.3 when a number differs.

    So “Save” is the button “Save” and not “Save as…”, and “Password” is the label “Password:” and not a word of
    “Forgot your password?”; but where there is only “Save as…”, that is a match too. The others:

    - ``exact``: wholes with exactly this text, 1 and 2 without any leniency for punctuation or accents.
    - ``contains``: the text anywhere, within a word too; the place is that of the words it touches.
    - ``regex``: the same for a regular expression (the dialect of the package `regex`), searched in each text with
      single blanks. Raises ActionError when it takes too long.
    - ``fuzzy``: 1 to 8 in one rank, so that the score alone decides.

    `spelling` says which differences count in all of them. Candidates do not overlap: of two readings of one place
    the more trustworthy is kept. Those that are less than 0.4 alike are left out.
    """
    if compare == "regex":
        spots = _matching(page(read), texts, spelling, check)
    elif compare == "contains":
        spots = _containing(page(read), texts, spelling)
    else:
        spots = _like(page(read), texts, spelling, exactly=compare == "exact")
        if compare == "fuzzy":
            spots = (replace(spot, rank=WHOLE_FUZZY) for spot in spots)
    return list(_apart(spots))


def settled(candidates: Sequence[Candidate], compare: Comparison = "best") -> list[Candidate]:
    """Those of the kind of the most trustworthy one, for what stands alone excludes what only contains it.

    And what stands in one line excludes what is wrapped, because cells below each other are not always one text.
    With ``contains`` and ``regex`` only the latter, for a part is what they ask for.
    """
    leader = best(candidates)
    if leader is None:
        return []
    any_part = compare in ("contains", "regex")
    return [
        each for each in candidates if (any_part or each.part == leader.part) and (each.lines > 1) == (leader.lines > 1)
    ]


def _apart(spots: Iterable[_Spot]) -> Iterator[Candidate]:
    """The candidates, the most trustworthy first, without those that share words with a better one."""
    taken: set[int] = set()
    for spot in sorted(spots, key=lambda spot: (spot.rank, -spot.score, not spot.whole)):
        words = spot.piece.words[spot.start : spot.end]
        if taken.isdisjoint(map(id, words)):  # a word may be in a line and in a wrapped text
            taken.update(map(id, words))
            text = " ".join(word.text for word in words)
            lines = spot.piece.lines_of(spot.start, spot.end)
            yield Candidate(around(words), spot.score, spot.rank, "text", text, not spot.whole, lines)


# --- alike ---


def _like(whole_page: Page, texts: Sequence[str], spelling: Spelling, *, exactly: bool) -> Iterator[_Spot]:
    for text in texts:
        wanted = phrase(text, spelling)
        for wrapped in (False, True) if len(text.split()) > 1 else (False,):
            places, read = whole_page.spans(len(wanted.exact), spelling, wrapped=wrapped)
            for index, similarity in _similar(wanted, read):
                piece, start, end = places[index]
                whole = piece.is_whole(start, end)
                if exactly and not (whole and read[index].plain == wanted.plain):
                    continue
                rank, score = _likeness(wanted, read[index], similarity, whole=whole)
                if wrapped:
                    rank = WRAPPED_FUZZY if rank >= WHOLE_FUZZY else _ranked(whole=whole, wrapped=True)
                if score >= _WORTH_TELLING:
                    yield _Spot(rank, score, piece, start, end, whole)


def _similar(wanted: Phrase, read: Sequence[Phrase]) -> Iterator[tuple[int, float]]:
    """(index, similarity) of those that are worth a closer look."""
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cdist

    similar: Sequence[float] = [0.0] * len(read)
    if wanted.folded and read:  # marks only are there or not
        folded = [each.folded for each in read]
        similarity = Levenshtein.normalized_similarity
        similar = cdist([wanted.folded], folded, scorer=similarity, score_cutoff=_WORTH_TELLING)[0].tolist()
    for index, each in enumerate(read):
        if similar[index] or each.exact == wanted.exact or each.bare == wanted.bare:
            yield index, similar[index]


def _likeness(wanted: Phrase, read: Phrase, similarity: float, *, whole: bool) -> tuple[int, float]:
    """(rank, score) of these words for the phrase."""
    if read.exact == wanted.exact:
        return (WHOLE if whole else PART), 1.0
    alike = WHOLE_ALIKE if whole else PART_ALIKE
    if wanted.folded and read.folded == wanted.folded:
        return alike, _SAME_BUT_CASE
    if wanted.bare and read.bare == wanted.bare:
        return alike, _SAME_BUT_ACCENTS
    if read.numbers != wanted.numbers:
        similarity -= _OTHER_NUMBER
    return (WHOLE_FUZZY if whole else PART_FUZZY), similarity


# --- contained ---


def _containing(whole_page: Page, texts: Sequence[str], spelling: Spelling) -> Iterator[_Spot]:
    may_wrap = any(len(text.split()) > 1 for text in texts)
    for piece in (*whole_page.pieces, *(whole_page.wrapped if may_wrap else ())):
        forms = [phrase(word.text, spelling) for word in piece.words]
        read, exact = "".join([form.plain for form in forms]), "".join([form.exact for form in forms])
        ends = list(accumulate(len(form.plain) for form in forms))
        for text in texts:
            wanted, blanks = phrase(text, spelling), len(text.split()) - 1
            score = 1.0 if wanted.exact in exact else _SAME_BUT_CASE
            place = read.find(wanted.plain) if wanted.plain else -1
            while place >= 0:
                spot = _touched(piece, ends, place, place + len(wanted.plain), score, blank=0)
                # “island” is not in “This land”, although OCR loses blanks.
                if spot is not None and (
                    spot.end - spot.start - 1 <= blanks or _is_trim(ends, place, len(wanted.plain))
                ):
                    yield spot
                place = read.find(wanted.plain, place + len(wanted.plain))


def _is_trim(ends: Sequence[int], place: int, length: int) -> bool:
    """Whether it begins and ends with a word."""
    return place + length in ends and (place == 0 or place in ends)


def _matching(whole_page: Page, texts: Sequence[str], spelling: Spelling, check: Check) -> Iterator[_Spot]:
    import regex  # type: ignore[import-untyped]  # it ships no type information

    flags = regex.V0 if spelling.match_case else regex.V0 | regex.IGNORECASE
    patterns = [regex.compile(text, flags) for text in texts]
    left_s = _PATTERN_S
    for piece in (*whole_page.pieces, *whole_page.wrapped):
        check()
        words = [word.text for word in piece.words]
        readings = [words, [word.translate(UMLAUTS) for word in words]] if spelling.fold_umlauts else [words]
        for pattern in patterns:
            started = time.monotonic()
            for read in readings:
                yield from _matches(piece, read, pattern, left_s)
            left_s -= time.monotonic() - started


def _matches(piece: Piece, words: Sequence[str], pattern: Any, left_s: float) -> Iterator[_Spot]:
    """The words that the pattern touches. Raises ActionError when there is no time left."""
    ends = [end + blanks for blanks, end in enumerate(accumulate(map(len, words)))]
    try:
        # concurrent: other steps go on, and the stop key works, while a long search runs.
        found = list(pattern.finditer(" ".join(words), concurrent=True, timeout=max(left_s, 0.001)))
    except TimeoutError:
        raise ActionError(
            "The pattern {pattern} took longer than {seconds} s on the texts of the screen.",
            "Repetitions inside repetitions, such as (a+)+, take for ever: simplify the pattern.",
            pattern=pattern.pattern,
            seconds=_PATTERN_S,
        ) from None
    for match in found:
        text = match.group()
        start, end = match.start() + len(text) - len(text.lstrip()), match.end() - len(text) + len(text.rstrip())
        spot = _touched(piece, ends, start, end, 1.0, blank=1) if start < end else None
        if spot is not None:
            yield spot


def _touched(piece: Piece, ends: Sequence[int], first: int, last: int, score: float, *, blank: int) -> _Spot | None:
    """The words that hold these characters; None when a wrapped text has them all in one line.

    `ends` is where each word ends, with `blank` characters before the next.
    """
    start, end = bisect_right(ends, first), bisect_left(ends, last) + 1
    if piece.breaks and piece.lines_of(start, end) == 1:
        return None
    filled = (first == 0 or first - blank in ends) and last in ends
    whole = filled and piece.is_whole(start, end)
    return _Spot(_ranked(whole=whole, wrapped=bool(piece.breaks)), score, piece, start, end, whole)


def _ranked(*, whole: bool, wrapped: bool) -> int:
    if wrapped:
        return WRAPPED if whole else WRAPPED_PART
    return WHOLE if whole else PART

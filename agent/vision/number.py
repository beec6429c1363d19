"""Numbers among what was read: when several readings agree on one, and what is left in doubt.

A wrong letter shows, a wrong digit or a lost comma does not: ``4.44859 €`` looks as good as ``4.448,59 €``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from agent.vision.tesseract import Read

_AGREED, _DOUBTED = 90.0, 30.0
"""Confidences that are given. Tesseract's own says little of numbers: amounts that all readings share come with 42."""
_UNIT = r"[€$£]"
_SHAPES = (
    r"\d{1,3}(\.\d{3})+(,\d{1,4})?",  # 5.518,51
    r"\d{1,3}(,\d{3})+(\.\d{1,4})?",  # 5,518.51
    r"\d+[.,]\d{1,2}",  # 12,50
    r"(0?[1-9]|[12]\d|3[01])\.(0?[1-9]|1[0-2])\.(\d{4}|\d{2})?",  # 19.02.2025
    r"\d{1,3}(\.\d{1,3}){3,}",  # 192.168.0.1
)
_SHAPE = re.compile("|".join(f"(?:{shape})" for shape in _SHAPES))
_MARKED = re.compile(r"\d+(?:[.,]\d+)+\.?")
"""Digits with points or commas between them; with the last point of a date without its year."""
_LOST_COMMA = re.compile(rf"\d[.,]\d{{3}}[.,]? \d\d ?(?:{_UNIT}|$)|\d[.,] \d\d ?{_UNIT}|\d [.,]\d")


def is_number(text: str) -> bool:
    """Whether most of it is digits: an amount, a date, an order number, also one with a wrong letter in it."""
    shown = [letter for letter in text if not letter.isspace()]
    return sum(letter.isdigit() for letter in shown) * 2 >= max(len(shown), 1)


def holds_number(read: Sequence[Read]) -> bool:
    """Whether there is a number among the words, or a currency sign, which had one beside it before it was misread."""
    return any(is_number(item.text) or re.search(_UNIT, item.text) for item in read)


def in_agreement(readings: Sequence[list[Read]]) -> list[Read] | None:
    """What the last reading and an earlier one agree on, digit and mark, when its numbers have a usual shape."""
    last = readings[-1]
    if not _marks(last) or is_odd(_text(last)):
        return None
    earlier = next((reading for reading in readings[:-1] if _marks(reading) == _marks(last)), None)
    return _merged(readings[0], earlier, last) if earlier is not None else None


def in_the_end(readings: Sequence[list[Read]]) -> list[Read]:
    """When no two agree on all: the digits that most agree on, if just one way to set the marks looks right."""
    groups: dict[str, list[list[Read]]] = {}
    for reading in readings:
        groups.setdefault(_digits(reading), []).append(reading)
    group = max(groups.values(), key=len)
    usual = [reading for reading in group if not is_odd(_text(reading))]
    if len(group) > 1 and len({_marks(reading) for reading in usual}) == 1:
        return _merged(readings[0], usual[0], usual[0])
    if not re.search(_UNIT, _text(readings[0])):
        for index, one in enumerate(group):
            for two in group[index + 1 :]:
                if not usual and _marks(one) == _marks(two):
                    return _merged(readings[0], one, two)  # no amount: 4.44859 may be meant so
    return in_doubt(readings[0])


def in_doubt(read: Sequence[Read]) -> list[Read]:
    """The words, their numbers with so little confidence that nobody takes them for granted."""
    return [replace(item, confidence=min(item.confidence, _DOUBTED)) if is_number(item.text) else item for item in read]


def is_odd(text: str) -> bool:
    """Whether a number in the text has its points and commas where none are written, as when one was lost.

    >>> is_odd("4.44859 €"), is_odd("8.497 58 €"), is_odd("20.18.2026"), is_odd("4.448,59 €")
    (True, True, True, False)
    """
    if _LOST_COMMA.search(text):
        return True
    return any(
        not _SHAPE.fullmatch(found) and not _SHAPE.fullmatch(found.rstrip(".,")) for found in _MARKED.findall(text)
    )


def better(one: Read, two: Read) -> Read:
    """A model drops an accent that it does not know and hardly ever adds one: more of them win, then the surer."""
    first, second = _accents(one.text), _accents(two.text)
    if first or second:
        return one if first >= second else two
    return max(one, two, key=lambda word: word.confidence)


def _merged(read: list[Read], one: list[Read], two: list[Read]) -> list[Read]:
    """The numbers that two readings agree on, without stray letters; the other words as they were read first."""
    if len(one) != len(two):  # a blank more or less: OCR swallows them, and the later one has the usual shape
        one = two if is_odd(_text(one)) else max(one, two, key=len)
    else:
        one = [_clearer(first, second) for first, second in zip(one, two, strict=True)]
    if len(one) == len(read):
        one = [word if is_number(word.text) else better(first, word) for first, word in zip(read, one, strict=True)]
    return [replace(item, confidence=max(item.confidence, _AGREED)) if _belongs(item) else item for item in one]


def _belongs(item: Read) -> bool:
    """Whether it is a number or the currency sign beside one: both are seen by all readings that agree."""
    return is_number(item.text) or re.fullmatch(_UNIT, item.text) is not None


def _clearer(one: Read, two: Read) -> Read:
    """Of a number the reading with fewer letters in it."""
    return min(one, two, key=_letters) if is_number(one.text) and is_number(two.text) else better(one, two)


def _text(read: Sequence[Read]) -> str:
    return " ".join(item.text for item in read)


def _numbers(read: Sequence[Read]) -> str:
    return " ".join(item.text for item in read if is_number(item.text))


def _marks(read: Sequence[Read]) -> str:
    """What must not be wrong in a number: digits, signs and the marks between them."""
    return re.sub(r"[^\d.,+-]", "", _numbers(read))


def _digits(read: Sequence[Read]) -> str:
    """Digits and signs alone, which OCR gets right more often than the marks between them."""
    return re.sub(r"[^\d+-]", "", _numbers(read))


def _letters(item: Read) -> int:
    return sum(map(str.isalpha, item.text))


def _accents(text: str) -> int:
    return sum(letter.isalpha() and not letter.isascii() for letter in text)

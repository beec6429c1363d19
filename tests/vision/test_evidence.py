"""Text, image and UI element weighed: what they agree on, what is missing, and what contradicts the rest."""

from __future__ import annotations

import pytest

from agent.core.geometry import Region
from agent.core.target import Kind
from agent.vision.candidate import Candidate
from agent.vision.evidence import Evidence, is_one_place, weighed

BUTTON = Region(100, 100, 90, 30)
LABEL, ICON = Region(130, 108, 50, 14), Region(104, 106, 18, 18)
"""Both within the button, and apart from each other."""
OTHER, FAR = Region(100, 300, 90, 30), Region(130, 308, 50, 14)
"""Another button, and the text in it."""


def seen(kind: Kind, *places: Region, score: float = 1.0, rank: int = 0) -> Evidence:
    return Evidence(kind, tuple(Candidate(place, score, rank, kind) for place in places))


def said(*evidence: Evidence, at_least: float = 0.8) -> tuple[str, list[Region], float]:
    """(what became of it, where, confidence of the first)"""
    verdict = weighed(evidence, at_least)
    for name in ("candidates", "doubtful", "apart"):
        if places := getattr(verdict, name):
            return name, [each.rect for each in places], round(places[0].score, 3)
    return "nothing", [], 0.0


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        # one kind is its own verdict
        ([seen("text", LABEL, FAR, score=0.9)], ("candidates", [LABEL, FAR], 0.9)),
        ([seen("text")], ("nothing", [], 0)),
        # both agree: the mean, at the text
        ([seen("text", LABEL), seen("image", BUTTON, score=0.9)], ("candidates", [LABEL], 0.95)),
        # a text that is there twice, and the picture says which
        ([seen("text", LABEL, FAR), seen("image", BUTTON)], ("candidates", [LABEL], 1)),
        ([seen("text", LABEL, FAR), seen("image", BUTTON, OTHER)], ("candidates", [LABEL, FAR], 1)),
        # one is missing: a tenth less
        ([seen("text", LABEL), seen("image")], ("candidates", [LABEL], 0.9)),
        ([seen("text"), seen("image", BUTTON)], ("candidates", [BUTTON], 0.9)),
        ([seen("text", LABEL, score=0.85), seen("image")], ("doubtful", [LABEL], 0.765)),
        ([seen("text", LABEL), seen("image"), seen("element")], ("candidates", [LABEL], 0.81)),
        ([seen("text", LABEL, score=0.95), seen("image"), seen("element")], ("doubtful", [LABEL], 0.769)),
        # they point to different places
        ([seen("text", LABEL), seen("image", OTHER)], ("apart", [LABEL, OTHER], 1)),
        ([seen("text", LABEL), seen("image", BUTTON), seen("element", OTHER)], ("apart", [LABEL, BUTTON, OTHER], 1)),
        ([seen("text", LABEL), seen("image", ICON)], ("apart", [LABEL, ICON], 1)),
        # what lies apart is one place in the element around both
        ([seen("text", LABEL), seen("image", ICON), seen("element", BUTTON)], ("candidates", [LABEL], 1)),
        # an element in an element: one place still
        ([seen("text", LABEL), seen("element", BUTTON.grown(50), BUTTON)], ("candidates", [LABEL], 1)),
        # all are missing
        ([seen("text"), seen("image")], ("nothing", [], 0)),
    ],
)
def test_the_table_of_cases(evidence: list[Evidence], expected: tuple[str, list[Region], float]) -> None:
    assert said(*evidence) == expected
    assert said(*reversed(evidence)) == expected


def test_what_agrees_tells_how_it_was_found_and_what_is_missing() -> None:
    verdict = weighed([seen("text", LABEL, rank=1), seen("image", BUTTON, rank=1), seen("element")], 0.8)
    assert verdict.missing == ("element",)
    assert [(each.method, each.rank) for each in verdict.candidates] == [("text+image", 2)]


def test_a_higher_confidence_makes_the_missing_kind_count() -> None:
    evidence = [seen("text", LABEL), seen("image")]
    assert said(*evidence, at_least=0.9)[0] == "candidates"
    assert said(*evidence, at_least=0.91)[0] == "doubtful"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (BUTTON, LABEL, True),
        (BUTTON, Region(100, 115, 90, 30), True),  # half of it
        (BUTTON, Region(100, 117, 90, 30), False),
        (LABEL, ICON, False),
        (BUTTON, Region(190, 100, 90, 30), False),
    ],
)
def test_one_place_is_what_shares_its_middle_or_half_of_the_smaller(one: Region, other: Region, same: bool) -> None:
    assert is_one_place(one, other) is same
    assert is_one_place(other, one) is same

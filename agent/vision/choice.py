"""Which of the candidates are meant: in the direction from an anchor, of the best kind, the nearest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from agent.core.geometry import Region
from agent.core.relation import Nearness, Relation, nearness
from agent.core.target import Target
from agent.vision.candidate import Candidate, best, from_top_left
from agent.vision.evidence import Evidence

_AS_GOOD = 0.05
"""Candidates of one rank whose scores differ by less are equally good: no reason to prefer one."""
_AS_NEAR = 4.0
"""Pixels: places whose distance to the anchor differs by no more are equally near."""


@dataclass(frozen=True, slots=True)
class Beside:
    """In which direction to look, and from where."""

    anchor: Region
    relation: Relation

    def nearness(self, candidate: Candidate) -> Nearness | None:
        """How near it is; None when it lies elsewhere."""
        return nearness(self.anchor, candidate.rect, self.relation)


def narrowed(evidence: Evidence, target: Target, beside: Beside | None) -> Evidence:
    """What lies in the right direction, and of texts only those of the best kind among these."""
    from agent.vision.match_text import settled

    there = evidence.candidates
    if beside is not None:
        there = tuple(each for each in there if beside.nearness(each) is not None)
    if evidence.kind == "text":
        there = tuple(settled(there, target.compare))
    return replace(evidence, candidates=there)


def in_order(candidates: Sequence[Candidate], beside: Beside | None) -> tuple[Candidate, ...]:
    """From the anchor, if there is one, else from the top left."""
    if beside is None:
        return tuple(from_top_left(candidates))
    return tuple(sorted(candidates, key=lambda each: beside.nearness(each) or (True, float("inf"))))


def equally_good(candidates: Sequence[Candidate], beside: Beside | None) -> Sequence[Candidate]:
    """The best one and those that are no worse, of which with an anchor only the nearest; empty when there is none."""
    leader = best(candidates)
    if leader is None:
        return ()
    as_good = [each for each in candidates if each.rank == leader.rank and each.score > leader.score - _AS_GOOD]
    return as_good if beside is None else _nearest(as_good, beside)


def _nearest(candidates: Sequence[Candidate], beside: Beside) -> Sequence[Candidate]:
    measured = [(near, each) for each in candidates if (near := beside.nearness(each)) is not None]
    aside, distance = min(near for near, _ in measured)
    return [each for near, each in measured if near[0] == aside and near[1] <= distance + _AS_NEAR]

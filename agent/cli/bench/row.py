"""`Case` is a row before it is measured, `Row` is one afterwards. The decorator `case` makes a case of a function.

Every value is a cost: milliseconds, kilobytes, characters lost. Less is better, in every row, so that the ratio
(the peer's value through ours) always says how many times better we are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from agent.core.errors import ErrorRecord

if TYPE_CHECKING:
    from agent.cli.bench.peer import Peer
    from agent.cli.bench.stand import Stand


@dataclass(frozen=True, slots=True)
class Target:
    """What a row has to reach. Without either limit it is shown for information."""

    at_most: float | None = None
    """The product's limit, in the row's unit."""
    times: float | None = None
    """The least ratio to the peer, measured in the same run."""

    def text(self, unit: str) -> str:
        """The target in a word: ``≥ 50×, ≤ 2000 ms``."""
        limits = [f"≥ {self.times:.3g}×"] if self.times is not None else []
        if self.at_most is not None:
            limits.append(f"≤ {self.at_most:g} {unit}")
        return ", ".join(limits)

    def met(self, value: float, peer_value: float | None) -> bool | None:
        """Whether it is reached; None when that cannot be told (no limit, or a ratio without the peer)."""
        verdicts = []
        if self.at_most is not None:
            verdicts.append(value <= self.at_most)
        if self.times is not None and peer_value is not None:
            verdicts.append(value * self.times <= peer_value)
        return all(verdicts) if verdicts else None


@dataclass(frozen=True, slots=True)
class Pair:
    """What was measured, in the row's unit: ours, and the peer's where there is one."""

    value: float
    peer_value: float | None
    note: ErrorRecord | None = None
    """What a reader of the two figures must know, such as a text that was misread."""


@dataclass(frozen=True, slots=True)
class Row:
    """A measured row, as it is printed and as ``--json`` writes it."""

    id: str
    title: str
    value: float | None
    unit: str
    target: str
    peer: str
    peer_value: float | None
    ratio: float | None
    ok: bool | None
    """None where it cannot be told: the target is a ratio and the peer is not installed, or there is no corpus."""
    note: ErrorRecord | None = None
    """Why a figure is missing, or what it does not say; printed below the table, not part of the JSON."""

    def to_json(self) -> dict[str, Any]:
        """The row as a JSON object, with the nine keys that other programs rely on."""
        return {key: value for key, value in asdict(self).items() if key != "note"}


@dataclass(frozen=True, slots=True)
class Case:
    """A row to be measured."""

    id: str
    title: str
    peer: str
    """A name in `agent.cli.bench.peers.PEERS`; empty where there is nobody to be compared with."""
    unit: str
    target: Target
    measure: Callable[[Stand, Peer], Pair]
    """Measures ours and the peer's in turns. Raises AgentError when ours cannot be measured on this machine."""
    reads: str = ""
    """The languages that the peer reads in; told with its name."""

    def row(self, pair: Pair, peer: str) -> Row:
        """The row with its figures. `peer` is the name with the version."""
        value, peer_value = pair.value, pair.peer_value
        ratio = peer_value / value if peer_value is not None and value else None
        target, ok = self.target.text(self.unit), self.target.met(value, peer_value)
        return Row(self.id, self.title, value, self.unit, target, peer, peer_value, ratio, ok, pair.note)

    def failed(self, peer: str, note: ErrorRecord, *, missed: bool = True) -> Row:
        """The row without figures, when ours could not be measured: that is a miss, unless it could not even begin."""
        target, ok = self.target.text(self.unit), False if missed else None
        return Row(self.id, self.title, None, self.unit, target, peer, None, None, ok=ok, note=note)


def case(
    case_id: str,
    title: str,
    *,
    peer: str = "",
    reads: str = "",
    unit: str = "ms",
    times: float | None = None,
    at_most: float | None = None,
) -> Callable[[Callable[[Stand, Peer], Pair]], Case]:
    """Make a case of the function below it; `agent.cli.bench.rows.CASES` finds it there.

    `times` and `at_most` are the limits of its `Target`.
    """

    def made(measure: Callable[[Stand, Peer], Pair]) -> Case:
        return Case(case_id, title, peer, unit, Target(at_most, times), measure, reads)

    return made

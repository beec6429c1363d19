"""The parts of the benchmarks: how rows are chosen and judged, how turns are taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.cli.bench import _chosen, _row
from agent.cli.bench.conversation import Conversation
from agent.cli.bench.corpus import NoCorpus
from agent.cli.bench.measure import Turn, medians, timed
from agent.cli.bench.peer import Peer, PeerFailed
from agent.cli.bench.peers import PEERS
from agent.cli.bench.row import Case, Pair, Target, case
from agent.cli.bench.rows import CASES
from agent.cli.bench.stand import Stand
from agent.core.errors import AgentError
from agent.settings import Home, Settings


def row_case(target: Target) -> Case:
    """A case that is never measured."""
    return Case("a.b", "Something", "mss", "ms", target, lambda stand, peer: Pair(0, None))


def test_every_row_has_an_id_of_its_own_and_a_known_peer() -> None:
    assert len({each.id for each in CASES}) == len(CASES)
    assert {each.peer for each in CASES} <= {*PEERS, ""}


def test_a_function_under_the_decorator_is_a_case() -> None:
    @case("new.row", "A new row", peer="mss", times=2, at_most=5)
    def new(stand: object, peer: object) -> Pair:
        return Pair(1, 2)

    assert isinstance(new, Case)
    assert new.target.text(new.unit) == "≥ 2×, ≤ 5 ms"


@pytest.mark.parametrize(
    ("target", "pair", "ok"),
    [
        (Target(times=2), Pair(5, 10), True),
        (Target(times=2), Pair(5, 9.9), False),
        (Target(times=2), Pair(5, None), None),
        (Target(at_most=5), Pair(5, None), True),
        (Target(at_most=4), Pair(5, 100), False),
        (Target(at_most=4, times=2), Pair(3, 5), False),
        (Target(at_most=0, times=5), Pair(0, 3), True),
        (Target(), Pair(5, 1), None),
    ],
)
def test_a_target_is_judged_by_each_of_its_limits(target: Target, pair: Pair, ok: bool | None) -> None:
    assert row_case(target).row(pair, "mss 1").ok is ok


def test_the_ratio_says_how_many_times_less_ours_is() -> None:
    assert row_case(Target()).row(Pair(2, 8), "mss 1").ratio == 4
    assert row_case(Target()).row(Pair(0, 8), "mss 1").ratio is None


def test_turns_go_round_and_the_first_round_does_not_count() -> None:
    order: list[str] = []

    def taking(name: str, seconds: list[float]) -> Turn:
        left = iter(seconds)

        def turn() -> list[float]:
            order.append(name)
            return [next(left)]

        return turn

    ours, theirs = taking("A", [99, 1, 2, 3]), taking("B", [99, 5, 4, 6])
    assert medians([ours, theirs], rounds=3) == [2, 5]
    assert order == ["A", "B"] * 4


def test_what_belongs_to_a_call_is_done_around_each_one() -> None:
    done: list[str] = []
    turn = timed(
        lambda: done.append("work"), calls=2, before=lambda: done.append("before"), after=lambda: done.append("after")
    )
    assert len(turn()) == 2
    assert done == ["before", "work", "after"] * 2


def test_a_group_stands_for_the_rows_of_its_families() -> None:
    seeing = [each.id for each in _chosen(["vision"])]
    assert {name.split(".")[0] for name in seeing} == {"capture", "evidence", "change", "ocr", "find"}
    assert [each.id for each in _chosen(["find", "vision", "ocr.cell.deu"])] == seeing
    assert [each.id for each in _chosen(["ocr.cell.deu", "ocr.cell"])] == ["ocr.cell", "ocr.cell.deu"]
    assert _chosen([]) == list(CASES)


def test_a_row_without_a_rival_is_measured_alone_and_one_without_a_corpus_is_no_miss() -> None:
    def measure(stand: object, peer: Peer) -> Pair:
        with pytest.raises(PeerFailed):
            peer.ask("read")
        return Pair(3, peer.turn("read"))  # type: ignore[arg-type]  # None

    def fail(stand: object, peer: Peer) -> Pair:
        raise NoCorpus("The screens are not here.")

    with Stand(Home.of_user(), Settings()) as stand:
        row = _row(Case("a.b", "Alone", "", "", Target(at_most=4), measure), stand)
        assert (row.peer, row.value, row.peer_value, row.ok) == ("", 3, None, True)
        row = _row(Case("a.c", "Nowhere", "", "", Target(at_most=4), fail), stand)
        assert (row.value, row.ok) == (None, None)
        assert row.note is not None


def test_a_program_that_ends_without_an_answer_is_an_error(tmp_path: Path) -> None:
    script = tmp_path / "silent.py"
    script.write_text("print('{\"ready\": 1}', flush=True); input()", encoding="utf-8")
    with Conversation("silent", [str(script)], {}) as talk, pytest.raises(AgentError, match="silent has ended"):
        talk.ask({"do": "anything"})

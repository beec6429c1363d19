"""The parts of the benchmarks: how rows are judged, how turns are taken, how reading is scored."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.cli.bench.conversation import Conversation
from agent.cli.bench.measure import Turn, medians, timed
from agent.cli.bench.office import Truth, wrong_words
from agent.cli.bench.peers import PEERS
from agent.cli.bench.row import Case, Pair, Target, case
from agent.cli.bench.rows import CASES
from agent.core.errors import AgentError
from agent.core.geometry import Region


def row_case(target: Target) -> Case:
    """A case that is never measured."""
    return Case("a.b", "Something", "mss", "ms", target, lambda stand, peer: Pair(0, None))


def test_every_row_has_an_id_of_its_own_and_a_known_peer() -> None:
    assert len({each.id for each in CASES}) == len(CASES)
    assert {each.peer for each in CASES} <= set(PEERS)


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


def test_a_word_counts_only_where_it_stands_and_only_once() -> None:
    first, second = Region(0, 0, 100, 20), Region(0, 20, 100, 20)
    truths = [Truth("zu viel zu", first), Truth("groß", second)]
    read = [
        ("zu", Region(0, 2, 20, 14)),
        ("viel", Region(30, 2, 20, 14)),
        ("groß", Region(60, 2, 20, 14)),  # in the wrong place
        ("gross", Region(0, 22, 20, 14)),  # in the right place, and wrong
    ]
    assert wrong_words(truths, read) == 50


def test_a_program_that_ends_without_an_answer_is_an_error(tmp_path: Path) -> None:
    script = tmp_path / "silent.py"
    script.write_text("print('{\"ready\": 1}', flush=True); input()", encoding="utf-8")
    with Conversation("silent", [str(script)], {}) as talk, pytest.raises(AgentError, match="silent has ended"):
        talk.ask({"do": "anything"})

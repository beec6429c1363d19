"""Turns: nobody shares what is exclusive, nobody waits in a circle, and the desktop stays with one run."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent.engine.arbiter import Arbiter, Claim

RESOURCES = ("desktop", "printer", "scanner")


@st.composite
def wishes(draw: st.DrawFn) -> list[tuple[str, frozenset[str], int]]:
    """Claims of up to four runs: which run, what it uses, how urgent it is."""
    one = st.tuples(
        st.sampled_from(["r0", "r1", "r2", "r3"]), st.frozensets(st.sampled_from(RESOURCES)), st.integers(-1, 1)
    )
    return draw(st.lists(one, min_size=1, max_size=20))


@given(wishes(), st.integers(1, 4), st.data())
def test_everybody_gets_a_turn_and_nobody_shares(
    wishes: list[tuple[str, frozenset[str], int]], threads: int, data: st.DataObject
) -> None:
    arbiter: Arbiter[int] = Arbiter(threads)
    left = [run_id for run_id, _, _ in wishes]
    for number, (run_id, uses, priority) in enumerate(wishes):
        arbiter.claim(number, run_id=run_id, uses=uses, priority=priority)
    running: list[Claim[int]] = []
    served: list[int] = []
    while len(served) < len(wishes):
        running += arbiter.grant()
        assert running, "nobody can go on"
        assert len(running) <= threads
        used = [name for claim in running for name in claim.uses]
        assert len(used) == len(set(used))
        claim = running.pop(data.draw(st.integers(0, len(running) - 1)))
        owner_before = arbiter.owner
        served.append(claim.item)
        left.remove(claim.run_id)
        arbiter.release(claim)
        assert arbiter.owner == owner_before, "the desktop changed hands within a run"
        if claim.run_id not in left:
            arbiter.end(claim.run_id)
    assert sorted(served) == list(range(len(wishes)))
    assert arbiter.owner == ""


def names(claims: list[Claim[str]]) -> list[str]:
    return [claim.item for claim in claims]


def test_priority_goes_before_waiting_time() -> None:
    arbiter: Arbiter[str] = Arbiter(1)
    arbiter.claim("early", run_id="r", priority=0)
    arbiter.claim("late", run_id="r", priority=0)
    arbiter.claim("urgent", run_id="r", priority=5)
    (first,) = arbiter.grant()
    arbiter.release(first)
    (second,) = arbiter.grant()
    assert (first.item, second.item) == ("urgent", "early")


def test_a_run_keeps_the_desktop_between_its_steps() -> None:
    arbiter: Arbiter[str] = Arbiter(9)
    arbiter.claim("a1", run_id="a", uses=["desktop"])
    (first,) = arbiter.grant()
    arbiter.claim("b1", run_id="b", uses=["desktop"], priority=100)
    arbiter.release(first)
    assert arbiter.grant() == []
    arbiter.claim("a2", run_id="a", uses=["desktop"])
    (second,) = arbiter.grant()
    assert second.item == "a2"
    arbiter.release(second)
    arbiter.end("a")
    assert names(arbiter.grant()) == ["b1"]


def test_who_waits_for_a_whole_run_does_not_hold_up_what_that_run_needs() -> None:
    arbiter: Arbiter[str] = Arbiter(9)
    arbiter.claim("a1", run_id="a", uses=["desktop"])
    (first,) = arbiter.grant()
    arbiter.claim("b1", run_id="b", uses=["desktop", "printer"])
    arbiter.release(first)
    assert arbiter.grant() == []
    arbiter.claim("a2", run_id="a", uses=["printer"])
    assert names(arbiter.grant()) == ["a2"]


def test_a_wide_claim_is_not_starved_by_narrow_ones() -> None:
    arbiter: Arbiter[str] = Arbiter(9)
    arbiter.claim("narrow", run_id="r", uses=["printer"])
    (narrow,) = arbiter.grant()
    arbiter.claim("wide", run_id="r", uses=["printer", "scanner"])
    arbiter.claim("other", run_id="r", uses=["scanner"])
    assert arbiter.grant() == [], "the scanner is kept for the wide one"
    arbiter.release(narrow)
    assert names(arbiter.grant()) == ["wide"]


def test_without_the_lease_nobody_gets_the_desktop_and_all_else_goes_on() -> None:
    arbiter: Arbiter[str] = Arbiter(9)
    for name in ("a", "b"):
        arbiter.claim(name, run_id=name, uses=["desktop"])
    arbiter.claim("c", run_id="c")
    asked: list[str] = []

    def refuse(run_id: str) -> bool:
        asked.append(run_id)
        return False

    assert names(arbiter.grant(refuse)) == ["c"]
    assert asked == ["a"]
    assert [claim.item for claim in arbiter.waiting_for_desktop()] == ["a", "b"]


def test_a_step_left_behind_keeps_what_it_uses_but_not_its_thread() -> None:
    arbiter: Arbiter[str] = Arbiter(1)
    arbiter.claim("hangs", run_id="a", uses=["desktop"])
    (hangs,) = arbiter.grant()
    arbiter.leave_behind(hangs)
    arbiter.end("a")
    arbiter.claim("desk", run_id="b", uses=["desktop"])
    arbiter.claim("other", run_id="b")
    (other,) = arbiter.grant()
    assert other.item == "other"
    arbiter.release(other)
    arbiter.release(hangs)
    assert names(arbiter.grant()) == ["desk"]

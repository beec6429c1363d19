"""Who comes before whom, and circles."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent.core.graph import Arrows, circles, order, predecessors

ids = st.integers(0, 7).map("n{}".format)
graphs = st.lists(st.tuples(ids, ids), max_size=16).map(
    lambda pairs: {f"n{i}": [b for a, b in pairs if a == f"n{i}" and a != b] for i in range(8)}
)


def reached(arrows: Arrows, start: str) -> set[str]:
    """All that arrows lead to from here, in the plainest way."""
    found: set[str] = set()
    rest = list(arrows[start])
    while rest:
        name = rest.pop()
        if name not in found:
            found.add(name)
            rest.extend(arrows[name])
    return found


@given(graphs)
def test_arrows_point_forward_in_the_order(arrows: Arrows) -> None:
    names = order(arrows)
    for name in names:
        assert all(names.index(name) < names.index(target) for target in arrows[name] if target in names)
    on_or_behind_a_circle = {
        name
        for name in arrows
        if any(name in reached(arrows, other) | {other} for other in arrows if other in reached(arrows, other))
    }
    assert set(arrows) - set(names) == on_or_behind_a_circle


@given(graphs)
def test_predecessors_are_those_who_lead_here(arrows: Arrows) -> None:
    bits = {name: 1 << place for place, name in enumerate(arrows)}
    for name, mask in predecessors(arrows, bits).items():
        assert {other for other in arrows if mask & bits[other]} == {
            other for other in arrows if name in reached(arrows, other)
        }


@given(graphs)
def test_circles_are_circles_and_none_is_forgotten(arrows: Arrows) -> None:
    found = circles(arrows)
    for circle in found:
        assert all(after in arrows[before] for before, after in zip(circle, circle[1:] + circle[:1], strict=True))
        assert len(set(circle)) == len(circle)
    mentioned = {name for circle in found for name in circle}
    left = {
        name: [t for t in targets if t not in mentioned] for name, targets in arrows.items() if name not in mentioned
    }
    assert len(order(left)) == len(left)


def test_a_long_chain_needs_no_deep_stack() -> None:
    arrows = {f"n{i}": [f"n{i + 1}"] for i in range(5_000)} | {"n5000": ["n0"]}
    assert len(circles(arrows)[0]) == 5_001

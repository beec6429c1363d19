"""Questions about arrows between ids, without their meaning: who comes before whom, and what goes round in circles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Arrows = Mapping[str, Sequence[str]]
"""Every id with those it points to; each of them is a key, too."""


def order(arrows: Arrows) -> list[str]:
    """The ids such that every arrow points forward; ids on a circle and behind one are left out."""
    waits = dict.fromkeys(arrows, 0)
    for targets in arrows.values():
        for target in targets:
            waits[target] += 1
    ready = [name for name, count in waits.items() if count == 0]
    for name in ready:  # grows while it is walked
        for target in arrows[name]:
            waits[target] -= 1
            if waits[target] == 0:
                ready.append(target)
    return ready


def predecessors(arrows: Arrows, bit: Mapping[str, int]) -> dict[str, int]:
    """For each id in `order`, everything from which arrows lead to it, near and far, as a set of bits."""
    before = dict.fromkeys(arrows, 0)
    known = order(arrows)
    for name in known:
        reached = before[name] | bit[name]
        for target in arrows[name]:
            before[target] |= reached
    return {name: before[name] for name in known}


def circles(arrows: Arrows, most: int = 20) -> list[tuple[str, ...]]:
    """Circles that share no id, each as the ids in arrow order; at most `most` of them."""
    found: list[tuple[str, ...]] = []
    rest = _in_circles(arrows)
    while rest and len(found) < most:
        circle = _circle(rest)
        found.append(circle)
        rest = _in_circles(_without(rest, set(circle)))
    return found


def _in_circles(arrows: Arrows) -> Arrows:
    """What is left without the ids that only lead to circles or only come from them."""
    for _ in range(2):  # forward, then backward
        arrows = _turned(_without(arrows, set(order(arrows))))
    return arrows


def _without(arrows: Arrows, names: set[str]) -> Arrows:
    return {
        name: [target for target in targets if target not in names]
        for name, targets in arrows.items()
        if name not in names
    }


def _turned(arrows: Arrows) -> Arrows:
    turned: dict[str, list[str]] = {name: [] for name in arrows}
    for name, targets in arrows.items():
        for target in targets:
            turned[target].append(name)
    return turned


def _circle(arrows: Arrows) -> tuple[str, ...]:
    """Follow the arrows until an id comes again: every id here has an arrow onwards."""
    path: dict[str, None] = {}
    name = next(iter(arrows))
    while name not in path:
        path[name] = None
        name = arrows[name][0]
    way = list(path)
    circle = way[way.index(name) :]
    place = {name: index for index, name in enumerate(arrows)}
    first = min(range(len(circle)), key=lambda index: place[circle[index]])
    return (*circle[first:], *circle[:first])

"""Rows: seeing which parts of the screen have changed. Both sides are given the two frames."""

from __future__ import annotations

from pathlib import Path

from agent.cli.bench.measure import timed
from agent.cli.bench.peer import Peer
from agent.cli.bench.row import Pair, case
from agent.cli.bench.stand import Stand
from agent.core.frame import Frame

_CALLS = 10


def _race(stand: Stand, peer: Peer, before: Frame, after: Frame) -> Pair:
    from agent.vision.change import changes

    paths = [_raw(stand, name, frame) for name, frame in (("before", before), ("after", after))]
    peer.call("load_two", paths=[str(path) for path in paths], size=[before.region.width, before.region.height])
    ours = timed(lambda: changes(before, after), calls=_CALLS)
    return stand.race(ours, peer.turn("difference", calls=_CALLS), rounds=10)


def _raw(stand: Stand, name: str, frame: Frame) -> Path:
    path = stand.folder / f"{name}.bgra"
    path.write_bytes(frame.pixels)
    return path


def _again(stand: Stand) -> Frame:
    return stand.devices.screen.capture(stand.frame.region)


@case("change.none", "See that nothing has changed", peer="pillow", at_most=1)
def none(stand: Stand, peer: Peer) -> Pair:
    """What each look costs while one waits. Two frames that were captured one after the other."""
    return _race(stand, peer, _again(stand), _again(stand))


@case("change.cell", "See where one cell has changed", peer="pillow")
def cell(stand: Stand, peer: Peer) -> Pair:
    """The peer tells one rectangle around all that differs."""
    before = _again(stand)
    stand.open_office().change_amount()
    return _race(stand, peer, before, _again(stand))

"""Rows: the picture that is kept of a step."""

from __future__ import annotations

from agent.cli.bench.measure import timed
from agent.cli.bench.peer import Peer
from agent.cli.bench.row import Pair, case
from agent.cli.bench.stand import Stand

_KB = 1000.0


def _load(stand: Stand, peer: Peer) -> None:
    raw = stand.folder / "screen.bgra"
    raw.write_bytes(stand.frame.pixels)
    peer.call("load", path=str(raw), size=[stand.frame.region.width, stand.frame.region.height])


@case("evidence.png", "A full-HD screenshot as a PNG", peer="pillow", times=10)
def png(stand: Stand, peer: Peer) -> Pair:
    """From raw pixels in memory to the bytes of the file, without writing it."""
    _load(stand, peer)
    eye = stand.eye()
    return stand.race(timed(lambda: eye.png(stand.frame)), peer.turn("png"), rounds=9)


@case("evidence.size", "The size of that PNG", peer="pillow", unit="kB", times=1 / 1.3)
def size(stand: Stand, peer: Peer) -> Pair:
    """What the speed costs: at most 30 % more bytes than the peer's."""
    _load(stand, peer)
    theirs = peer.call("png")
    return Pair(len(stand.eye().png(stand.frame)) / _KB, theirs / _KB if theirs is not None else None)

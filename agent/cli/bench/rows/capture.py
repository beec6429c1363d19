"""Rows: from the screen to an array of pixels."""

from __future__ import annotations

from agent.cli.bench.measure import Turn, timed
from agent.cli.bench.peer import Peer
from agent.cli.bench.row import Pair, case
from agent.cli.bench.stand import Stand
from agent.core.geometry import Region

_CALLS = 5
"""Captures in a turn: the first one finds a cold cache on both sides, the median does not count it."""


def _capture(stand: Stand, region: Region | None) -> Turn:
    from agent.vision.frame import pixels

    screen = stand.devices.screen
    return timed(lambda: pixels(screen.capture(region)), calls=_CALLS)


@case("capture.full", "The whole screen as an array of pixels", peer="mss", times=0.95)
def full(stand: Stand, peer: Peer) -> Pair:
    """mss is what we capture with; the target is that our way through it costs next to nothing."""
    place = stand.frame.region
    box = [place.x, place.y, place.width, place.height]
    return stand.race(_capture(stand, None), peer.turn("grab", calls=_CALLS, box=box), rounds=30)


@case("capture.full.pillow", "The whole screen as an array of pixels", peer="pillow", times=3)
def full_pillow(stand: Stand, peer: Peer) -> Pair:
    """Pillow's ImageGrab is what PyAutoGUI and most scripts use."""
    stand.open_office()
    return stand.race(_capture(stand, None), peer.turn("grab", calls=_CALLS), rounds=15)


@case("capture.region", "A region of 400 × 300 as an array of pixels", peer="mss", times=0.9)
def region(stand: Stand, peer: Peer) -> Pair:
    """Small captures are what waiting for a change is made of."""
    stand.open_office()
    box = [600, 300, 400, 300]
    return stand.race(_capture(stand, Region(*box)), peer.turn("grab", calls=_CALLS, box=box), rounds=60)

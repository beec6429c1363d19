"""Rows: the picture that is kept of a step, and the other kinds of picture that can be had."""

from __future__ import annotations

from agent.cli.bench.measure import timed
from agent.cli.bench.peer import Peer
from agent.cli.bench.row import Pair, case
from agent.cli.bench.stand import Stand
from agent.core.frame import PictureFormat, PictureStyle

_KB = 1000.0


def _load(stand: Stand, peer: Peer) -> None:
    raw = stand.folder / "screen.bgra"
    raw.write_bytes(stand.frame.pixels)
    peer.call("load", path=str(raw), size=[stand.frame.region.width, stand.frame.region.height])


def _race(stand: Stand, peer: Peer, kind: PictureFormat, rounds: int) -> Pair:
    _load(stand, peer)
    eye, style = stand.eye(), PictureStyle(format=kind)
    options = {} if kind == "png" else {"quality": style.quality}
    theirs = peer.turn("encode", kind=kind, options=options)
    return stand.race(timed(lambda: eye.picture(stand.frame, style)), theirs, rounds=rounds)


def _size(stand: Stand, peer: Peer, style: PictureStyle, **options: object) -> Pair:
    _load(stand, peer)
    theirs = peer.call("encode", kind=style.format, options=options)
    return Pair(len(stand.eye().picture(stand.frame, style)) / _KB, theirs / _KB if theirs is not None else None)


@case("evidence.png", "A full-HD screenshot as a PNG", peer="pillow", times=10)
def png(stand: Stand, peer: Peer) -> Pair:
    """From raw pixels in memory to the bytes of the file, without writing it."""
    return _race(stand, peer, "png", rounds=9)


@case("evidence.size", "The size of that PNG", peer="pillow", unit="kB", times=1 / 1.3)
def size(stand: Stand, peer: Peer) -> Pair:
    """What the speed costs: at most 30 % more bytes than the peer's."""
    return _size(stand, peer, PictureStyle())


@case("evidence.size.9", "The smallest PNG of it", peer="pillow", unit="kB", times=1)
def smallest(stand: Stand, peer: Peer) -> Pair:
    """With compression 9 on both sides."""
    return _size(stand, peer, PictureStyle(compression=9), compress_level=9)


@case("evidence.jpeg", "A full-HD screenshot as a JPEG", peer="pillow", times=0.9)
def jpeg(stand: Stand, peer: Peer) -> Pair:
    """Of the same quality; below it is the same library, so the target is that our way to it costs next to nothing."""
    return _race(stand, peer, "jpeg", rounds=9)


@case("evidence.webp", "A full-HD screenshot as a WebP", peer="pillow", times=1.5)
def webp(stand: Stand, peer: Peer) -> Pair:
    """Of the same quality."""
    return _race(stand, peer, "webp", rounds=5)


@case("evidence.webp.size", "The size of that WebP", peer="pillow", unit="kB", times=1 / 1.1)
def webp_size(stand: Stand, peer: Peer) -> Pair:
    """What the speed costs: at most 10 % more bytes than the peer's."""
    style = PictureStyle(format="webp")
    return _size(stand, peer, style, quality=style.quality)

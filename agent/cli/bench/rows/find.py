"""Rows: finding a picture or a text on the full-HD office window. Ours includes the capture, the peers' do not."""

from __future__ import annotations

from pathlib import Path

from agent.cli.bench.measure import timed
from agent.cli.bench.peer import Peer
from agent.cli.bench.row import Pair, case
from agent.cli.bench.stand import Stand
from agent.core.errors import AgentError
from agent.core.target import Target

_BUTTON = "Auftrag speichern"


def _present(stand: Stand) -> Path:
    """The picture of a button that is on the screen."""
    path = stand.folder / "present.png"
    path.write_bytes(stand.eye().png(stand.devices.screen.capture(stand.open_office().place(_BUTTON))))
    return path


def _absent(stand: Stand) -> Path:
    """The picture of a button that is not."""
    path = stand.folder / "absent.png"
    stand.open_office().draw_button("Kündigung bestätigen", path)
    return path


def _find_picture(stand: Stand, peer: Peer, picture: Path, *, expected: int) -> Pair:
    """The window changes before each search, so that no answer of before can be the answer."""
    target = Target(image=str(picture))
    eye = stand.eye()
    peer.call("load", screen=str(stand.picture), wanted=str(picture))

    def find() -> None:
        found = len(eye.find_all(target))
        if found != expected:
            raise AgentError(
                "The picture {name} was found {found} times instead of {expected}.",
                name=picture.name,
                found=found,
                expected=expected,
            )

    return stand.race(timed(find, before=stand.open_office().change_amount), peer.turn("find"), rounds=15)


@case("find.image", "Find the picture of a button", peer="pyscreeze", times=10)
def image(stand: Stand, peer: Peer) -> Pair:
    """It is there once, pixel for pixel."""
    return _find_picture(stand, peer, _present(stand), expected=1)


@case("find.absent", "See that a picture is not on the screen", peer="pyscreeze", times=0.8)
def absent(stand: Stand, peer: Peer) -> Pair:
    """No pixel-identical place: the whole screen must be compared with tolerance. No claim but not to be slower."""
    return _find_picture(stand, peer, _absent(stand), expected=0)


@case("find.text", "Find a text on a window that was read before", peer="pytesseract", times=50, at_most=100)
def text(stand: Stand, peer: Peer) -> Pair:
    """One amount changes before each search, so that the eye has something to read."""
    eye = stand.eye("deu")
    target = Target(text=_BUTTON)
    eye.read()
    peer.call("load", path=str(stand.picture))
    ours = timed(lambda: eye.find(target), before=stand.open_office().change_amount)
    return stand.race(ours, peer.turn("find", text=_BUTTON, languages="deu"), rounds=3)

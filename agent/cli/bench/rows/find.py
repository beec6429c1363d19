"""Rows: finding a picture or a text on the full-HD office window. Ours always includes the capture."""

from __future__ import annotations

from pathlib import Path

from agent.cli.bench.measure import Turn, timed
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


def _find_picture(stand: Stand, picture: Path, *, expected: int, cold: bool = False) -> Turn:
    """Find it, the capture included. The window changes before each search, so that the screen must be looked at.

    The eye lives as long as the program, and remembers the screen as it was; with `cold` each search is an eye's first.
    """
    target = Target(image=str(picture))
    eyes = [stand.eye()]

    def before() -> None:
        stand.open_office().change_amount()
        if cold:
            eyes[0] = stand.eye()

    def find() -> None:
        found = len(eyes[0].find_all(target))
        if found != expected:
            raise AgentError(
                "The picture {name} was found {found} times instead of {expected}.",
                name=picture.name,
                found=found,
                expected=expected,
            )

    return timed(find, before=before)


def _race_on_one_picture(stand: Stand, peer: Peer, picture: Path, ours: Turn) -> Pair:
    """Against a peer that is given the screen, and so needs no capture."""
    peer.call("load", screen=str(stand.picture), wanted=str(picture))
    return stand.race(ours, peer.turn("find"), rounds=15)


@case("find.image", "Find the picture of a button, capture and all", peer="locate", times=30)
def image(stand: Stand, peer: Peer) -> Pair:
    """It is there once, pixel for pixel. Both capture the screen and look for the file."""
    picture = _present(stand)
    return stand.race(
        _find_picture(stand, picture, expected=1), peer.turn("find", wanted=str(picture), expected=True), rounds=15
    )


@case("find.image.given", "Find the picture of a button", peer="pyscreeze", times=10)
def image_given(stand: Stand, peer: Peer) -> Pair:
    """As before, but the peer does not capture: it has the screen already."""
    picture = _present(stand)
    return _race_on_one_picture(stand, peer, picture, _find_picture(stand, picture, expected=1))


@case("find.absent", "See that a picture is not on the screen", peer="pyscreeze", times=3)
def absent(stand: Stand, peer: Peer) -> Pair:
    """No pixel-identical place, and nothing is known: the whole screen must be compared with tolerance."""
    picture = _absent(stand)
    return _race_on_one_picture(stand, peer, picture, _find_picture(stand, picture, expected=0, cold=True))


@case("find.absent.again", "See again that it is not there, after a change", peer="pyscreeze", times=10)
def absent_again(stand: Stand, peer: Peer) -> Pair:
    """As in a wait: the eye has searched the screen before, and one amount is another one."""
    picture = _absent(stand)
    return _race_on_one_picture(stand, peer, picture, _find_picture(stand, picture, expected=0))


@case("find.text", "Find a text on a window that was read before", peer="pytesseract", times=50, at_most=100)
def text(stand: Stand, peer: Peer) -> Pair:
    """One amount changes before each search, so that the eye has something to read."""
    eye = stand.eye("deu")
    target = Target(text=_BUTTON)
    eye.read()
    peer.call("load", path=str(stand.picture))
    ours = timed(lambda: eye.find(target), before=stand.open_office().change_amount)
    return stand.race(ours, peer.turn("find", text=_BUTTON, languages="deu"), rounds=3)

"""Rows: mouse and keyboard, on the office window."""

from __future__ import annotations

from agent.cli.bench.measure import timed
from agent.cli.bench.peer import Peer
from agent.cli.bench.row import Pair, case
from agent.cli.bench.stand import MS, Stand

_TEXT = "Grüße aus Köln: 12 Stück à 3,50 € für Frau Jäßner, Öffnung ÄÖÜ um 8 Uhr."


@case("click", "Move the mouse and click", peer="pyautogui", at_most=2)
def click(stand: Stand, peer: Peer) -> Pair:
    """On a place of the window where a click does nothing.

    Ours is done when the program has got the click, the peer's when the X server has taken it: no ratio is aimed at.
    """
    point = stand.open_office().place("Optionen").center
    mouse = stand.devices.input
    ours = timed(lambda: mouse.click(point), calls=3)
    return stand.race(ours, peer.turn("click", calls=3, x=point.x, y=point.y), rounds=15)


@case("type", "Type German text, each character", peer="pyautogui", at_most=20)
def typing(stand: Stand, peer: Peer) -> Pair:
    """Ours looks before each character whether the window is still in front. The peer leaves characters out."""
    office, keyboard = stand.open_office(), stand.devices.input
    theirs = peer.turn("write", text=_TEXT)

    def type_there() -> list[float]:
        office.focus_note()
        took = list(theirs()) if theirs else []
        office.typed()
        return took

    ours = timed(lambda: keyboard.type_text(_TEXT, into=office.window_id), before=office.focus_note, after=office.typed)
    return stand.race(ours, type_there if theirs else None, rounds=5, unit=MS / len(_TEXT))


@case("type.lost", "Characters of it that are lost or wrong", peer="pyautogui", unit="characters", at_most=0)
def lost(stand: Stand, peer: Peer) -> Pair:
    """The distance (Levenshtein) between what was typed and what arrived in the field."""
    from rapidfuzz.distance import Levenshtein

    office = stand.open_office()
    office.focus_note()
    stand.devices.input.type_text(_TEXT, into=office.window_id)
    ours = Levenshtein.distance(_TEXT, office.typed())
    office.focus_note()
    peer.call("write", text=_TEXT)
    theirs = Levenshtein.distance(_TEXT, office.typed())
    return Pair(float(ours), None if peer.missing else float(theirs))

"""Rows: mouse and keyboard, on the office window."""

from __future__ import annotations

from itertools import pairwise

from agent.app import Agent
from agent.cli.bench.measure import timed
from agent.cli.bench.peer import Peer
from agent.cli.bench.row import Case, Pair, Target, case
from agent.cli.bench.stand import MS, Stand
from agent.core.errors import AgentError
from agent.core.run import Status
from agent.core.workflow import Edge, Node, Workflow
from agent.settings import Home

_TEXT = "Grüße aus Köln: 12 Stück à 3,50 € für Frau Jäßner, Öffnung ÄÖÜ um 8 Uhr."


@case("click", "Move the mouse and click", peer="pyautogui", at_most=2)
def click(stand: Stand, peer: Peer) -> Pair:
    """On a place of the window where a click does nothing.

    Ours looks that this window is what lies there, and is done when the program has got the click; a peer's is done
    when the X server has taken it, whoever gets it. So no ratio is aimed at.
    """
    office, mouse = stand.open_office(), stand.devices.input
    point = office.place("Optionen").center
    ours = timed(lambda: mouse.click(point, into=office.window_id), calls=3)
    return stand.race(ours, peer.turn("click", calls=3, x=point.x, y=point.y), rounds=15)


def _move(stand: Stand, peer: Peer) -> Pair:
    point, mouse = stand.open_office().place("Optionen").center, stand.devices.input
    ours = timed(lambda: mouse.move(point), calls=3)
    return stand.race(ours, peer.turn("move", calls=3, x=point.x, y=point.y), rounds=15)


MOUSE = tuple(
    Case(f"mouse.{doing}.{peer}", title, peer, "ms", Target(at_most=2), measure)
    for doing, title, measure in (
        ("click", "Move the mouse and click", click.measure),
        ("move", "Move the mouse", _move),
    )
    for peer in ("pyautogui.default", "pynput", "xtest")
)
"""The same beside others, all in one run."""

_CLICKS = 100


@case("mouse.action", "A step that clicks, of 100 in a row, looked at, checked and recorded", at_most=100)
def action(stand: Stand, peer: Peer) -> Pair:
    """The action mouse.click in a workflow: its window in front, the place found and free, both commits of the step.

    500 a minute are 120 ms each.
    """
    office = stand.open_office()
    point, title = office.place("Optionen").center, _title(stand, office.window_id)
    target = {"point": point.model_dump(), "window": title}
    nodes = tuple(Node(id=f"n{n}", action="mouse.click", params={"target": target}) for n in range(_CLICKS))
    edges = tuple(Edge(source=before.id, target=after.id) for before, after in pairwise(nodes))
    clicks = Workflow(id="bench", name="Benchmark", nodes=nodes, edges=edges)
    agent = stand.enter(Agent.open(Home(stand.folder / "mouse"), stand.settings, devices=stand.devices))

    def run() -> None:
        ended = agent.run(clicks)
        if ended.status is not Status.DONE:
            raise AgentError("The run failed: {reason}", reason=ended.error or ended.status)

    return stand.race(timed(run), None, rounds=3, unit=MS / _CLICKS)


def _title(stand: Stand, window_id: int) -> str:
    return next(window.title for window in stand.devices.windows.list() if window.id == window_id)


@case("type", "Type German text, each character", peer="pyautogui", at_most=5)
def typing(stand: Stand, peer: Peer) -> Pair:
    """Ours looks before each character whether the window is still in front. The peers lose characters.

    200 characters a second are 5 ms each.
    """
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


TYPING = tuple(
    Case(f"{each.id}.{peer}", each.title, peer, each.unit, each.target, each.measure)
    for each in (typing, lost)
    for peer in ("pynput", "xdotool")
)
"""The same beside others."""

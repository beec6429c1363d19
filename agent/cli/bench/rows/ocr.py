"""Rows: reading a full-HD office window with some 400 texts, German and English, 9 to 11 point.

Ours includes the capture; pytesseract is given the image. Both read German, unless the row says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable

from agent.cli.bench.measure import Turn, timed
from agent.cli.bench.office import wrong_words
from agent.cli.bench.peer import Peer
from agent.cli.bench.row import Pair, case
from agent.cli.bench.stand import Stand
from agent.core.errors import ErrorRecord
from agent.core.geometry import Region

_GERMAN, _BOTH = "deu", "deu+eng"


def _theirs(stand: Stand, peer: Peer, languages: str) -> Turn | None:
    peer.call("load", path=str(stand.picture))
    return peer.turn("read", languages=languages)


def _first_read(stand: Stand, peer: Peer, languages: str) -> Pair:
    """A new eye for every reading: it knows no line yet."""
    eyes = [stand.eye(languages)]

    def renew() -> None:
        eyes[0] = stand.eye(languages)

    ours = timed(lambda: eyes[0].read(None), before=renew)
    return stand.race(ours, _theirs(stand, peer, languages), rounds=3)


def _read_again(stand: Stand, peer: Peer, change: Callable[[], str], undo: Callable[[], object]) -> Pair:
    """One eye that has read the window; `change` gives the text that must be read after it."""
    eye = stand.eye(_GERMAN)
    changed, wrong = [""], [0, 0]

    def check() -> None:
        text = eye.read().text
        wrong[0] += any(line not in text for line in changed[0].splitlines())
        wrong[1] += 1
        undo()

    def alter() -> None:
        changed[0] = change()

    eye.read()
    ours = timed(eye.read, before=alter, after=check)
    pair = stand.race(ours, _theirs(stand, peer, _GERMAN), rounds=5)
    if wrong[0] == 0:
        return pair
    note = ErrorRecord(
        "Note", "{wrong} of {all} changed texts were not read rightly.", "", {"wrong": wrong[0], "all": wrong[1]}
    )
    return Pair(pair.value, pair.peer_value, note)


@case("ocr.first", "Read the window for the first time, German", peer="pytesseract", times=1.3, at_most=2000)
def first(stand: Stand, peer: Peer) -> Pair:
    """The eye knows nothing yet."""
    return _first_read(stand, peer, _GERMAN)


@case("ocr.first.both", "Read the window for the first time, deu+eng", peer="pytesseract", at_most=2000)
def first_both(stand: Stand, peer: Peer) -> Pair:
    """The product's default languages."""
    return _first_read(stand, peer, _BOTH)


@case("ocr.words", "Words of the window that are read wrongly", peer="pytesseract", unit="%", at_most=2, times=5)
def words(stand: Stand, peer: Peer) -> Pair:
    """Against the widgets' own texts, word by word at its place; all but the exact text is wrong."""
    truths = stand.open_office().truths
    peer.call("load", path=str(stand.picture))
    theirs = peer.call("read", languages=_GERMAN)
    ours = [(word.text, word.rect) for word in stand.eye(_GERMAN).read().words]
    found = [(text, Region(*rect)) for text, *rect in theirs or ()]
    return Pair(wrong_words(truths, ours), wrong_words(truths, found) if theirs is not None else None)


@case("ocr.again", "Read the window again after one amount has changed", peer="pytesseract", times=50)
def again(stand: Stand, peer: Peer) -> Pair:
    """What a workflow does all day: look again at a screen that is nearly the same."""
    return _read_again(stand, peer, stand.open_office().change_amount, lambda: None)


@case("ocr.message", "Read the window again after a message has come up", peer="pytesseract", times=15)
def message(stand: Stand, peer: Peer) -> Pair:
    """Two lines and two buttons over the table."""
    return _read_again(stand, peer, stand.open_office().show_message, stand.open_office().hide_message)


@case("ocr.same", "Read the window again, nothing has changed", peer="pytesseract", times=50)
def same(stand: Stand, peer: Peer) -> Pair:
    """What waiting for a text costs for each look."""
    eye = stand.eye(_GERMAN)
    eye.read()
    return stand.race(timed(eye.read, calls=3), _theirs(stand, peer, _GERMAN), rounds=3)

"""The person goes first: a step halts when they use mouse or keyboard, and goes on only with what is certain."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import BaseModel

from agent.core.action import Action, Registry
from agent.core.context import Context
from agent.core.devices import Manners
from agent.core.events import GaveWay
from agent.core.geometry import Point, Region
from agent.core.run import Run, Status
from agent.core.target import Target
from agent.core.workflow import Workflow
from tests.engine.stand import REGISTRY, Stand, node, workflow

REST_S = 0.15
FORM, FIELD, BUTTON = Region(100, 100, 400, 300), Point(200, 150), Point(300, 250)
WORDS = "one two three"


class Fill(Action, id="test.fill", label="Fill", icon="x", category="Test", uses={"desktop"}, effect="once"):
    """Click into a field, type, and press a button; `between` is called after each of it."""

    text: str = WORDS
    sure: bool = False
    """Whether the field is emptied first, so that it can be filled again."""
    between: ClassVar[dict[str, Callable[[], None]]] = {}
    log: ClassVar[list[str]] = []

    class Result(BaseModel):
        done: bool = True

    def run(self, context: Context) -> Result:
        self._at("begin")
        place = context.find(Target(text="Name")).point
        self._at("found")
        window = context.windows.at(place)
        into = window.id if window else None
        with context.repeatable():
            context.input.click(place, into=into)
        self._at("clicked")
        if self.sure:
            with context.repeatable():
                context.input.type_text(self.text, into=into, check=context.check)
        else:
            context.input.type_text(self.text, into=into, check=context.check)
        self._at("typed")
        context.input.click(context.find(Target(text="Send")).point)
        self._at("sent")
        return self.Result()

    def _at(self, moment: str) -> None:
        self.log.append(moment)
        self.between.pop(moment, lambda: None)()


class Patient(Action, id="test.patient", label="Wait", icon="x", category="Test", uses={"desktop"}, effect="pure"):
    """Sleep at the desktop."""

    seconds: float

    def run(self, context: Context) -> Fill.Result:
        Fill.log.append("asleep")
        context.sleep(self.seconds)
        return Fill.Result()


ALL = Registry((*(REGISTRY[action_id] for action_id in REGISTRY), Fill, Patient))


class Office(Stand):
    """A form in front, and somebody at the machine."""

    def begin(self) -> None:
        self.form = self.desktop.windows.open("Form", FORM)
        self.put("Name", FIELD)
        self.put("Send", BUTTON)
        self.person = self.desktop.person

    def put(self, text: str, point: Point) -> None:
        self.desktop.eye.texts[text] = Region(point.x - 5, point.y - 5, 10, 10)

    @property
    def halts(self) -> list[bool]:
        return [event.halted for event in self.events if isinstance(event, GaveWay)]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    Fill.between.clear()
    Fill.log.clear()
    office = Office(tmp_path, registry=ALL, manners=Manners(rest_s=REST_S))
    office.begin()
    yield office
    office.engine.close()


def fill(**params: object) -> Workflow:
    return workflow(node("a", "fill", policy={"attempts": 1}, **params))


def places(office: Office) -> list[Point]:
    return [point for point, *_ in office.desktop.input.clicks]


def test_the_person_halts_a_step_until_they_have_rested(office: Office) -> None:
    Fill.between["clicked"] = office.person.moves
    began = time.monotonic()
    assert office.run(fill()).status is Status.DONE
    assert time.monotonic() - began >= REST_S
    assert office.halts == [True, False]
    assert office.form.typed == WORDS


def test_what_was_not_begun_is_looked_for_again(office: Office) -> None:
    elsewhere = Point(400, 160)

    def move_the_window() -> None:
        office.person.touches()
        office.put("Name", elsewhere)

    Fill.between["found"] = move_the_window
    assert office.run(fill()).status is Status.DONE
    assert places(office) == [elsewhere, BUTTON]
    assert Fill.log.count("begin") == 2


def test_a_text_goes_on_with_its_next_character_when_the_pointer_was_only_moved(office: Office) -> None:
    office.desktop.input.before_key = lambda: office.person.moves() if office.form.typed == "one t" else None
    assert office.run(fill()).status is Status.DONE
    assert office.form.typed == WORDS
    assert Fill.log.count("begin") == 1


def test_half_a_text_is_not_finished_after_the_person_has_typed(office: Office) -> None:
    office.desktop.input.before_key = lambda: office.person.touches() if office.form.typed == "one t" else None
    run = office.run(fill())
    assert run.error is not None
    assert run.error.type == "Interfered"
    assert office.form.typed == "one tw"
    assert places(office) == [FIELD], "it went on clicking"


def test_a_field_that_is_emptied_first_is_filled_anew(office: Office) -> None:
    office.desktop.input.before_key = lambda: office.person.touches() if office.form.typed == "one t" else None
    assert office.run(fill(sure=True)).status is Status.DONE
    assert office.form.typed == "one tw" + WORDS
    assert places(office) == [FIELD, FIELD, BUTTON]


def test_after_a_click_of_the_person_no_key_goes_where_the_cursor_was(office: Office) -> None:
    Fill.between["clicked"] = office.person.touches
    assert office.run(fill()).status is Status.DONE
    assert places(office) == [FIELD, FIELD, BUTTON], "the field was not clicked again"
    assert office.form.typed == WORDS


def test_what_is_found_after_the_person_is_clicked_though_the_step_cannot_begin_again(office: Office) -> None:
    Fill.between["typed"] = office.person.touches
    assert office.run(fill()).status is Status.DONE
    assert places(office) == [FIELD, BUTTON]


def test_pointer_and_window_are_put_back(office: Office) -> None:
    def take_over() -> None:
        office.person.moves()
        office.desktop.input.move(Point(900, 900))
        office.desktop.windows.activate(office.desktop.windows.open("Mail", Region(600, 600, 300, 300)))

    seen: dict[str, Point] = {}

    def on_type(_: str) -> None:
        seen[office.form.typed] = office.desktop.input.position()
        if office.form.typed == "one":
            take_over()

    office.form.on_type = on_type
    assert office.run(fill()).status is Status.DONE
    assert office.form.typed == WORDS, "it was not brought to the front"
    assert seen["one "] == FIELD


def test_the_clock_stands_still_while_the_person_has_the_mouse(office: Office) -> None:
    office.person.moves()
    Fill.between["clicked"] = office.person.moves
    flow = workflow(node("a", "fill", policy={"attempts": 1, "timeout": REST_S / 2}))
    assert office.run(flow).status is Status.DONE


def test_a_sleeping_step_tells_at_once_who_has_the_mouse(office: Office) -> None:
    run = start_asleep(office, seconds=0.5)
    office.person.moves()
    assert office.halts == [True], "it was told only when the step woke"
    assert office.engine.wait(run.id, 20).status is Status.DONE
    assert office.halts == [True, False]


def test_the_person_can_let_it_go_on_at_once(tmp_path: Path) -> None:
    office = Office(tmp_path, registry=ALL, manners=Manners(rest_s=600.0))
    office.begin()
    run = start_asleep(office, seconds=0.2)
    office.person.moves()
    office.engine.go_on()
    office.person.moves()  # the hand that has clicked “Continue”
    while office.halts != [True, False] and not office.engine.run_of(run.id).status.is_final:
        office.engine.go_on()
        office.engine.wait(run.id, 0.05)
    assert office.engine.wait(run.id, 20).status is Status.DONE
    office.engine.close()


def test_a_held_key_is_no_rest(office: Office) -> None:
    run = start_asleep(office, seconds=0.2)
    office.person.holding = True
    office.person.touches()
    assert not office.engine.wait(run.id, 2 * REST_S).status.is_final
    office.person.holding = False
    assert office.engine.wait(run.id, 20).status is Status.DONE


@pytest.mark.parametrize("sign", ["stop_keys", "stop_corner"])
def test_the_person_stops_everything(office: Office, sign: str) -> None:
    runs = [start_asleep(office, seconds=60), office.start(workflow(node("b", "wait", seconds=60)))]
    office.person.says_stop(sign)  # type: ignore[arg-type]  # one of the signs
    assert [office.engine.wait(run.id, 20).status for run in runs] == [Status.STOPPED] * 2
    assert office.desktop.input.releases


def test_a_halted_step_can_be_stopped(office: Office) -> None:
    run = start_asleep(office, seconds=60)
    office.person.holding = True
    office.person.touches()
    office.engine.stop(run.id)
    assert office.engine.wait(run.id, 20).status is Status.STOPPED
    assert office.halts == [True, False]


def test_the_stop_keys_and_the_corner_are_those_that_were_set(tmp_path: Path) -> None:
    manners = Manners(stop_keys=("f12",), stop_corner="bottom_right")
    office = Office(tmp_path, registry=ALL, manners=manners)
    office.begin()
    start_asleep(office, seconds=60)
    assert (office.person.stop_keys, office.person.stop_corner) == (("f12",), "bottom_right")
    office.engine.close()


def test_nobody_is_listened_to_while_nothing_runs(office: Office) -> None:
    assert not office.person.watched.is_set()
    run = start_asleep(office, seconds=60)
    assert office.person.watched.is_set()
    office.engine.stop(run.id)
    office.engine.wait(run.id, 20)
    office.engine.close()
    assert not office.person.watched.is_set()


def test_who_does_not_want_it_to_give_way_is_obeyed(tmp_path: Path) -> None:
    office = Office(tmp_path, registry=ALL, manners=Manners(give_way=False))
    office.begin()
    Fill.between["clicked"] = office.person.touches
    assert office.run(fill()).status is Status.DONE
    assert office.halts == []
    office.engine.close()


def test_the_hand_that_has_clicked_run_may_still_move(office: Office) -> None:
    Fill.between["begin"] = office.person.moves
    run = office.engine.start(fill(), {}, folder=office.folder / "run", workflow_folder=office.folder, by_hand=True)
    assert office.engine.wait(run.id, 20).status is Status.DONE
    assert office.halts == []


def test_an_error_that_the_person_may_have_caused_is_looked_at_again(office: Office) -> None:
    del office.desktop.eye.texts["Name"]

    def look_away(target: Target) -> None:
        office.desktop.eye.before_look = None
        office.person.touches()
        office.put("Name", FIELD)

    Fill.between["begin"] = lambda: setattr(office.desktop.eye, "before_look", look_away)
    assert office.run(fill()).status is Status.DONE


def start_asleep(office: Office, *, seconds: float) -> Run:
    """A run whose step sleeps at the desktop by now."""
    asleep = threading.Event()
    Fill.log.clear()
    office.person.watched.clear()
    run = office.start(workflow(node("a", "patient", seconds=seconds, policy={"attempts": 1})))
    while "asleep" not in Fill.log:
        asleep.wait(0.005)
    return run

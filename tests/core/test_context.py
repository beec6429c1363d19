"""The one door to the world: it checks before each call, and knows whether the world was touched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from agent.core.context import Context
from agent.core.errors import AmbiguousTarget, Stop, TargetNotFound, TimeUp
from agent.core.geometry import Point, Region
from agent.core.masks import Masks
from agent.core.target import Target, WindowQuery
from agent.devices.fake import FakeDesktop, FakeVault


class Door:
    """A context over a fake machine; `stopped` is the stop flag."""

    def __init__(self, folder: Path) -> None:
        self.desktop = FakeDesktop()
        self.window = self.desktop.windows.open("Form", Region(100, 100, 400, 300))
        self.stopped = False
        self.checks = 0
        self.context = Context(
            devices=self.desktop.devices,
            eye=self.desktop.eye,
            vault=FakeVault({"x": {"user": "eva"}}),
            folder=folder,
            workflow_folder=folder / "flows",
            check=self.check,
            sleep=lambda seconds: None,
            remaining=lambda: 1.0,
            log=lambda level, text: None,
            set_variable=lambda name, value: None,
            masks=Masks(),
        )

    def check(self) -> None:
        """What the engine's clock does."""
        self.checks += 1
        if self.stopped:
            raise Stop


@pytest.fixture
def door(tmp_path: Path) -> Door:
    """A door."""
    return Door(tmp_path)


LOOKING: list[Callable[[Context], Any]] = [
    lambda context: context.screen.capture(Region(0, 0, 2, 2)),
    lambda context: context.screen.monitors(),
    lambda context: context.input.position(),
    lambda context: context.windows.list(),
    lambda context: context.windows.active(),
    lambda context: context.windows.at(Point(150, 150)),
    lambda context: context.apps.family(1),
    lambda context: context.apps.find("x"),
    lambda context: context.find_all(Target(text="x")),
    lambda context: context.read(),
    lambda context: context.window(WindowQuery(title="Form")),
    lambda context: context.credential("x"),
]
ACTING: list[Callable[[Context], Any]] = [
    lambda context: context.input.type_text("x"),
    lambda context: context.input.click(Point(150, 150)),
    lambda context: context.input.hotkey(["ctrl", "s"]),
    lambda context: context.input.move(Point(1, 1)),
    lambda context: context.input.scroll(0, 1),
    lambda context: context.windows.close(context.windows.list()[0].id),
    lambda context: context.apps.launch(["x"]),
    lambda context: context.acting(),
]


@pytest.mark.parametrize("call", LOOKING)
def test_looking_checks_the_clock_and_touches_nothing(call: Callable[[Context], Any], door: Door) -> None:
    call(door.context)
    assert door.checks >= 1 and not door.context.acted


@pytest.mark.parametrize("call", ACTING)
def test_acting_checks_the_clock_and_is_remembered(call: Callable[[Context], Any], door: Door) -> None:
    call(door.context)
    assert door.checks >= 1 and door.context.acted


@pytest.mark.parametrize("call", [*LOOKING, *ACTING])
def test_nothing_happens_once_the_run_was_told_to_stop(call: Callable[[Context], Any], door: Door) -> None:
    door.stopped = True
    with pytest.raises(Stop):
        call(door.context)
    assert not door.context.acted
    assert not door.window.typed and not door.window.clicks and len(door.desktop.windows.list()) == 1


def test_evidence_is_kept_even_after_a_stop(door: Door) -> None:
    door.stopped = True
    path = door.context.screenshot("end", Region(0, 0, 8, 8))
    assert path.read_bytes().startswith(b"\x89PNG")


def test_the_topmost_fitting_window_is_meant(door: Door) -> None:
    second = door.desktop.windows.open("Form")
    found = door.context.window(WindowQuery(title="form"))
    assert found is not None and found.id == second.id
    assert door.context.window(WindowQuery(title="Other")) is None


def test_images_are_looked_up_beside_the_workflow_also_in_anchors(door: Door, tmp_path: Path) -> None:
    absolute = str(tmp_path / "abs.png")
    for target in (Target(image="a.png"), Target(anchor=Target(image="a.png")), Target(image=absolute)):
        door.context.find_all(target)
    one, two, _, three = door.desktop.eye.looks  # the fake looks for the anchor, too
    assert one.image == str(tmp_path / "flows" / "a.png")
    assert two.anchor is not None and two.anchor.image == one.image
    assert three.image == absolute


def test_file_names_are_absolute_from_home_or_in_the_runs_folder(door: Door, tmp_path: Path) -> None:
    assert door.context.path("a.txt") == tmp_path / "a.txt"
    assert door.context.path("~/a.txt") == Path.home() / "a.txt"
    assert door.context.path(str(tmp_path / "x")) == tmp_path / "x"


def test_what_changed_while_a_secret_was_typed_is_masked_with_its_window(door: Door) -> None:
    before = door.context.screen.capture()
    door.desktop.screen.paint(Region(150, 150, 20, 10), (0, 0, 0))
    info = door.context.windows.list()[0]
    door.context.mask_change(before, info)
    (mask,) = door.context.masks.regions((info,))
    assert mask == Region(146, 146, 28, 18)


def test_nothing_is_masked_when_nothing_changed(door: Door) -> None:
    door.context.mask_change(door.context.screen.capture(), None)
    assert not door.context.masks


# --- pictures of what is ambiguous ---


def ambiguous(door: Door) -> AmbiguousTarget:
    door.desktop.eye.texts["Edit"] = (Region(110, 110, 50, 20), Region(110, 210, 50, 20))
    with pytest.raises(AmbiguousTarget) as caught:
        door.context.find(Target(text="Edit"))
    return caught.value


def test_the_candidates_are_in_the_picture_and_secrets_are_not(door: Door) -> None:
    door.desktop.screen.paint(Region(110, 150, 50, 20), (0, 0, 200))
    door.context.masks.add(Region(110, 150, 50, 20), door.desktop.windows.list()[0])
    error = ambiguous(door)
    door.desktop.windows.close(door.window.id)  # with its mask: the picture is older
    path = door.context.picture_candidates("a-candidates", error)
    assert path is not None and path.name == "a-candidates.png"
    with Image.open(path) as picture:
        colours = [picture.convert("RGB").getpixel((120, y)) for y in (110, 210, 155)]
    assert colours == [(255, 0, 0), (255, 0, 0), (0, 0, 0)]


def test_a_picture_of_this_moment_shows_what_is_there_now(door: Door) -> None:
    error = ambiguous(door)
    door.desktop.screen.paint(Region(0, 0, 1920, 1080), (0, 200, 0))
    path = door.context.picture_candidates("a-candidates", error, anew=True)
    assert path is not None
    with Image.open(path) as picture:
        assert picture.convert("RGB").getpixel((5, 5)) == (0, 200, 0)


def test_without_candidates_there_is_no_picture(door: Door) -> None:
    assert door.context.picture_candidates("x", AmbiguousTarget("It is there twice.")) is None


def test_the_images_of_a_target_and_its_anchor_lie_beside_the_workflow(door: Door) -> None:
    anchor = Target(image="name.png")
    with pytest.raises(TargetNotFound):
        door.context.find(Target(image="edit.png", anchor=anchor, relation="right_of"))
    look = door.desktop.eye.looks[0]
    assert look.image == str(door.context.workflow_folder / "edit.png")
    assert look.anchor is not None and look.anchor.image == str(door.context.workflow_folder / "name.png")


def test_what_happens_within_a_time_ends_with_it_and_the_step_goes_on(door: Door) -> None:
    passed = 0.0
    door.context.now = lambda: passed
    with pytest.raises(TimeUp), door.context.within(5):
        door.context.check()
        passed = 5.0
        door.context.find(Target(point=Point(1, 1)))
    door.context.check()


def test_a_stop_is_heard_within_a_time_too(door: Door) -> None:
    door.stopped = True
    with pytest.raises(Stop), door.context.within(5):
        door.context.screen.capture(Region(0, 0, 2, 2))

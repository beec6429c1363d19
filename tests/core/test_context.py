"""The one door to the world: it checks before each call, and knows whether the world was touched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.core.context import Context, Masks
from agent.core.errors import Stop
from agent.core.geometry import Point, Region
from agent.core.target import Target, WindowInfo, WindowQuery
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
            vault=FakeVault(),
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
    lambda context: context.has_secret("x", "user"),
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


def test_a_mask_moves_with_its_window_and_goes_with_it() -> None:
    masks = Masks()
    window = WindowInfo(7, "Form", Region(100, 100, 400, 300))
    masks.add(Region(110, 120, 50, 20), window)
    masks.add(Region(0, 0, 5, 5))
    moved = WindowInfo(7, "Form", Region(-50, 0, 400, 300))
    assert masks.regions((moved,)) == (Region(-40, 20, 50, 20), Region(0, 0, 5, 5))
    assert masks.regions(()) == (Region(0, 0, 5, 5),)

"""The fakes keep the contracts, and let a test play an application."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from agent.core.errors import AmbiguousTarget, CredentialNotFound, TargetNotFound, WindowNotFound, WrongWindow
from agent.core.geometry import Point, Region
from agent.core.target import Target
from agent.devices.fake import FakeApps, FakeClipboard, FakeDesktop, FakeScreen, FakeVault, FakeWindow
from tests.devices.device_contracts import (
    LEFT,
    AppsContract,
    ClipboardContract,
    InputContract,
    ScreenContract,
    WindowsContract,
)


@dataclass(frozen=True)
class _Form:
    window: FakeWindow

    @property
    def id(self) -> int:
        return self.window.id

    @property
    def middle(self) -> Point:
        return self.window.region.center

    def text(self) -> str:
        return self.window.typed

    def clicks(self) -> int:
        return len(self.window.clicks)


class _Stage(FakeDesktop):
    def open(self, title: str, region: Region) -> _Form:
        return _Form(self.windows.open(title, region))


@pytest.fixture
def stage() -> _Stage:
    return _Stage()


class TestFakeInput(InputContract):
    pass


class TestFakeWindows(WindowsContract):
    pass


class TestFakeClipboard(ClipboardContract):
    @pytest.fixture
    def clipboard(self) -> FakeClipboard:
        return FakeClipboard()


class TestFakeScreen(ScreenContract):
    @pytest.fixture
    def screen(self) -> FakeScreen:
        return FakeScreen()


class TestFakeApps(AppsContract):
    @pytest.fixture
    def apps(self) -> FakeApps:
        apps = FakeApps()
        apps.missing.add("no-such-program")
        return apps

    @pytest.fixture
    def sleeper(self) -> list[str]:
        return ["/usr/bin/sleep", "600"]

    @pytest.fixture
    def stubborn(self, apps: FakeApps) -> int:
        pid = apps.launch(["/usr/bin/stubborn"])
        apps.processes[pid].stubborn = True
        return pid


def test_a_thief_gets_nothing_and_the_count_is_right(stage: _Stage) -> None:
    thief, form = stage.windows.open("Thief"), stage.windows.open("Form")

    def steal() -> None:
        if len(form.typed) == 3:
            stage.windows.activate(thief)

    stage.input.before_key = steal
    with pytest.raises(WrongWindow) as caught:
        stage.input.type_text("secret", into=form.id)
    assert caught.value.values["typed"] == 3
    assert (form.typed, thief.typed) == ("sec", "")


def test_a_click_can_open_a_window(stage: _Stage) -> None:
    form = stage.windows.open("Form", LEFT)
    form.on_click = lambda point: stage.windows.open("Orders") and None
    stage.input.click(LEFT.center)
    active = stage.windows.active()
    assert active is not None
    assert active.title == "Orders"


def test_the_eye_finds_what_it_was_told(stage: _Stage) -> None:
    stage.eye.texts["User"] = Region(10, 20, 30, 10)
    match = stage.eye.find(Target(text="User", offset=(100, 0)))
    assert (match.rect, match.point, match.text) == (Region(10, 20, 30, 10), Point(125, 25), "User")


def test_the_eye_knows_absent_and_ambiguous_texts(stage: _Stage) -> None:
    stage.eye.texts["OK"] = [Region(10, 90, 20, 10), Region(10, 20, 20, 10)]
    with pytest.raises(AmbiguousTarget):
        stage.eye.find(Target(text="OK"))
    assert stage.eye.find(Target(text="OK", occurrence=2)).rect.y == 90
    with pytest.raises(TargetNotFound):
        stage.eye.find(Target(text="Cancel"))


def test_the_eye_looks_only_into_the_named_window(stage: _Stage) -> None:
    stage.eye.texts["User"] = [Region(5, 5, 20, 10), Region(120, 120, 20, 10)]
    form = stage.windows.open("Sign in", LEFT)
    match = stage.eye.find(Target(text="User", window="Sign*"))
    assert (match.rect.x, match.window_id) == (120, form.id)
    with pytest.raises(WindowNotFound):
        stage.eye.find(Target(text="User", window="Orders"))


def test_the_eye_reads_a_region_and_sees_a_change(stage: _Stage) -> None:
    stage.eye.texts |= {"below": Region(0, 50, 40, 10), "above": Region(0, 10, 40, 10), "far": Region(900, 0, 40, 10)}
    assert stage.eye.read(Region(0, 0, 100, 100)).text == "above\nbelow"
    before = stage.screen.capture(LEFT)
    stage.screen.paint(Region(60, 110, 7, 5), (1, 2, 3))
    assert stage.eye.changed(before, stage.screen.capture(LEFT)) == Region(60, 110, 7, 5)


def test_the_vault_names_what_it_lacks() -> None:
    vault = FakeVault({"orders": {"user": "eva"}})
    assert vault.secret("orders", "user").reveal() == "eva"
    assert vault.credential("orders").fields == ("user",)
    with pytest.raises(CredentialNotFound, match="no password for the credential orders"):
        vault.secret("orders")

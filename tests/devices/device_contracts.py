"""What every backend of a device Protocol must do; the fakes and the real ones inherit these tests."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from agent.core.clipboard import Clip, Clipboard
from agent.core.devices import Apps, Input, Screen, Windows
from agent.core.errors import ActionError, NotInTime, Stop, WindowNotFound, WrongWindow
from agent.core.geometry import Point, Region
from agent.core.secret import Secret
from agent.core.target import WindowInfo, WindowState
from agent.devices.x11.keyboard import Keyboard

PATIENCE_S = 20.0
TEXT = "Grüße, ÄÖÜß € 日本 😀 @{}[]\\|~^`´\tx\nABC Çñ"


def until(true: Callable[[], bool]) -> None:
    """Wait for something that happens in another process."""
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


def keys_down(keyboard: Keyboard) -> frozenset[int]:
    """The keycodes that are down on an X display now, whoever holds them (QueryKeymap)."""
    bits = keyboard.connection.request(44)[8:40]
    return frozenset(code for code in range(256) if bits[code // 8] >> code % 8 & 1)


class Form(Protocol):
    """A window to type into."""

    id: int
    middle: Point

    def text(self) -> str:
        """What has arrived in it."""
        ...

    def clicks(self) -> int:
        """How many clicks have arrived."""
        ...


class Stage(Protocol):
    """A desktop on which a test plays."""

    input: Input
    windows: Windows

    def open(self, title: str, region: Region) -> Form:
        """A new window in front."""
        ...


def info(stage: Stage, form: Form) -> WindowInfo:
    """What the window list says of it."""
    return next(window for window in stage.windows.list() if window.id == form.id)


LEFT, RIGHT = Region(50, 100, 400, 300), Region(700, 100, 400, 300)


class InputContract:
    """Needs a fixture `stage`."""

    def test_every_character_arrives(self, stage: Stage) -> None:
        form = stage.open("Form", LEFT)
        assert stage.input.type_text(TEXT, into=form.id) == len(TEXT)
        assert form.text() == TEXT

    def test_a_secret_arrives(self, stage: Stage) -> None:
        form = stage.open("Form", LEFT)
        stage.input.type_text(Secret("gehéim€"), into=form.id)
        assert form.text() == "gehéim€"

    def test_an_empty_text_is_no_characters(self, stage: Stage) -> None:
        assert stage.input.type_text("", into=stage.open("Form", LEFT).id) == 0

    def test_windows_line_ends_are_one_key(self, stage: Stage) -> None:
        form = stage.open("Form", LEFT)
        assert stage.input.type_text("a\r\nb", into=form.id) == 3
        assert form.text() == "a\nb"

    def test_nothing_is_typed_while_another_window_is_active(self, stage: Stage) -> None:
        behind, front = stage.open("Behind", LEFT), stage.open("Front", RIGHT)
        with pytest.raises(WrongWindow) as caught:
            stage.input.type_text("abc", into=behind.id)
        assert caught.value.values["typed"] == 0
        assert '"Front"' in str(caught.value)
        assert '"Behind"' in str(caught.value)
        assert behind.text() == front.text() == ""

    def test_a_window_that_is_gone_gets_nothing(self, stage: Stage) -> None:
        front = stage.open("Front", LEFT)
        with pytest.raises(WrongWindow):
            stage.input.type_text("abc", into=0x7FFFFF)
        assert front.text() == ""

    def test_a_control_character_is_refused_before_the_first_key(self, stage: Stage) -> None:
        form = stage.open("Form", LEFT)
        with pytest.raises(ActionError, match=r"Character 3 of the text, U\+0007"):
            stage.input.type_text("ab\a", into=form.id)
        assert form.text() == ""

    def test_an_impossible_secret_is_not_described(self, stage: Stage) -> None:
        with pytest.raises(ActionError) as caught:
            stage.input.type_text(Secret("geheim\x1b"), into=stage.open("Form", LEFT).id)
        assert "1B" not in str(caught.value.record())
        assert "geheim" not in repr(caught.value)

    def test_a_stop_ends_the_text_where_it_is(self, stage: Stage) -> None:
        form = stage.open("Form", LEFT)

        def check() -> None:
            nonlocal calls
            calls += 1
            if calls > 20:
                raise Stop

        calls = 0
        with pytest.raises(Stop):
            stage.input.type_text("abc " * 100, into=form.id, check=check)
        assert "abc ".startswith(form.text()[:4])
        assert len(form.text()) < 30

    def test_a_click_arrives(self, stage: Stage) -> None:
        form = stage.open("Form", LEFT)
        stage.input.click(form.middle)
        until(lambda: form.clicks() == 1)
        assert stage.input.position() == form.middle

    def test_a_click_brings_the_window_to_the_front(self, stage: Stage) -> None:
        behind = stage.open("Behind", LEFT)
        stage.open("Front", RIGHT)
        stage.input.click(behind.middle)
        until(lambda: behind.clicks() == 1)
        until(lambda: (active := stage.windows.active()) is not None and active.id == behind.id)

    def test_a_click_meant_for_a_covered_window_is_not_made(self, stage: Stage) -> None:
        behind, front = stage.open("Behind", LEFT), stage.open("Front", LEFT)
        with pytest.raises(WrongWindow, match='"Front" instead of "Behind"'):
            stage.input.click(front.middle, into=behind.id)
        assert behind.clicks() == front.clicks() == 0
        stage.input.click(front.middle, into=front.id)
        until(lambda: front.clicks() == 1)

    def test_a_wheel_meant_for_a_covered_window_is_not_turned(self, stage: Stage) -> None:
        behind, front = stage.open("Behind", LEFT), stage.open("Front", LEFT)
        with pytest.raises(WrongWindow):
            stage.input.scroll(0, 1, at=front.middle, into=behind.id)

    def test_a_drag_ends_where_it_was_to_end(self, stage: Stage) -> None:
        form = stage.open("Form", LEFT)
        end = form.middle.moved(40, 10)
        stage.input.drag([form.middle, form.middle.moved(0, 20), end], duration_s=0.0, into=form.id)
        assert stage.input.position() == end

    def test_the_pointer_moves(self, stage: Stage) -> None:
        stage.input.move(Point(321, 234))
        assert stage.input.position() == Point(321, 234)
        stage.input.move(Point(5, 7), duration_s=0.05)
        assert stage.input.position() == Point(5, 7)

    def test_an_unknown_key_is_named_with_the_nearest_one(self, stage: Stage) -> None:
        with pytest.raises(ActionError) as caught:
            stage.input.hotkey(["ctrl", "entr"])
        assert str(caught.value) == "There is no key entr."
        assert caught.value.record().values["near"] == "enter"

    def test_release_all_is_always_possible(self, stage: Stage) -> None:
        stage.input.release_all()
        stage.input.release_all()


class WindowsContract:
    """Needs a fixture `stage`."""

    def test_the_topmost_window_is_the_first(self, stage: Stage) -> None:
        behind, front = stage.open("Behind", LEFT), stage.open("Front", RIGHT)
        assert [window.id for window in stage.windows.list()][:2] == [front.id, behind.id]
        assert [window.title for window in stage.windows.list()][:2] == ["Front", "Behind"]

    def test_one_window_is_active(self, stage: Stage) -> None:
        stage.open("Behind", LEFT)
        front = stage.open("Front", RIGHT)
        assert [window.id for window in stage.windows.list() if window.active] == [front.id]

    def test_focus_brings_a_window_to_the_front(self, stage: Stage) -> None:
        behind, _ = stage.open("Behind", LEFT), stage.open("Front", LEFT)
        stage.windows.focus(behind.id)
        top = stage.windows.at(behind.middle)
        active = stage.windows.active()
        assert top is not None
        assert active is not None
        assert top.id == active.id == behind.id

    def test_the_window_at_a_pixel_is_the_topmost(self, stage: Stage) -> None:
        left, right = stage.open("Left", LEFT), stage.open("Right", RIGHT)
        over_left, over_right = stage.windows.at(left.middle), stage.windows.at(right.middle)
        assert over_left is not None
        assert over_right is not None
        assert (over_left.id, over_right.id) == (left.id, right.id)

    def test_there_is_no_window_on_the_bare_desktop(self, stage: Stage) -> None:
        stage.open("Left", LEFT)
        assert stage.windows.at(Point(1900, 1000)) is None

    def test_a_window_is_maximised_minimised_and_restored(self, stage: Stage) -> None:
        form = stage.open("Form", LEFT)
        states: list[WindowState] = ["maximised", "minimised", "normal"]
        for state in states:
            stage.windows.set_state(form.id, state)
            assert info(stage, form).state == state
        stage.windows.focus(form.id)
        assert stage.windows.at(form.middle) == info(stage, form)

    def test_a_minimised_window_lies_nowhere_and_is_not_active(self, stage: Stage) -> None:
        form = stage.open("Form", LEFT)
        stage.windows.set_state(form.id, "minimised")
        assert stage.windows.at(form.middle) is None
        assert not info(stage, form).active

    @pytest.mark.parametrize("place", [Region(300, 200, 500, 350), Region(-60, 40, 420, 330)])
    def test_a_window_is_put_where_it_shall_be(self, stage: Stage, place: Region) -> None:
        form = stage.open("Form", LEFT)
        assert stage.windows.move(form.id, place) == place
        assert info(stage, form).region == place

    def test_a_maximised_window_is_restored_to_be_moved(self, stage: Stage) -> None:
        form = stage.open("Form", LEFT)
        stage.windows.set_state(form.id, "maximised")
        place = Region(300, 200, 500, 350)
        assert stage.windows.move(form.id, place) == place
        assert info(stage, form).state == "normal"

    def test_a_closed_window_is_gone(self, stage: Stage) -> None:
        form = stage.open("Form", LEFT)
        stage.windows.close(form.id)
        self.wait_until_gone(stage, form)
        wishes: list[Callable[[int], object]] = [
            stage.windows.focus,
            stage.windows.close,
            lambda window: stage.windows.set_state(window, "maximised"),
            lambda window: stage.windows.move(window, LEFT),
        ]
        for wish in wishes:
            with pytest.raises(WindowNotFound):
                wish(form.id)

    def wait_until_gone(self, stage: Stage, form: Form) -> None:
        """A real window needs a moment."""
        assert form.id not in [window.id for window in stage.windows.list()]


class ScreenContract:
    """Needs a fixture `screen` of 1920 × 1080."""

    def test_a_frame_holds_four_bytes_a_pixel(self, screen: Screen) -> None:
        frame = screen.capture()
        assert frame.region == Region(0, 0, 1920, 1080)
        assert len(frame.pixels) == 1920 * 1080 * 4

    def test_a_region_is_clipped_to_the_screen(self, screen: Screen) -> None:
        frame = screen.capture(Region(-50, 1000, 100, 200))
        assert frame.region == Region(0, 1000, 50, 80)
        assert len(frame.pixels) == 50 * 80 * 4

    def test_outside_of_the_screen_there_is_nothing(self, screen: Screen) -> None:
        frame = screen.capture(Region(5000, 0, 10, 10))
        assert frame.region.is_empty
        assert len(frame.pixels) == 0

    def test_the_first_monitor_is_the_primary_one(self, screen: Screen) -> None:
        assert screen.monitors()[0].primary
        assert screen.monitors()[0].region == Region(0, 0, 1920, 1080)


class AppsContract:
    """Needs a fixture `apps`, and `sleeper`: a command that runs for long."""

    @pytest.fixture
    def running(self, apps: Apps, sleeper: list[str]) -> Iterator[int]:
        """A program that has been launched."""
        pid = apps.launch(sleeper)
        yield pid
        apps.end(pid, force=True)

    def test_a_launched_program_is_alive_until_it_is_ended(self, apps: Apps, running: int) -> None:
        assert running in apps.family(running)
        apps.end(running)
        assert apps.family(running) == frozenset()

    def test_a_program_is_found_by_its_name(self, apps: Apps, running: int, sleeper: list[str]) -> None:
        name = Path(sleeper[0]).name
        assert running in apps.find(name)
        assert running not in apps.find("no-such-program")

    def test_ending_twice_is_no_error(self, apps: Apps, running: int) -> None:
        first = apps.end(running, force=True)
        assert apps.end(running) == first != 0

    def test_a_missing_program_is_named(self, apps: Apps) -> None:
        with pytest.raises(ActionError, match="There is no program no-such-program"):
            apps.launch(["no-such-program"])

    def test_a_stubborn_program_is_only_ended_by_force(self, apps: Apps, stubborn: int) -> None:
        with pytest.raises(NotInTime, match=f"The process {stubborn} was still there"):
            apps.end(stubborn, wait_s=0.1)
        apps.end(stubborn, force=True)
        assert apps.family(stubborn) == frozenset()


HTML = "<b>Grüße</b> &amp; 日本"


class ClipboardContract:
    """Needs a fixture `clipboard`."""

    @pytest.mark.parametrize(
        "text", ["abc", "Grüße, ÄÖÜß € 日本 😀 e\u0301", "two\nlines\tand a tab\n", "x" * 300_000 + "ü"]
    )
    def test_a_text_comes_back(self, clipboard: Clipboard, text: str) -> None:
        clipboard.set(Clip(text=text))
        assert clipboard.text() == text
        assert clipboard.formats() == {"text"}
        assert (clipboard.html(), clipboard.image(), clipboard.files()) == ("", b"", ())

    def test_one_thing_can_have_several_formats(self, clipboard: Clipboard) -> None:
        clipboard.set(Clip(text="Grüße & 日本", html=HTML))
        assert clipboard.formats() == {"text", "html"}
        assert (clipboard.text(), clipboard.html()) == ("Grüße & 日本", HTML)

    def test_a_picture_comes_back(self, clipboard: Clipboard, picture: bytes) -> None:
        clipboard.set(Clip(image=picture))
        assert clipboard.image() == picture

    def test_files_come_back(self, clipboard: Clipboard, tmp_path: Path) -> None:
        files = (tmp_path / "Größe 50%.txt", tmp_path / "日本 #1")
        clipboard.set(Clip(files=files))
        assert clipboard.files() == files
        assert "files" in clipboard.formats()

    def test_what_was_there_is_gone(self, clipboard: Clipboard) -> None:
        clipboard.set(Clip(text="old", html=HTML))
        clipboard.set(Clip(text="new"))
        assert (clipboard.text(), clipboard.html()) == ("new", "")

    def test_an_empty_clip_empties_it(self, clipboard: Clipboard) -> None:
        clipboard.set(Clip(text="old"))
        clipboard.set(Clip())
        assert clipboard.formats() == frozenset()
        assert clipboard.text() == ""

    def test_a_snapshot_puts_everything_back(self, clipboard: Clipboard, picture: bytes) -> None:
        clipboard.set(Clip(text="Grüße", html=HTML, image=picture))
        before = clipboard.snapshot()
        clipboard.set(Clip(text="in between"))
        clipboard.restore(before)
        assert (clipboard.text(), clipboard.html(), clipboard.image()) == ("Grüße", HTML, picture)
        assert clipboard.snapshot() == before

    def test_an_empty_snapshot_empties_it(self, clipboard: Clipboard) -> None:
        clipboard.set(Clip())
        before = clipboard.snapshot()
        clipboard.set(Clip(text="in between"))
        clipboard.restore(before)
        assert clipboard.formats() == frozenset()

    def test_a_snapshot_does_not_print_what_was_copied(self, clipboard: Clipboard) -> None:
        clipboard.set(Clip(text="private"))
        assert "private" not in repr(clipboard.snapshot())


SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]

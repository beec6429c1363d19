"""The clipboard: read, filled, pasted from, and given back."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from agent.actions.clipboard import Get, Set
from agent.actions.keyboard import Type
from agent.core.clipboard import Clip
from agent.core.errors import ActionError, DeviceError, NotInTime, Stop, WrongWindow
from agent.core.secret import Secret
from agent.devices.fake import FakeWindow
from tests.actions.desk import Desk

PICTURE = b"\x89PNG\r\n\x1a\n and the rest"


@pytest.fixture
def form(desk: Desk) -> FakeWindow:
    """A window that pastes."""
    window = desk.windows.open("Form")

    def press(keys: tuple[str, ...]) -> None:
        if keys in (("ctrl", "v"), ("meta", "v")):
            window.typed += desk.clipboard.text()

    window.on_hotkey = press
    return window


def test_what_was_copied_is_read(desk: Desk) -> None:
    desk.clipboard.set(Clip(text="Grüße", html="<b>Grüße</b>", files=(Path("/a/b"), Path("/c"))))
    assert Get().run(desk.context).value == "Grüße"
    assert Get(format="html").run(desk.context).value == "<b>Grüße</b>"
    assert Get(format="files").run(desk.context).value == (str(Path("/a/b")), str(Path("/c")))
    assert not desk.context.acted


def test_a_copied_picture_is_saved_in_the_runs_folder(desk: Desk) -> None:
    desk.clipboard.set(Clip(image=PICTURE))
    paths = [Get(format="image").run(desk.context).value for _ in range(2)]
    assert [Path(path).read_bytes() for path in paths] == [PICTURE, PICTURE]
    assert len(set(paths)) == 2


def test_what_is_not_there_is_named_with_what_is(desk: Desk) -> None:
    desk.clipboard.set(Clip(text="a", html="b"))
    with pytest.raises(ActionError, match="The clipboard holds no image") as caught:
        Get(format="image").run(desk.context)
    assert caught.value.values["held"] == "html, text"


def test_a_text_is_copied(desk: Desk) -> None:
    assert Set(value="Grüße").run(desk.context).value == "Grüße"
    assert desk.clipboard.clip == Clip(text="Grüße")
    assert desk.clipboard.later == []


def test_html_is_copied_with_its_plain_text(desk: Desk) -> None:
    page = "<style>b {}</style><p>Grüße &amp; <b>mehr</b></p><table><tr><td>1</td><td>2</td></tr></table>"
    Set(format="html", value=page).run(desk.context)
    assert desk.clipboard.html() == page
    assert desk.clipboard.text().split("\n") == ["Grüße & mehr", "", "1\t2"]


def test_files_and_pictures_are_found_in_the_runs_folder(desk: Desk) -> None:
    (desk.context.folder / "a.png").write_bytes(PICTURE)
    Set(format="image", value="a.png").run(desk.context)
    assert desk.clipboard.image() == PICTURE
    Set(format="files", value=["a.png", str(desk.context.folder)]).run(desk.context)
    assert desk.clipboard.files() == (desk.context.folder / "a.png", desk.context.folder)


def test_a_file_that_is_missing_or_no_picture_is_named(desk: Desk) -> None:
    (desk.context.folder / "a.txt").write_text("no picture")
    with pytest.raises(ActionError, match="There is no file"):
        Set(format="files", value="b.txt").run(desk.context)
    with pytest.raises(ActionError, match="is no PNG picture"):
        Set(format="image", value="a.txt").run(desk.context)
    with pytest.raises(ValidationError, match="only files can be a list"):
        Set(value=["a", "b"])


def test_what_was_there_comes_back_later(desk: Desk) -> None:
    desk.clipboard.set(Clip(text="old"))
    Set(value="new", restore_after=30).run(desk.context)
    (before, seconds), *more = desk.clipboard.later
    assert (seconds, more) == (30, [])
    desk.clipboard.restore(before)
    assert desk.clipboard.text() == "old"


def test_a_text_is_pasted_and_the_clipboard_given_back(desk: Desk, form: FakeWindow) -> None:
    desk.clipboard.set(Clip(text="private", html="<i>private</i>"))
    desk.clipboard.foreign = b"cells of a spreadsheet"
    assert Type(text="Grüße, Jürgen", mode="paste", enter=True).run(desk.context).chars == 13
    assert form.typed == "Grüße, Jürgen\n"
    assert desk.clipboard.clip == Clip(text="private", html="<i>private</i>")
    assert desk.clipboard.foreign == b"cells of a spreadsheet"


def test_a_field_that_does_not_take_the_paste_is_an_error(desk: Desk, form: FakeWindow) -> None:
    desk.clipboard.set(Clip(text="private"))
    desk.clipboard.is_read = False
    with pytest.raises(NotInTime, match="did not take the text"):
        Type(text="Grüße", mode="paste", enter=True).run(desk.context)
    assert desk.clipboard.text() == "private"
    assert "\n" not in form.typed


def test_nothing_is_pasted_into_a_window_that_came_in_between(desk: Desk, form: FakeWindow) -> None:
    desk.clipboard.set(Clip(text="private"))
    set_it = desk.clipboard.set

    def steal(clip: Clip) -> None:
        set_it(clip)
        desk.windows.open("Thief")

    desk.clipboard.set = steal  # type: ignore[method-assign]
    with pytest.raises(WrongWindow):
        Type(text="Grüße", mode="paste").run(desk.context)
    assert desk.input.hotkeys == []
    assert desk.clipboard.text() == "private"


def test_a_stop_in_the_middle_of_a_paste_gives_the_clipboard_back(desk: Desk, form: FakeWindow) -> None:
    desk.clipboard.set(Clip(text="private"))

    def stop() -> None:
        if desk.clipboard.text() == "Grüße":
            raise Stop

    desk.before_call = stop
    with pytest.raises(Stop):
        Type(text="Grüße", mode="paste").run(desk.context)
    assert desk.clipboard.text() == "private"
    assert form.typed == ""


def test_without_a_window_nothing_is_pasted(desk: Desk) -> None:
    with pytest.raises(WrongWindow, match="No window is in front"):
        Type(text="Grüße", mode="paste").run(desk.context)
    assert desk.clipboard.history == []


def test_a_secret_cannot_be_copied() -> None:
    secret = Secret("geheim")
    for fields in ({"text": secret}, {"html": secret}, {"image": secret}, {"files": (secret,)}):
        with pytest.raises(ActionError, match="A secret is never put on the clipboard"):
            Clip(**fields)
    with pytest.raises(ValidationError) as caught:
        Type(text=secret, mode="paste")
    assert "geheim" not in str(caught.value)
    with pytest.raises(ValidationError):
        Set(value=secret)


def test_typing_by_keys_leaves_the_clipboard_alone(desk: Desk, form: FakeWindow) -> None:
    Type(text="Grüße").run(desk.context)
    assert desk.clipboard.history == []


def test_a_machine_without_a_clipboard_says_so() -> None:
    from agent.core.clipboard import NoClipboard

    with pytest.raises(DeviceError, match="has no clipboard"):
        NoClipboard().text()

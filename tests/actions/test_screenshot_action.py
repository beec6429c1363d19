"""Taking a picture of the screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from agent.actions.screenshot import Screenshot
from agent.core.errors import ActionError
from agent.core.frame import PictureStyle
from agent.core.geometry import Region
from tests.actions.desk import Desk


def test_a_screenshot_is_a_new_file_in_the_runs_folder(desk: Desk, tmp_path: Path) -> None:
    first = Screenshot(region=[0, 0, 8, 8]).run(desk.context)
    second = Screenshot(region=[0, 0, 8, 8]).run(desk.context)
    assert (first.image, second.image) == ("screenshot-1.png", "screenshot-2.png")
    assert Path(first.path).read_bytes().startswith(b"\x89PNG")
    assert desk.eye.styles == [PictureStyle(), PictureStyle()]


def test_a_screenshot_goes_to_the_named_file(desk: Desk, tmp_path: Path) -> None:
    desk.windows.open("Orders", Region(10, 20, 30, 40))
    result = Screenshot(window="Orders", file="evidence/orders.png").run(desk.context)
    assert Path(result.path) == tmp_path / "evidence" / "orders.png"
    assert desk.screen.captures[-1] == Region(10, 20, 30, 40)


@pytest.mark.parametrize(
    ("name", "format_name"), [("a.jpg", "jpeg"), ("a.JPEG", "jpeg"), ("a.b.webp", "webp"), ("a.PNG", "png")]
)
def test_the_format_is_that_of_the_files_ending(desk: Desk, tmp_path: Path, name: str, format_name: str) -> None:
    result = Screenshot(region=[0, 0, 8, 8], file=name).run(desk.context)
    assert Path(result.path) == tmp_path / name
    assert Path(result.path).exists()
    assert desk.eye.styles[-1].format == format_name


def test_without_a_file_the_format_gives_the_ending(desk: Desk) -> None:
    assert Screenshot(region=[0, 0, 8, 8], format="jpeg").run(desk.context).image == "screenshot-1.jpg"


def test_the_style_is_handed_on(desk: Desk) -> None:
    Screenshot(region=[0, 0, 8, 8], format="webp", compression=7, quality=33, lossless=True, scale=0.5).run(
        desk.context
    )
    assert desk.eye.styles == [PictureStyle(format="webp", compression=7, quality=33, lossless=True, scale=0.5)]


def test_the_mouse_pointer_is_in_the_picture_on_request(desk: Desk) -> None:
    part = Region(0, 0, 8, 8)
    Screenshot(region=part).run(desk.context)
    assert desk.screen.cursors == []
    Screenshot(region=part, cursor=True).run(desk.context)
    assert desk.screen.cursors == [part]


def test_a_screenshot_of_a_missing_monitor_says_how_many_there_are(desk: Desk) -> None:
    with pytest.raises(ActionError, match="no monitor 3, only 1"):
        Screenshot(monitor=3).run(desk.context)


def test_a_region_is_counted_from_the_monitors_corner(desk: Desk) -> None:
    Screenshot(monitor=1, region=[5, 6, 7, 8]).run(desk.context)
    assert desk.screen.captures[-1] == Region(5, 6, 7, 8)


def test_a_screenshot_that_cannot_be_written_says_why(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ActionError, match="was not written"):
        Screenshot(region=[0, 0, 2, 2], file="file/shot.png").run(desk.context)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"file": "shot.tif"}, r"must end in \.png, \.jpg"),
        ({"file": "shot"}, r"must end in \.png, \.jpg"),
        ({"monitor": 1, "window": "Orders"}, "not both"),
        ({"file": "shot.png", "format": "jpeg"}, "ends as another format"),
        ({"file": "shot.jpg", "lossless": True}, "JPEG always loses"),
        ({"compression": 10}, "less than or equal to 9"),
        ({"quality": 0}, "greater than or equal to 1"),
        ({"scale": 0.01}, "greater than or equal to 0.05"),
        ({"scale": 5}, "less than or equal to 4"),
    ],
)
def test_what_cannot_be_is_refused_before_the_run(fields: dict[str, object], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Screenshot(**fields)

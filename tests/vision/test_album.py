"""The album: pictures that are kept for a moment, taken several at once, and counted."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable

import pytest
from PIL import Image

from agent.core.errors import ActionError
from agent.core.frame import Frame, PictureStyle
from agent.core.geometry import Region
from agent.devices.fake import FakeScreen, FakeWindows
from agent.vision import ScreenEye
from agent.vision.album import Album, Shot

PART = Region(10, 10, 30, 20)
STEP_S = 20.0


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def screen() -> FakeScreen:
    return FakeScreen(Region(0, 0, 200, 100))


@pytest.fixture
def album(screen: FakeScreen, clock: Clock) -> Album:
    return Album(screen, clock=clock)


def test_a_picture_is_kept_for_five_seconds(album: Album, screen: FakeScreen, clock: Clock) -> None:
    first = album.take(Shot(PART))
    screen.paint(PART, (255, 0, 0))
    clock.now += 5.0
    assert album.take(Shot(PART)) is first
    clock.now += 0.1
    assert album.take(Shot(PART)) != first
    assert (album.statistics().hits, album.statistics().misses) == (1, 2)
    assert album.statistics().hit_rate == pytest.approx(1 / 3)


def test_a_fresh_picture_is_never_an_old_one_but_serves_others(album: Album, screen: FakeScreen) -> None:
    first = album.take(Shot(PART))
    screen.paint(PART, (255, 0, 0))
    fresh = album.take(Shot(PART), max_age_s=0)
    assert fresh != first
    assert album.take(Shot(PART)) is fresh


def test_an_album_that_keeps_nothing_takes_each_anew(screen: FakeScreen) -> None:
    album = Album(screen, keep_s=0)
    album.take(Shot(PART))
    album.take(Shot(PART), max_age_s=60)
    assert len(screen.captures) == 2
    assert album.statistics().kept == 0


@pytest.mark.parametrize(
    "other",
    [
        Shot(PART.moved(1, 0)),
        Shot(None),
        Shot(PART, PictureStyle(scale=0.5)),
        Shot(PART, PictureStyle(format="jpeg")),
        Shot(PART, PictureStyle(quality=81)),
        Shot(PART, PictureStyle(compression=2)),
        Shot(PART, PictureStyle(format="webp", lossless=True)),
        Shot(PART, cursor=True),
        Shot(PART, masks=(Region(12, 12, 5, 5),)),
    ],
    ids=str,
)
def test_whatever_shapes_the_picture_makes_it_another_one(album: Album, screen: FakeScreen, other: Shot) -> None:
    album.take(Shot(PART))
    album.take(other)
    assert len(screen.captures) == 2
    album.take(other)
    assert len(screen.captures) == 2
    assert bool(screen.cursors) == other.cursor


def test_masks_are_painted(album: Album, screen: FakeScreen) -> None:
    screen.paint(PART, (255, 0, 0))
    with Image.open(io.BytesIO(album.take(Shot(PART, masks=(Region(0, 0, 20, 20),))))) as image:
        assert (image.getpixel((0, 0)), image.getpixel((15, 15))) == ((0, 0, 0), (255, 0, 0))


def test_the_album_is_bounded_by_entries_and_the_longest_unused_goes_first(screen: FakeScreen) -> None:
    album = Album(screen, entries=2)
    for x in (0, 1, 0, 2, 0):
        album.take(Shot(Region(x, 0, 9, 9)))
    assert len(screen.captures) == 3
    album.take(Shot(Region(1, 0, 9, 9)))
    assert len(screen.captures) == 4
    assert album.statistics().kept == 2


def test_the_album_is_bounded_by_bytes(screen: FakeScreen) -> None:
    stored = PictureStyle(compression=0)
    size = len(Album(screen).take(Shot(Region(0, 0, 50, 50), stored)))
    album = Album(screen, size=2 * size)
    for x in range(5):
        album.take(Shot(Region(x, 0, 50, 50), stored))
    assert (album.statistics().kept, album.statistics().size) == (2, 2 * size)
    album.take(Shot(None, stored))  # larger than all the album
    assert album.statistics().kept == 2


def test_old_pictures_do_not_stay_in_memory(album: Album, clock: Clock) -> None:
    for x in range(3):
        album.take(Shot(Region(x, 0, 9, 9)))
    clock.now += 6
    album.take(Shot(PART))
    assert album.statistics().kept == 1


def test_clear_forgets_the_pictures_and_keeps_the_counters(album: Album, screen: FakeScreen) -> None:
    album.take(Shot(PART))
    album.clear()
    assert (album.statistics().kept, album.statistics().size, album.statistics().misses) == (0, 0, 1)
    album.take(Shot(PART))
    assert len(screen.captures) == 2


def test_several_are_taken_in_order(album: Album) -> None:
    shots = [Shot(Region(0, 0, width, 5)) for width in (3, 9, 6)]
    sizes = []
    for picture in album.take_all(shots):
        with Image.open(io.BytesIO(picture)) as image:
            sizes.append(image.size)
    assert sizes == [(3, 5), (9, 5), (6, 5)]
    assert album.take_all([]) == ()


def test_the_first_that_fails_is_the_error_of_all(album: Album) -> None:
    with pytest.raises(ActionError, match="nothing of it lies on the screen"):
        album.take_all([Shot(PART), Shot(Region(5000, 0, 5, 5)), Shot(None)])


class MeetingScreen(FakeScreen):
    """Counts who is in a capture at once, and holds them there until `held` have come."""

    def __init__(self, held: int) -> None:
        super().__init__(Region(0, 0, 20, 20))
        self._barrier = threading.Barrier(held)
        self._lock = threading.Lock()
        self._inside = 0
        self.most = 0

    def capture(self, region: Region | None = None, *, cursor: bool = False) -> Frame:
        with self._lock:
            self._inside += 1
            self.most = max(self.most, self._inside)
        self._barrier.wait(STEP_S)
        with self._lock:
            self._inside -= 1
        return super().capture(region, cursor=cursor)


def test_no_more_than_the_limit_are_taken_at_once() -> None:
    screen = MeetingScreen(held=3)
    album = Album(screen, at_once=3)
    album.take_all([Shot(Region(x, 0, 5, 5)) for x in range(9)])
    assert screen.most == 3


def test_the_limit_holds_for_all_who_ask_together() -> None:
    screen = MeetingScreen(held=2)
    album = Album(screen, at_once=2)
    _together(4, lambda number: album.take_all([Shot(Region(number, x, 5, 5)) for x in range(3)]))
    assert screen.most == 2


def test_who_waits_for_the_same_picture_gets_the_one_just_taken() -> None:
    screen = MeetingScreen(held=1)
    album = Album(screen, at_once=1)
    _together(8, lambda number: album.take(Shot(PART)) if number else album.take(Shot(Region(0, 0, 20, 20))))
    assert len(screen.captures) == 2
    assert (album.statistics().hits, album.statistics().misses) == (6, 2)


def test_a_failed_capture_gives_its_turn_back(screen: FakeScreen) -> None:
    album = Album(screen, at_once=1)
    for _ in range(3):
        with pytest.raises(ActionError):
            album.take(Shot(Region(5000, 0, 5, 5)))
    assert album.take(Shot(PART))


def test_encodings_are_counted_by_format(album: Album, screen: FakeScreen) -> None:
    picture = album.take(Shot(PART, PictureStyle(format="jpeg")))
    album.encode(screen.capture(), PictureStyle())
    album.encode(screen.capture(), PictureStyle())
    encoded = album.statistics().encoded
    assert {name: spent.count for name, spent in encoded.items()} == {"jpeg": 1, "png": 2}
    assert encoded["jpeg"].size == len(picture)
    assert album.statistics().kept == 1  # what is only encoded is not kept


def test_what_the_eye_pictures_is_counted_and_not_kept(album: Album, screen: FakeScreen) -> None:
    eye = ScreenEye(screen, FakeWindows(), languages="eng", min_confidence=60, album=album)
    assert eye.picture(screen.capture(PART), masks=[PART]).startswith(b"\x89PNG")
    assert eye.picture(screen.capture(PART), PictureStyle(format="jpeg")).startswith(b"\xff\xd8")
    assert list(album.statistics().encoded) == ["png", "jpeg"]
    assert album.statistics().kept == 0


def _together(count: int, work: Callable[[int], object]) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

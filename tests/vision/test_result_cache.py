"""What was read is known again: bounded in every way, and in a file only when that is asked for."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import StoreError
from agent.core.geometry import Region
from agent.core.text import Line, TextRead, Word
from agent.vision.result_cache import ResultCache


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def text_of(*lines: str, region: Region | None = None) -> TextRead:
    """A text of these lines, its words somewhere."""
    words = [
        [Word(word, Region(x, y, 10, 9), 90.5, x) for x, word in enumerate(line.split())]
        for y, line in enumerate(lines)
    ]
    return TextRead(tuple(Line.of(line) for line in words), region or Region(-5, 0, 100, 50))


def test_a_text_is_known_until_it_is_too_old() -> None:
    clock = Clock()
    cache = ResultCache(age_s=300, clock=clock)
    cache.put("a", text_of("Größe"))
    clock.now += 299
    assert cache.get("a") == text_of("Größe")
    clock.now += 2  # being asked for has not made it younger
    assert cache.get("a") is None
    assert cache.size == 0


def test_the_one_that_was_not_used_longest_goes_first() -> None:
    cache = ResultCache(entries=2)
    for key in ("a", "b"):
        cache.put(key, text_of(key))
    cache.get("a")
    cache.put("c", text_of("c"))
    assert [key for key in "abc" if cache.get(key)] == ["a", "c"]


def test_large_texts_make_room_for_each_other() -> None:
    cache = ResultCache(size=100_000)
    large = text_of(*["wort " * 10] * 5)
    for number in range(20):
        cache.put(str(number), large)
    assert 0 < len(cache) < 3
    assert cache.size <= 100_000


def test_a_text_that_is_larger_than_the_cache_is_not_kept() -> None:
    cache = ResultCache(size=1000)
    cache.put("a", text_of("wort " * 50))
    assert cache.get("a") is None


def test_nothing_is_left_after_clearing() -> None:
    cache = ResultCache()
    cache.put("a", text_of("a"))
    cache.clear()
    assert (len(cache), cache.size, cache.get("a")) == (0, 0, None)


TEXTS = st.builds(
    text_of,
    st.text(st.characters(exclude_categories=["Cs", "Z", "C"]), min_size=1),
    region=st.tuples(st.integers(-9999, 9999), st.integers(-9999, 9999)).map(lambda place: Region(*place, 3, 4)),
)


@given(TEXTS)
def test_a_text_comes_back_from_the_file_as_it_was(tmp_path_factory: pytest.TempPathFactory, text: TextRead) -> None:
    path = tmp_path_factory.mktemp("kept") / "texts.json"
    cache, other = ResultCache(), ResultCache()
    cache.put("a", text)
    assert cache.save(path) == other.load(path) == 1
    assert other.get("a") == text
    assert other.size == cache.size


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such bits; the user's folder is private there")
def test_the_file_is_for_this_user_alone(tmp_path: Path) -> None:
    ResultCache().save(tmp_path / "texts.json")
    assert stat.S_IMODE((tmp_path / "texts.json").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["texts.json"]


def test_what_was_too_old_when_it_was_loaded_is_left_out(tmp_path: Path) -> None:
    cache = ResultCache()
    cache.put("a", text_of("a"))
    cache.save(tmp_path / "texts.json")
    data = json.loads((tmp_path / "texts.json").read_text())
    for shift in (-400, +400):  # the second as if the clock had been put back since
        moved = data | {"results": [data["results"][0] | {"read_at": data["results"][0]["read_at"] + shift}]}
        (tmp_path / "moved.json").write_text(json.dumps(moved))
        other = ResultCache()
        assert other.load(tmp_path / "moved.json") == len(other) == 0


GOOD = {"key": "a", "read_at": 1.0, "region": [0, 0, 9, 9], "lines": [[["w", 0, 0, 1, 1, 90, 0]]]}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"format": 1, "results": [', id="cut off"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b"\xff\xfe\x00", id="no text"),
        pytest.param(json.dumps({"format": 2, "results": []}).encode(), id="another format"),
        *[
            pytest.param(json.dumps({"format": 1, "results": [GOOD | change]}).encode(), id=f"wrong {name}")
            for name, change in {
                "region": {"region": [0, 0, -1, 2]},
                "lines": {"lines": [[]]},
                "word": {"lines": [[["w", 0]]]},
                "type": {"lines": [[[1, 0, 0, 1, 1, 90, 0]]]},
                "confidence": {"lines": [[["w", 0, 0, 1, 1, float("nan"), 0]]]},
                "cell": {"lines": [[["w", 0, 0, 1, 1, 90, float("inf")]]]},
                "time": {"read_at": "yesterday"},
                "list": {"lines": None},
            }.items()
        ],
    ],
)
def test_a_damaged_file_gives_nothing_and_harms_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "texts.json").write_bytes(content)
    cache = ResultCache()
    cache.put("b", text_of("b"))
    assert cache.load(tmp_path / "texts.json") == 0
    assert cache.get("b") == text_of("b")
    assert len(cache) == 1


def test_a_missing_or_huge_file_gives_nothing(tmp_path: Path) -> None:
    with (tmp_path / "huge.json").open("wb") as file:
        file.truncate(100_000_000)
    assert ResultCache().load(tmp_path / "huge.json") == ResultCache().load(tmp_path / "gone.json") == 0


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"gone"):
        ResultCache().save(tmp_path / "gone" / "texts.json")

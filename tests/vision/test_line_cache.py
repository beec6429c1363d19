"""What was read is remembered: not too much of it, and not for too long."""

from __future__ import annotations

import numpy as np

from agent.vision.line_cache import Key, LineCache, key_of
from agent.vision.tesseract import Read

WORDS = (Read("Größe", 96.0, 1, 2, 30, 12),)


def key(name: str) -> Key:
    return (name.encode(), "deu", "block")


def test_a_line_is_known_until_it_is_cleared() -> None:
    cache = LineCache()
    cache.put(key("a"), WORDS)
    assert cache.get(key("a")) == WORDS
    cache.clear()
    assert cache.get(key("a")) is None
    assert (cache.hits.known, cache.hits.read) == (1, 1)


def test_the_least_recently_used_line_goes_first() -> None:
    cache = LineCache(lines=2)
    for name in "ab":
        cache.put(key(name), WORDS)
    cache.get(key("a"))
    cache.put(key("c"), WORDS)
    assert [cache.get(key(name)) is not None for name in "abc"] == [True, False, True]


def test_a_line_that_nobody_asks_for_is_forgotten() -> None:
    time = 0.0
    cache = LineCache(age_s=300, clock=lambda: time)
    cache.put(key("kept"), WORDS)
    cache.put(key("left"), WORDS)
    time = 200.0
    cache.get(key("kept"))
    time = 400.0
    assert cache.get(key("kept")) == WORDS
    assert len(cache) == 1


def test_the_same_bytes_in_another_shape_or_language_are_another_line() -> None:
    picture = np.arange(24, dtype=np.uint8).reshape(4, 6)
    keys = {
        key_of(picture, "deu", "block"),
        key_of(picture.reshape(6, 4), "deu", "block"),
        key_of(picture, "eng", "block"),
        key_of(picture, "deu", "number"),
    }
    assert len(keys) == 4

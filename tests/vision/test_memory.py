"""Reading a screen again and again: equal to a cold read at every step, and only what has changed is read."""

from __future__ import annotations

import random
from dataclasses import replace

from agent.core.frame import Frame
from agent.core.text import TextRead
from agent.vision.frame import pixels
from agent.vision.memory import ReadMemory
from agent.vision.reader import TextReader
from tests.vision.rendered import Style, message_window, orders_window


def go_on() -> None:
    """A check that never says stop."""


def seen(memory: ReadMemory, frame: Frame, least: float = 0) -> TextRead:
    return memory.read(frame, languages="deu", mode="block", min_confidence=least, check=go_on)


def with_part(frame: Frame, part: Frame, x: int, y: int) -> Frame:
    """The frame with another one laid over it."""
    after = replace(frame, pixels=bytearray(frame.pixels))
    there = pixels(after)[y : y + part.region.height, x : x + part.region.width]
    there[:] = pixels(part)[: there.shape[0], : there.shape[1]]
    return after


def test_a_sequence_of_windows_is_read_as_if_each_were_the_first() -> None:
    chance = random.Random(5)  # noqa: S311 - no secret depends on it
    screen = orders_window(Style(seed=1, size=(900, 560))).frame
    others = [orders_window(Style(seed=1, rows=10, size=(900, 560))).frame]
    others += [message_window([f"Auftrag {n} wurde geändert.", "Größe übernehmen?"], Style()).frame for n in range(3)]
    reader = TextReader()
    memory, frame = ReadMemory(reader), screen
    for _ in range(12):
        over = chance.choice([screen, *others])
        frame = with_part(screen, over, *chance.choice([(0, 0), (150, 120), (410, 333)]))
        fresh = TextReader(cache=reader.cache)  # knows the pixels of cells, and nothing of where they stand
        assert seen(memory, frame) == fresh.read(frame, languages="deu", check=go_on)


def test_only_the_cell_that_has_changed_is_read_again() -> None:
    window = orders_window(Style(seed=1))
    reader = TextReader()
    memory = ReadMemory(reader)
    seen(memory, window.frame)
    known, read = reader.cache.hits.known, reader.cache.hits.read
    amount = next(truth.rect for truth in window.truths if truth.text == window.rows[2][4])
    other = next(truth.rect for truth in window.truths if truth.text == window.rows[5][3])
    after = replace(window.frame, pixels=bytearray(window.frame.pixels))
    height = min(amount.height, other.height)
    picture, source = pixels(after), pixels(window.frame)
    width = min(amount.width, other.width) - 4
    picture[amount.y : amount.y + height, amount.x : amount.x + width] = source[
        other.y : other.y + height, other.x : other.x + width
    ]
    seen(memory, after)
    assert (reader.cache.hits.known - known) + (reader.cache.hits.read - read) <= 2


def test_the_same_pixels_are_read_once_whatever_confidence_is_asked() -> None:
    frame = orders_window(Style(seed=1)).frame
    reader = TextReader()
    memory = ReadMemory(reader)
    everything = seen(memory, frame)
    read = reader.cache.hits.read
    sure = seen(memory, replace(frame, pixels=bytes(frame.pixels)), 90)
    assert reader.cache.hits.read == read
    assert sure.words == tuple(word for word in everything.words if word.confidence >= 90)


def test_after_clearing_everything_is_read_anew() -> None:
    frame = orders_window(Style(seed=1)).frame
    reader = TextReader()
    memory = ReadMemory(reader)
    seen(memory, frame)
    read = reader.cache.hits.read
    memory.clear()
    seen(memory, frame)
    assert reader.cache.hits.read == 2 * read

"""The cache answers only what it may, and stays within its bounds."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from agent.core.action import Action
from agent.core.context import Context
from agent.core.secret import Secret
from agent.engine.cache import ResultCache
from tests.engine.stand import Count, Echo


class Sealed(Action, id="test.sealed", label="Sealed", icon="x", category="Test", effect="pure"):
    """Take a secret."""

    secret: Secret

    def run(self, context: Context) -> BaseModel:
        return self.Result()


class Hand:
    """A clock that is moved by hand."""

    time = 0.0

    def __call__(self) -> float:
        return self.time


def put(cache: ResultCache, action: Action, output: Any = 1) -> None:
    cache.put(action, 60, {"value": output}, "done")


def test_the_same_parameters_give_the_same_result_while_it_is_young() -> None:
    hand = Hand()
    cache = ResultCache(clock=hand)
    put(cache, Echo(value={"b": 1, "a": 2}), "x")
    known = cache.get(Echo(value={"a": 2, "b": 1}), 60)
    assert known is not None
    assert known.output == {"value": "x"}
    assert cache.get(Echo(value=3), 60) is None
    hand.time = 30.0
    assert cache.get(Echo(value={"a": 2, "b": 1}), 20) is None
    assert (cache.hits, cache.misses) == (1, 2)


def test_only_pure_actions_are_kept_and_only_when_asked() -> None:
    cache = ResultCache()
    put(cache, Count(number=1))
    cache.put(Echo(value=1), 0, {}, "done")
    assert len(cache) == 0
    assert cache.get(Echo(value=1), 0) is None
    assert cache.hit_rate == 0.0


def test_two_secrets_look_alike_and_so_neither_is_kept() -> None:
    cache = ResultCache()
    put(cache, Sealed(secret=Secret("one")))
    assert cache.get(Sealed(secret=Secret("two")), 60) is None
    assert len(cache) == 0


def test_the_least_recently_used_goes_first() -> None:
    cache = ResultCache(entries=2)
    put(cache, Echo(value=1))
    put(cache, Echo(value=2))
    cache.get(Echo(value=1), 60)
    put(cache, Echo(value=3))
    assert [cache.get(Echo(value=value), 60) is not None for value in (1, 2, 3)] == [True, False, True]


def test_its_size_is_bound() -> None:
    cache = ResultCache(characters=1000)
    for number in range(10):
        put(cache, Echo(value=number), "x" * 300)
    assert cache.size <= 1000
    put(cache, Echo(value="huge"), "x" * 5000)
    assert len(cache) == 0
    assert cache.size == 0


def test_a_result_put_twice_counts_once() -> None:
    cache = ResultCache()
    put(cache, Echo(value=1), "x" * 100)
    size = cache.size
    put(cache, Echo(value=1), "x" * 100)
    assert cache.size == size
    cache.clear()
    assert (len(cache), cache.size) == (0, 0)

"""“Did you mean …?”"""

from __future__ import annotations

from agent.core.spelling import Guesses, closest, some


def test_the_nearest_name_is_meant_whatever_its_case() -> None:
    assert closest("Taget", ["button", "target", "text"]) == "target"
    assert closest("qqq", ["button", "target"]) == "" == closest("x", [])


def test_words_without_end_are_not_compared() -> None:
    assert closest("a" * 10**6, ["a" * 10**6]) == ""
    assert closest("abc", ["x" * 10**6, "abd"]) == "abd"


def test_a_document_has_so_many_guesses() -> None:
    guesses = Guesses(most=2)
    assert [guesses.closest(word, ["aaa", "bbb", "ccc"]) for word in ("aab", "bba", "cca", "aab")] == [
        "aaa",
        "bbb",
        "",
        "aaa",
    ]


def test_a_long_list_is_cut() -> None:
    assert some(["a", "b", "c"], 3) == "a, b, c"
    assert some(["a", "b", "c"], 2) == "a, b, …"
    assert some([]) == ""

"""The languages: every text has a German one, and errors are told in the user's own."""

from __future__ import annotations

import json
import string

import pytest

from agent.core.errors import TargetNotFound
from agent.resources import path
from agent.resources.language import Language, system_language
from tests.resources.catalogue import texts

GERMAN: dict[str, str] = json.loads(path("translations/de.json").read_bytes())


def _names(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_text_of_the_program_has_a_german_one() -> None:
    assert sorted(texts() - GERMAN.keys()) == []


def test_no_german_text_is_left_over() -> None:
    assert sorted(GERMAN.keys() - texts()) == []


def test_the_translations_are_sorted_so_that_two_people_can_add_without_a_conflict() -> None:
    assert list(GERMAN) == sorted(GERMAN)


@pytest.mark.parametrize("english", sorted(GERMAN), ids=lambda text: text[:40])
def test_a_translation_has_the_same_places_for_values(english: str) -> None:
    assert _names(english) == _names(GERMAN[english])


def test_an_error_is_told_in_german_with_its_values() -> None:
    tr = Language("de")
    tr._texts = {"No text {text}.": "Kein Text {text}.", "Look at {place}.": "Sieh bei {place} nach."}
    error = TargetNotFound("No text {text}.", "Look at {place}.", text="„{Preis}“", place="3,4")
    assert tr.error(error) == ("Kein Text „{Preis}“.", "Sieh bei 3,4 nach.")


def test_an_unknown_text_stays_english() -> None:
    assert Language("de")("Something new {x}", x=3) == "Something new 3"


@pytest.mark.parametrize(("told", "code"), [("de_AT.UTF-8", "de"), ("en_GB", "en"), ("fr_FR", "en"), ("C", "en")])
def test_the_language_is_that_of_the_system(told: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", told)
    assert system_language() == code

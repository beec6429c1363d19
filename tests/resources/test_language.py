"""The languages: every text has a German one, and errors are told in the user's own."""

from __future__ import annotations

import ast
import json
import re
import string
from collections.abc import Iterator

import pytest

from agent.core import errors
from agent.core.errors import TargetNotFound
from agent.resources import path
from agent.resources.language import Language, system_language
from tests.resources.catalogue import AGENT, has_words, texts

GERMAN: dict[str, str] = json.loads(path("translations/de.json").read_bytes())
SAME = {"Code", "Name", "Text", "Workflow", "Workflows"}
"""Words that both languages share. Any other text that equals its English one was forgotten."""
NOT_SHOWN = {
    # descriptions in the JSON Schema, which is English
    "Which part of the container: for flow.try body, catch or finally.",
    "Values of the finished run, by name; expressions allowed.",
    "Where the editor draws each node; changes nothing else.",
    # inside the store, never raised out of it
    "The statement was not executed.",
    # reasons inside of an error, in the words of the one that failed
    "It does not answer.",
    "It has ended.",
    # what `tla bench` types
    "Grüße aus Köln: 12 Stück à 3,50 € für Frau Jäßner, Öffnung ÄÖÜ um 8 Uhr.",
}
"""Sentences in the source that no user reads."""


def _names(template: str) -> list[str]:
    return sorted({name for _, name, _, _ in string.Formatter().parse(template) if name})


def test_every_text_of_the_program_has_a_german_one() -> None:
    assert sorted(texts() - GERMAN.keys()) == []


def test_no_german_text_is_left_over() -> None:
    assert sorted(GERMAN.keys() - texts()) == []


def test_only_shared_words_are_the_same_in_german() -> None:
    assert {english for english, german in GERMAN.items() if english == german} == SAME


def test_the_file_is_as_json_writes_it_sorted_so_that_two_people_can_add_without_a_conflict() -> None:
    written = json.dumps(GERMAN, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    assert path("translations/de.json").read_text(encoding="utf-8") == written


def test_a_translation_has_the_same_places_for_values() -> None:
    assert [english for english, german in GERMAN.items() if _names(english) != _names(german)] == []


def test_a_translation_keeps_the_commands_and_begins_and_ends_like_the_english_text() -> None:
    def form(text: str) -> tuple[list[str], bool, str]:
        return re.findall("`.+?`", text), text.startswith(" "), text[-1] if text[-1] in ".:?…" else ""

    assert [english for english, german in GERMAN.items() if form(english) != form(german)] == []


def test_german_texts_have_german_quotation_marks() -> None:
    assert [german for german in GERMAN.values() if german.count("„") != german.count("“") or "”" in german] == []


def test_the_catalogue_finds_every_sentence_in_the_source() -> None:
    found = {sentence for file in AGENT.rglob("*.py") for sentence in _sentences(ast.parse(file.read_text("utf-8")))}
    assert sorted(found - texts() - NOT_SHOWN) == []


def _sentences(tree: ast.Module) -> Iterator[str]:
    """What reads like a sentence and may reach a user: not what is documented, logged or told to programmers."""
    silent = {inner for node in ast.walk(tree) if _is_silent(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in silent:
            text = node.value
            if has_words(text) and re.match(r"[A-Z“`{…].* .*[.?!…]$", text):
                yield text


def _is_silent(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return ast.unparse(node.func).startswith(("log.", "argparse."))
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        raised = ast.unparse(node.exc.func)
        return raised.endswith("Error") and raised not in vars(errors)
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


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

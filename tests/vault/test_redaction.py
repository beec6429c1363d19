"""Secrets are found in every form in which texts travel."""

from __future__ import annotations

import base64
import html
import json
import logging
import re
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.secret import MASK, Secret
from agent.vault import Redactor

CANARY = 'Grüße "4711" <&> €/+\\'


@pytest.fixture
def redactor() -> Redactor:
    redactor = Redactor()
    redactor.add(Secret(CANARY))
    return redactor


def test_nested_values_are_masked_in_values_and_keys(redactor: Redactor) -> None:
    value = {"a": [CANARY, 1, None], f"key {CANARY}": ("x", {"b": f"it is {CANARY}!"})}
    assert redactor(value) == {"a": [MASK, 1, None], f"key {MASK}": ("x", {"b": f"it is {MASK}!"})}


def test_a_value_without_secrets_is_the_very_same_object(redactor: Redactor) -> None:
    value = {"a": ["text", 1], "b": ("x", {"c": None})}
    assert redactor(value) is value


@pytest.mark.parametrize(
    "form",
    [
        json.dumps({"p": CANARY}),
        json.dumps({"p": CANARY}, ensure_ascii=False),
        repr({"p": CANARY}),
        "https://x/?p=" + quote(CANARY, safe=""),
        "https://x/?p=" + quote_plus(CANARY),
        "https://x/" + re.sub("%..", lambda escape: escape[0].lower(), quote(CANARY)),
        html.escape(CANARY),
        base64.b64encode(CANARY.encode()).decode(),
        "Basic " + base64.b64encode(f"eva:{CANARY}".encode()).decode(),
        base64.urlsafe_b64encode(f"ev:{CANARY}!".encode()).decode(),
    ],
)
def test_the_usual_encodings_are_masked_too(redactor: Redactor, form: str) -> None:
    assert MASK in redactor(form)
    assert "4711" not in redactor(form)
    assert "NDcxM" not in redactor(form)  # the same digits inside base64


def test_the_longest_of_overlapping_secrets_leaves_no_tail() -> None:
    redactor = Redactor()
    for text in ("secret", "secret-of-eva", "eva-4711"):
        redactor.add(Secret(text))
    assert redactor("a secret-of-eva-4711 b") == f"a {MASK} b"
    assert redactor("secret secret") == f"{MASK} {MASK}"


def test_a_short_secret_is_masked_only_where_it_stands_alone() -> None:
    redactor = Redactor()
    redactor.add(Secret("abc"))
    assert redactor(["abc", "abcd"]) == [MASK, "abcd"]


def test_an_empty_secret_hides_nothing() -> None:
    redactor = Redactor()
    redactor.add(Secret(""))
    assert redactor(["", "text"]) == ["", "text"]


@given(st.text(min_size=4), st.text(), st.text())
def test_no_text_gives_the_secret_away(secret: str, before: str, after: str) -> None:
    redactor = Redactor()
    redactor.add(Secret(secret))
    assert secret not in redactor(before + secret + after) or secret in MASK


def test_log_records_are_masked_with_arguments_and_traceback(redactor: Redactor) -> None:
    lines: list[str] = []
    logger = logging.Logger("test")
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(handler.format(record))  # type: ignore[method-assign]  # to see the text
    handler.addFilter(redactor.log_filter())
    logger.addHandler(handler)
    logger.warning("typed %s into %d", CANARY, 5)
    try:
        raise ValueError(CANARY)
    except ValueError:
        logger.exception("failed")
    logger.warning("too few: %s %s", CANARY)  # noqa: PLE1206 - logging would print such a record itself
    assert lines[0] == f"typed {MASK} into 5"
    assert "Traceback" in lines[1]
    assert not [line for line in lines if "4711" in line]

"""A secret prints nowhere and goes nowhere by itself."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import pprint
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from agent.core.secret import MASK, Secret

TEXT = "correct horse"


class Form(BaseModel):
    """A model that holds one."""

    password: Secret


@dataclass
class Held:
    """A dataclass that holds one."""

    password: Secret


@pytest.mark.parametrize(
    "printed",
    [
        str,
        repr,
        "{}".format,
        "{:>40}".format,
        "{!r:>40}".format,
        lambda secret: "%s %r" % (secret, secret),  # noqa: UP031 - one of the ways a text can be made
        lambda secret: f"{[secret]} { ({'a': secret}) } {Held(secret)} {asdict(Held(secret))}",
        pprint.pformat,
        lambda secret: repr(Form(password=secret)),
        lambda secret: Form(password=secret).model_dump_json(),
        lambda secret: str(Form(password=secret).model_dump(mode="json")),
        lambda secret: str(ValueError(secret)),
    ],
)
def test_it_prints_as_dots(printed: Callable[[Secret], str]) -> None:
    text = printed(Secret(TEXT))
    assert TEXT not in text and "correct" not in text
    assert MASK[0] in text


@pytest.mark.parametrize("serialise", [pickle.dumps, json.dumps, lambda secret: secret.__getstate__()])
def test_it_refuses_to_be_serialised(serialise: Callable[[Secret], Any]) -> None:
    with pytest.raises(TypeError) as caught:
        serialise(Secret(TEXT))
    assert TEXT not in str(caught.value)


def test_a_log_line_has_dots(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("test").warning("typed %s %r", Secret(TEXT), {"a": Secret(TEXT)})
    assert TEXT not in caplog.text and MASK in caplog.text


def test_copies_are_the_same_object() -> None:
    secret = Secret(TEXT)
    assert copy.copy(secret) is secret
    assert copy.deepcopy([secret])[0] is secret


def test_it_equals_only_a_secret_with_the_same_text() -> None:
    assert Secret("ä") == Secret("ä")
    assert Secret("a") != Secret("b") and Secret("a") != "a"


def test_it_is_no_key_and_has_no_open_drawer() -> None:
    with pytest.raises(TypeError):
        hash(Secret(TEXT))
    assert not hasattr(Secret(TEXT), "__dict__")


def test_a_plain_text_is_no_secret() -> None:
    with pytest.raises(ValidationError):
        Form(password=TEXT)  # type: ignore[arg-type]  # what a workflow file would hold


def test_it_is_true_when_there_is_something_in_it_and_can_be_revealed() -> None:
    assert Secret("x") and not Secret("")
    assert Secret(TEXT).reveal() == TEXT

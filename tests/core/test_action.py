"""The class header of a node type, and the registry."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from agent.core.action import DONE, Action, Container, Registry
from tests.core.sample import REGISTRY, Ask, Press, Say

HEADER: dict[str, Any] = {"id": "demo.x", "label": "X", "icon": "x", "category": "Demo"}


def made(doc: str = "Do it.", base: type = Action, **header: Any) -> Any:
    """A new action class with this header."""
    return type("X", (base,), {"__doc__": doc, "__module__": __name__}, **{**HEADER, **header})


def test_the_header_says_what_the_engine_must_know() -> None:
    info = made(uses={"desktop"}, effect="pure", outlets=("a", "b"), keywords=("k",), replaces={"demo.old"}).info
    assert (info.id, info.label, info.effect, info.outlets) == ("demo.x", "X", "pure", ("a", "b"))
    assert info.uses == {"desktop"} and info.replaces == {"demo.old"} and info.keywords == ("k",)


def test_an_action_is_done_once_unless_it_says_otherwise() -> None:
    assert made().info.effect == "once"
    assert made().info.outlets == (DONE,)


@pytest.mark.parametrize(
    "mistake",
    [
        {"id": "click"},
        {"id": "Mouse.click"},
        {"id": "mouse.click.left"},
        {"label": ""},
        {"icon": ""},
        {"category": ""},
        {"doc": " "},
        {"efect": "pure"},
        {"effect": "pur"},
        {"outlets": ("done", "failed")},
        {"outlets": ("a", "a")},
    ],
)
def test_a_mistake_in_the_header_fails_at_import(mistake: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        made(**mistake)


def test_a_base_class_needs_no_header() -> None:
    base = type("Base", (Action,), {"__doc__": "", "__module__": __name__})
    assert not hasattr(base, "info")
    assert made(base=base).info.id == "demo.x"


def test_parameters_are_frozen_and_known() -> None:
    action = Say(text="x")
    with pytest.raises(ValidationError):
        action.text = "y"  # type: ignore[misc]  # the mistake that is tested
    with pytest.raises(ValidationError):
        Say.model_validate({"text": "x", "tetx": "y"})


def test_an_action_without_work_says_so() -> None:
    with pytest.raises(NotImplementedError, match="Ask"):
        Ask().run(None)  # type: ignore[arg-type]  # it does not come that far
    with pytest.raises(NotImplementedError, match="passes"):
        made(base=Container)().passes(None)
    assert Ask().outlet(Ask.Result()) == DONE


def test_the_registry_knows_ids_of_now_and_before() -> None:
    assert REGISTRY["demo.press"] is REGISTRY["demo.push"] is Press
    assert "demo.push" in REGISTRY and "demo.psh" not in REGISTRY
    assert list(REGISTRY) == sorted(REGISTRY) and "demo.push" not in list(REGISTRY)
    assert len(REGISTRY) == len(list(REGISTRY))
    with pytest.raises(KeyError):
        REGISTRY["demo.nothing"]


def test_two_actions_with_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match=r"demo\.x"):
        Registry([made(), made()])


def test_the_same_action_twice_is_one() -> None:
    action = made()
    assert len(Registry([action, action])) == 1


def test_the_closest_id_is_suggested() -> None:
    assert REGISTRY.closest("demo.sya") == "demo.say"
    assert REGISTRY.closest("qqqqqqqq") == ""

"""What every action must have, whoever adds it."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from xml.etree import ElementTree

import pytest

import agent.actions
from agent.core.action import Action, Container
from agent.resources import path

REGISTRY = agent.actions.discover()
ACTIONS = sorted(REGISTRY.values(), key=lambda action: action.info.id)
each_action = pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.info.id)

# The inputs and outputs that the product's list of actions promises.
FIELDS = {
    "app.close": ("pid name window force", "exit_code"),
    "app.launch": ("command args wait_window", "pid window"),
    "clipboard.get": ("format", "value"),
    "clipboard.set": ("format value restore_after", "value"),
    "credential.get": ("name", "credential"),
    "credential.totp": ("name", "code"),
    "data.regex": ("text pattern flags all", "match groups"),
    "data.set": ("name value", "value"),
    "file.write": ("path text append encoding", "path"),
    "flow.delay": ("seconds", ""),
    "flow.for_each": ("items parallel", "count results"),
    "flow.if": ("condition", "branch"),
    "flow.try": ("catch_types", "caught error"),
    "keyboard.hotkey": ("keys hold_ms repeat", ""),
    "keyboard.type": ("text target delay_ms clear enter mode", "chars"),
    "keyboard.type_secret": ("credential field target window", ""),
    "log.message": ("level text data", ""),
    "login.fill": ("credential user password submit success failure", "logged_in reason"),
    "mouse.click": ("target button count modifiers offset", "match"),
    "mouse.drag": ("from to button duration", ""),
    "mouse.move": ("target duration", "point"),
    "mouse.scroll": ("target dx dy", ""),
    "screen.assert": ("target text state", "passed"),
    "screen.exists": ("target", "found match"),
    "screen.find": ("target all", "match matches"),
    "screen.pixel": ("point colour tolerance", "colour equal"),
    "screen.read_table": ("region target languages", "columns rows"),
    "screen.read_text": ("region target languages mode", "text words confidence"),
    "screen.screenshot": ("monitor window region file", "image path"),
    "screen.wait": ("target state", "match waited_s"),
    "screen.wait_stable": ("region quiet_ms tolerance", "stable_after_s"),
    "table.write": ("path header table mode", "path"),
    "window.find": ("title regex process class_name", "window rect"),
    "window.focus": ("window", ""),
    "window.set": ("window state rect", "rect"),
    "window.wait": ("window state", "window"),
}
WATCHES = {
    *("screen.wait", "screen.wait_stable", "screen.exists", "screen.assert", "screen.pixel", "window.wait"),
}
PURE = WATCHES | {
    *("screen.find", "screen.read_text", "screen.read_table", "window.find", "data.regex", "flow.if", "credential.get"),
}
ONCE = {
    *("mouse.click", "mouse.drag", "mouse.scroll"),
    *("keyboard.type", "keyboard.type_secret", "keyboard.hotkey", "login.fill", "app.launch"),
    *("file.write", "table.write"),
}


def test_exactly_the_actions_of_the_list_are_there() -> None:
    assert list(REGISTRY) == sorted(FIELDS)


def written(action: type[Action]) -> set[str]:
    """The names of its fields in a workflow file; ``from`` cannot be one in Python."""
    return {field.alias or name for name, field in action.model_fields.items()}


@each_action
def test_an_action_has_the_promised_fields(action: type[Action]) -> None:
    inputs, outputs = (set(names.split()) for names in FIELDS[action.info.id])
    assert inputs <= written(action)
    assert outputs <= set(action.Result.model_fields)


@each_action
def test_an_action_is_documented_for_its_user(action: type[Action]) -> None:
    assert (action.__doc__ or "").splitlines()[0].endswith("."), "the first line is what lists show"
    assert action.info.keywords
    described = {**action.model_fields, **action.Result.model_fields}
    assert [name for name, field in described.items() if not (field.title and field.description)] == []


@each_action
def test_an_action_has_its_own_icon_in_one_colour(action: type[Action]) -> None:
    svg = ElementTree.fromstring(path(f"icons/{action.info.icon}.svg").read_text())  # noqa: S314 - our own file
    assert svg.get("viewBox") == "0 0 24 24"
    assert svg.get("stroke") == "currentColor"
    assert [other.info.id for other in ACTIONS if other.info.icon == action.info.icon] == [action.info.id]


@each_action
def test_an_action_gives_a_json_schema_for_its_form(action: type[Action]) -> None:
    schema = action.model_json_schema()
    assert set(schema.get("properties", {})) == written(action)
    assert action.Result.model_json_schema(mode="serialization")["type"] == "object"


@each_action
def test_an_action_says_what_a_crash_means_and_what_it_uses(action: type[Action]) -> None:
    family = action.info.id.split(".")[0]
    expected = "pure" if action.info.id in PURE else "once" if action.info.id in ONCE else "idempotent"
    assert action.info.effect == expected
    needs_turn = family in DESKTOP_FAMILIES and action.info.id not in WATCHES
    assert action.info.uses == ({"desktop"} if needs_turn else set())
    assert action.info.watches == (action.info.id in WATCHES)
    assert action.info.needs_display == (family in DESKTOP_FAMILIES)
    assert issubclass(action, Container) == ("passes" in vars(action))


DESKTOP_FAMILIES = {"clipboard", "screen", "mouse", "keyboard", "login", "app", "window"}


def test_modules_name_everything_that_a_frozen_program_must_carry() -> None:
    names = agent.actions.modules()
    assert {action.__module__ for action in ACTIONS} <= set(names)


def test_a_broken_plugin_is_left_out_and_named_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    broken = EntryPoint("orders", "no_such_package.actions", agent.actions.ENTRY_POINTS)
    assert set(agent.actions.discover([broken])) == set(REGISTRY)
    assert "Plug-in orders (no_such_package.actions) could not be loaded" in caplog.text


def test_a_plugin_cannot_take_the_id_of_an_action(caplog: pytest.LogCaptureFixture) -> None:
    class Thief(Action, id="mouse.click", label="Click", icon="mouse", category="Input"):
        """Not the real one."""

    found = agent.actions.discover([Loaded("thief", Thief)])  # type: ignore[list-item]  # it does what is needed
    assert found["mouse.click"] is REGISTRY["mouse.click"]
    assert "Plug-in thief: the id mouse.click is taken" in caplog.text


def test_a_plugin_may_be_a_single_action() -> None:
    class Greet(Action, id="demo.greet", label="Greet", icon="message", category="Demo"):
        """Say hello."""

    assert agent.actions.discover([Loaded("greet", Greet)])["demo.greet"] is Greet  # type: ignore[list-item]  # as above


class Loaded:
    """An entry point whose value is there already."""

    def __init__(self, name: str, value: object) -> None:
        self.name, self.value, self._loaded = name, name, value

    def load(self) -> object:
        return self._loaded

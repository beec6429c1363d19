"""`tla credential`: what is said of a credential is kept and shown, and never a value."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from agent.app import Agent
from agent.cli import command
from agent.core.binding import Binding
from agent.core.errors import AgentError, fill
from agent.settings import Home, Settings
from agent.vault import Keychain
from agent.vault.memory import MemoryKeyring

VALUES = '{"user": "eva", "password": "canary-4711"}'


class Shell:
    """Runs commands over one keychain in memory."""

    def __init__(self, folder: Path) -> None:
        self.keychain = Keychain(MemoryKeyring())
        self.folder = folder

    def agent(self) -> Agent:
        return Agent.open(Home(self.folder), Settings(language="en"), keychain=self.keychain)

    def __call__(self, *arguments: str, stdin: str | None = None) -> str:
        result: Result = CliRunner().invoke(command.app, ["credential", *arguments], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    monkeypatch.setenv("COLUMNS", "200")
    shell = Shell(tmp_path)
    monkeypatch.setattr(command, "_agent", shell.agent)
    yield shell


def test_a_credential_is_set_with_its_binding(shell: Shell) -> None:
    shown = shell("set", "shop", "--stdin", "--for-process", "orders", "--for-window", "Orders*", stdin=VALUES)
    assert "Kept user, password of “shop”" in shown
    assert shell.keychain.credential("shop").binding == Binding(process="orders", window="Orders*")
    listed = shell("list")
    assert 'shop  password, user  orders, "Orders*"' in listed
    assert "tla credential bind" not in listed
    assert "canary" not in shown + listed


def test_one_that_every_window_may_get_is_told(shell: Shell) -> None:
    shell("set", "shop", "--stdin", "--hide-user", stdin=VALUES)
    listed = shell("list")
    assert "shop  password, user (secret)  every window" in listed
    assert "tla credential bind NAME --for-process PROGRAM" in listed


def test_it_is_bound_and_unbound_later(shell: Shell) -> None:
    shell("set", "shop", "--stdin", stdin=VALUES)
    assert "only typed into: https://shop.example.com" in shell(
        "bind", "shop", "--for-origin", "https://shop.example.com"
    )
    assert shell.keychain.credential("shop").binding == Binding(origin="https://shop.example.com")
    shell("bind", "shop", "--hide-user")
    assert shell.keychain.credential("shop").binding == Binding(origin="https://shop.example.com")
    assert "Every window may get “shop” now" in shell("unbind", "shop")
    assert not shell.keychain.credential("shop").binding
    assert not shell.keychain.credential("shop").shows_user


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("bind", "shop"), "not said where"),
        (("bind", "shap", "--for-process", "x"), "Did you mean shop"),
        (("unbind", "shap"), "Did you mean shop"),
        (("bind", "shop", "--for-origin", "shop.example.com"), "an origin is scheme and host"),
        (("bind", "shop", "--for-window", " "), "binds to nothing"),
    ],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(shell: Shell, arguments: tuple[str, ...], told: str) -> None:
    shell("set", "shop", "--stdin", "--for-process", "orders", stdin=VALUES)
    with pytest.raises(AgentError) as caught:
        shell(*arguments)
    assert told in f"{caught.value} {fill(caught.value.hint, caught.value.values)}"
    assert shell.keychain.credential("shop").binding == Binding(process="orders")

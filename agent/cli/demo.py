"""``tla demo``: the main job on a bare machine. A made-up person signs in to the bundled application."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from agent.app import Agent
from agent.cli.console import Printer
from agent.cli.running import run_workflow
from agent.core.errors import VaultError
from agent.core.secret import Secret
from agent.devices.virtual_display import VirtualDisplay
from agent.resources import path as resource
from agent.settings import Home
from agent.vault import Keychain
from agent.vault.memory import MemoryKeyring

CREDENTIAL = "orders-demo"
WORKFLOW = "sign_in_and_read_the_open_orders.workflow.json"
APPLICATION = "orders_app.py"


@dataclass(frozen=True)
class Person:
    """Who signs in: made anew for each demo, so that nothing can be learnt by heart."""

    user: str
    password: Secret
    totp: Secret

    @classmethod
    def made_up(cls) -> Person:
        """A person with an umlaut in the name, a password with the characters that others lose, and a TOTP key."""
        import pyotp

        return cls(
            user="jürgen.groß",
            password=Secret(f"Grüße-{secrets.token_urlsafe(6)}-€@{{}}"),
            totp=Secret(pyotp.random_base32()),
        )


def run_demo(home: Home, language: str, *, virtual: bool, seed: int = 1, person: Person | None = None) -> int:
    """Sign in, read the table, print it with each step's time; returns the exit code."""
    with ExitStack() as stack:
        agent = Agent.open(home)
        printer = Printer(agent.language)
        if virtual or (sys.platform == "linux" and not os.environ.get("DISPLAY")):
            display = stack.enter_context(VirtualDisplay())
            stack.enter_context(_environment(display.environment()))
            printer.say("No screen is used: this runs on a virtual one of its own ({name}).", name=display.name)
        else:
            printer.say("Please leave mouse and keyboard alone for some seconds. Ctrl+C stops at once.")
        person = person or Person.made_up()
        keychain = stack.enter_context(_kept(person, printer))
        stack.enter_context(_environment(_application_environment(person)))
        agent = stack.enter_context(Agent.open(home, agent.settings, keychain=keychain))
        agent.keep_log()
        inputs = {
            "app": str(resource(f"examples/{APPLICATION}")),
            "language": language or agent.language.code,
            "seed": seed,
            "credential": CREDENTIAL,
        }
        return run_workflow(agent, resource(f"examples/{WORKFLOW}"), inputs, printer)


def _application_environment(person: Person) -> dict[str, str]:
    # The application is the other side of the sign-in: it has to know what to accept.
    return {
        "ORDERS_APP_USER": person.user,
        "ORDERS_APP_PASSWORD": person.password.reveal(),
        "ORDERS_APP_TOTP": person.totp.reveal(),
    }


@contextmanager
def _kept(person: Person, printer: Printer) -> Iterator[Keychain]:
    """The person's credential in the keychain for as long as the block lasts: the real one, else one in memory."""
    keychain = Keychain()
    try:
        _keep(person, keychain)
        printer.say("The secret goes through this machine's keychain.")
    except VaultError as error:
        printer.say(
            "This machine has no usable keychain: {reason} For the demo, one in memory takes its place.",
            reason=printer.tr.error(error)[0],
        )
        keychain = Keychain(MemoryKeyring())
        _keep(person, keychain)
    try:
        yield keychain
    finally:
        keychain.remove(CREDENTIAL)


def _keep(person: Person, keychain: Keychain) -> None:
    keychain.set(CREDENTIAL, "user", Secret(person.user))
    keychain.set(CREDENTIAL, "password", person.password)
    keychain.set(CREDENTIAL, "totp", person.totp)


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Environment variables for as long as the block lasts."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

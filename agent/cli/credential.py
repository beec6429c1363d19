"""``tla credential set|bind|unbind|list|remove``: names in the keychain. Values are asked for and never shown."""

from __future__ import annotations

import getpass
import json
import sys

from pydantic import ValidationError

from agent.app import Agent
from agent.cli.console import Printer
from agent.core.binding import UNBOUND, Binding
from agent.core.errors import AgentError
from agent.core.secret import Secret

FIELDS = ("user", "password", "totp")


def set_credential(
    agent: Agent,
    name: str,
    fields: list[str],
    *,
    from_stdin: bool,
    binding: Binding | None,
    hide_user: bool | None,
    printer: Printer,
) -> None:
    """Ask for the fields (nothing typed is shown) or read them as JSON from standard input, and keep them.

    The binding is kept first, so that the credential is never there without it.
    """
    values = _from_stdin() if from_stdin else _asked(fields or list(FIELDS), printer)
    if not values:
        raise AgentError("Nothing was entered, so nothing was changed.")
    if binding is not None or hide_user is not None:
        agent.keychain.bind(name, binding, shows_user=_shows_user(hide_user))
    for field, value in values.items():
        agent.keychain.set(name, field, value)
    printer.say("Kept {fields} of “{name}” in the keychain.", fields=", ".join(values), name=name)


def list_credentials(agent: Agent, printer: Printer) -> None:
    """Names and their fields; never a value."""
    credentials = agent.keychain.credentials()
    if not credentials:
        printer.say("No credentials yet. `tla credential set NAME` makes one.")
        return
    everywhere, hidden = printer.tr("every window"), printer.tr("user (secret)")
    rows = [
        (
            each.name,
            ", ".join(hidden if field == "user" and not each.shows_user else field for field in each.fields),
            str(each.binding) or everywhere,
        )
        for each in credentials
    ]
    printer.table(("Name", "Fields", "Only for"), rows)
    if not all(each.binding for each in credentials):
        printer.say("Bind those that every window may get: tla credential bind NAME --for-process PROGRAM.")


def binding_of(process: str | None, window: str | None, origin: str | None) -> Binding | None:
    """The options as a binding; None when none was given. Raises AgentError for what is no origin."""
    if process is None and window is None and origin is None:
        return None
    try:
        binding = Binding(process=process, window=window, origin=origin)
    except ValidationError as error:
        raise AgentError(
            "The credential cannot be bound so: {reason}.",
            "Give the program, the window's title or the page's origin.",
            reason=error.errors()[0]["msg"].removeprefix("Value error, "),
        ) from error
    if not binding:
        raise AgentError("An empty text binds to nothing.", "tla credential unbind takes a binding away.")
    return binding


def bind_credential(
    agent: Agent, name: str, binding: Binding | None, *, hide_user: bool | None, printer: Printer
) -> None:
    """Say where the credential may be used. Raises CredentialNotFound."""
    if binding is None and hide_user is None:
        raise AgentError(
            "It was not said where the credential may be used.",
            "Give --for-process, --for-window or --for-origin, or several of them.",
        )
    agent.keychain.must_exist(name)
    agent.keychain.bind(name, binding, shows_user=_shows_user(hide_user))
    if binding is not None:
        printer.say("“{name}” is now only typed into: {binding}.", name=name, binding=binding)
    else:
        printer.say("The user name of “{name}” is kept as said.", name=name)


def unbind_credential(agent: Agent, name: str, printer: Printer) -> None:
    """Take the binding away. Raises CredentialNotFound."""
    agent.keychain.must_exist(name)
    agent.keychain.bind(name, UNBOUND)
    printer.say("Every window may get “{name}” now.", name=name)


def _shows_user(hide_user: bool | None) -> bool | None:
    return None if hide_user is None else not hide_user


def remove_credential(agent: Agent, name: str, printer: Printer) -> None:
    """Take it out of the keychain."""
    agent.keychain.remove(name)
    printer.say("Removed “{name}” from the keychain.", name=name)


def _asked(fields: list[str], printer: Printer) -> dict[str, Secret]:
    if not sys.stdin.isatty():
        raise AgentError(
            "There is no terminal to ask for the values.",
            "Pipe them in: echo {example} | tla credential set NAME --stdin.",
            example='\'{"user": …, "password": …}\'',
        )
    printer.say("What you type is not shown. Leave a field empty to keep it as it is.")
    typed = {field: Secret(getpass.getpass(f"{field}: ")) for field in fields}
    return {field: value for field, value in typed.items() if value}


def _from_stdin() -> dict[str, Secret]:
    try:
        read = json.loads(sys.stdin.read(1_000_000))
        return {str(field): Secret(value) for field, value in read.items() if isinstance(value, str) and value}
    except (ValueError, AttributeError):
        # Without the cause: its message would quote what was read.
        raise AgentError(
            "Standard input is not a JSON object of texts.", "Write it as {example}.", example='{"user": "…"}'
        ) from None

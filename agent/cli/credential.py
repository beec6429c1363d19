"""``tla credential set|list|remove``: names in the keychain. Values are asked for and never shown."""

from __future__ import annotations

import getpass
import json
import sys

from agent.app import Agent
from agent.cli.console import Printer
from agent.core.errors import AgentError
from agent.core.secret import Secret

FIELDS = ("user", "password", "totp")


def set_credential(agent: Agent, name: str, fields: list[str], *, from_stdin: bool, printer: Printer) -> None:
    """Ask for the fields (nothing typed is shown) or read them as JSON from standard input, and keep them."""
    values = _from_stdin() if from_stdin else _asked(fields or list(FIELDS), printer)
    if not values:
        raise AgentError("Nothing was entered, so nothing was changed.")
    for field, value in values.items():
        agent.keychain.set(name, field, value)
    printer.say("Kept {fields} of “{name}” in the keychain.", fields=", ".join(values), name=name)


def list_credentials(agent: Agent, printer: Printer) -> None:
    """Names and their fields; never a value."""
    names = agent.credentials()
    if not names:
        printer.say("No credentials yet. `tla credential set NAME` makes one.")
        return
    printer.table(("Name", "Fields"), [(name, ", ".join(fields)) for name, fields in sorted(names.items())])


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

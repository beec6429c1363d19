"""``tla doctor``: everything this machine lacks, each with its remedy."""

from __future__ import annotations

from collections.abc import Iterator

from agent.app import Agent
from agent.cli.console import Printer
from agent.core.devices import Nobody
from agent.core.errors import AgentError, DeviceError
from agent.core.requirement import Requirement


def examine(agent: Agent, printer: Printer) -> int:
    """Print one line a requirement; exit code 0 when all are met, 4 when something is missing."""
    missing = 0
    for requirement in requirements(agent):
        sign, style = ("✓", "green") if requirement.ok else ("✗", "red")
        detail, remedy = requirement.detail, printer.tr(requirement.remedy)
        if requirement.fault is not None:
            detail, remedy = printer.tr.error(requirement.fault)
        printer.line(f"{sign} {printer.tr(requirement.name)}: {detail}", style=style)
        if not requirement.ok:
            missing += 1
            printer.line(f"    {remedy}", style="dim")
    printer.line()
    if missing:
        printer.say("{count} things are missing.", count=missing)
        return 4
    printer.say("Nothing is missing.")
    return 0


def requirements(agent: Agent) -> Iterator[Requirement]:
    """What the parts need, part by part."""
    from agent import devices, vault, vision

    yield from devices.requirements()
    yield from vision.requirements(agent.settings.ocr_languages, agent.settings.tessdata)
    yield from vault.requirements(agent.keychain)
    yield _database(agent)
    yield from _stop_keys(agent)


def _database(agent: Agent) -> Requirement:
    try:
        agent.store.check()
    except AgentError as error:
        return Requirement.unmet("Local database", error)
    return Requirement("Local database", True, str(agent.home.database))


def _stop_keys(agent: Agent) -> Iterator[Requirement]:
    """Whether the person is heard at all, and has the keys for themselves; nothing where there is no display."""
    person, manners = agent.devices.person, agent.settings.manners
    if isinstance(person, Nobody):
        return
    keys = "+".join(manners.stop_keys)
    try:
        person.watch(lambda sign: None, stop_keys=manners.stop_keys)()
        if person.keys_taken():
            raise DeviceError(
                "Another program uses the stop keys {keys}, too.",
                "They stop every workflow all the same. To have keys of your own, set “stop_keys” in {path}.",
                keys=keys,
                path=agent.home.settings_file,
            )
    except DeviceError as error:
        yield Requirement.unmet("Stop keys", error)
        return
    yield Requirement("Stop keys", True, keys or "–")

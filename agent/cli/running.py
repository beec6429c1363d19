"""``tla run``: starts a workflow, shows its steps as they happen, and answers Ctrl+C at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from rich.text import Text

from agent.app import Agent
from agent.cli.console import SIGNS, STOPPED_CODE, Printer, exit_code
from agent.core.errors import AgentError
from agent.core.events import DesktopAwaited, Event, GaveWay, LogLine, StepChanged
from agent.core.run import Run, Status, Step
from agent.report import NAME as REPORT


def parse_inputs(pairs: list[str]) -> dict[str, str]:
    """``["user=anna", "note=a=b"]`` as a mapping. Raises AgentError for a pair without ``=``."""
    for pair in pairs:
        if "=" not in pair:
            raise AgentError("The input {pair} has no “=”.", "Write it as -i name=value.", pair=f"“{pair}”")
    return dict(pair.split("=", 1) for pair in pairs)


def run_workflow(agent: Agent, workflow: Path, inputs: Mapping[str, Any], printer: Printer) -> int:
    """Run it, printing each step; returns the exit code."""
    unsubscribe = agent.subscribe(lambda event: _show(event, printer))
    try:
        run = agent.start(workflow, inputs)
        printer.say("Run {id} of “{name}”", id=run.id, name=run.workflow_name)
        return show_end(_wait(agent, run), printer)
    finally:
        unsubscribe()


def show_end(run: Run, printer: Printer) -> int:
    """Print how a run ended, what it gave and where its report lies; returns the exit code."""
    for name, value in run.outputs.items():
        printer.line()
        printer.value(value, name)
    printer.line()
    printer.say("{status} after {seconds} s", status=printer.status(run.status), seconds=f"{run.elapsed_s:.1f}")
    if run.folder:
        printer.say("Report: {path}", path=Path(run.folder) / REPORT)
    if run.error is not None:
        printer.error(run.error)
    if run.status is Status.DONE:
        return 0
    if run.status is Status.STOPPED:
        return STOPPED_CODE
    return exit_code(run.error.type) if run.error else 1


def _wait(agent: Agent, run: Run) -> Run:
    """Wait for the end; Ctrl+C and a polite kill stop the run, and then its end is awaited."""
    stop = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        # A wait without limit would keep Python from seeing the signal on Windows.
        while not (now := agent.wait(run.id, timeout_s=0.1)).status.is_final:
            if stop.is_set():
                agent.stop(run.id)
        return now
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _show(event: Event, printer: Printer) -> None:
    if isinstance(event, StepChanged) and event.step.status is not Status.RUNNING:
        _show_step(event.step, printer)
    elif isinstance(event, LogLine):
        printer.line(f"  {event.text}", style="yellow" if event.level in ("warning", "error") else "dim")
    elif isinstance(event, GaveWay) and event.halted:
        printer.say("  … halted: you have the mouse; it goes on after {seconds} s of rest", seconds=f"{event.rest_s:g}")
    elif isinstance(event, DesktopAwaited) and event.away is not None:
        reason, remedy = printer.tr.error(event.away)
        printer.say("  … waiting for the desktop: {reason} {remedy}", reason=reason, remedy=remedy)
    elif isinstance(event, DesktopAwaited) and event.holder:
        printer.say("  … waiting for the desktop: {holder} has it", holder=event.holder)


def _show_step(step: Step, printer: Printer) -> None:
    sign, style = SIGNS[step.status]
    name = step.title or step.node_id
    attempt = printer.tr(" (attempt {number})", number=step.attempt) if step.attempt > 1 else ""
    # The word follows where the sign alone would leave a doubt.
    word = "" if step.status is Status.DONE else f" {printer.tr(step.status.value)}"
    told = f" {step.elapsed_s:7.2f} s  {name}{attempt}{word}"
    place = f"  {step.path}" if step.path else ""
    printer.out.print(Text.assemble((sign, style), told, (place, "dim")))
    if step.error is not None and step.status in (Status.FAILED, Status.RETRYING):
        printer.line(f"             {printer.tr.error(step.error)[0]}", style="dim")

"""The commands that show: workflows, problems, runs, one run, actions, one action."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from agent.app import SUFFIX, Agent
from agent.cli.console import Printer
from agent.cli.running import show_end
from agent.core.action import FAILED, Action
from agent.core.errors import AgentError, ProblemsFound
from agent.core.run import Run


def show_workflows(agent: Agent, printer: Printer) -> None:
    """Name, file (without its suffix) and description of every workflow; a damaged one with its fault."""
    files = agent.workflows()
    rows = []
    for file in files:
        told = printer.tr.error(file.error)[0] if file.error else file.description
        kind = printer.tr("Example") if file.example else ""
        rows.append((file.name, file.path.name.removesuffix(SUFFIX), kind, told))
    printer.table(("Name", "File", "Kind", "Description"), rows)
    if all(file.example for file in files):
        printer.say("Workflows of your own belong into {folder}.", folder=agent.home.workflows)


def show_problems(agent: Agent, path: Path, printer: Printer) -> int:
    """All problems of a workflow; exit code 0 when there are none."""
    workflow = agent.load(path)
    found = agent.problems(workflow)
    if not found:
        printer.say("“{name}” has no problems: {count} nodes.", name=workflow.name, count=len(workflow.nodes))
        return 0
    raised = ProblemsFound("“{name}” has {count} problems.", problems=found, name=workflow.name, count=len(found))
    printer.error(raised)
    return raised.exit_code


def show_runs(agent: Agent, limit: int, printer: Printer, *, as_json: bool) -> None:
    """The latest runs, newest first."""
    latest = agent.runs(limit)
    if as_json:
        printer.json([_run_json(run) for run in latest])
    elif not latest:
        printer.say("No runs yet. `tla run FILE` makes one.")
    else:
        heads = ("Id", "Workflow", "Result", "Started", "Time")
        printer.table(heads, [_run_row(run, printer) for run in latest], numbers=(4,))


def show_run(agent: Agent, run: Run, printer: Printer, *, as_json: bool) -> None:
    """One run: its steps, its outputs, its end."""
    steps = agent.steps(run.id)
    if as_json:
        printer.json(_run_json(run) | {"steps": [_plain(asdict(step)) for step in steps]})
        return
    printer.line(f"{run.workflow_name}  {run.id}", style="bold")
    rows = [
        (
            printer.status(step.status),
            step.title or step.node_id,
            step.path,
            str(step.attempt),
            f"{step.elapsed_s:.2f} s",
            printer.tr.error(step.error)[0] if step.error else "",
        )
        for step in steps
    ]
    printer.table(("Result", "Step", "Loop", "Attempt", "Time", "Message"), rows, numbers=(3, 4))
    show_end(run, printer)


def show_actions(agent: Agent, printer: Printer, *, as_json: bool) -> None:
    """Every action with its one sentence."""
    known = list(agent.registry.values())
    if as_json:
        printer.json([_action_json(action) for action in known])
        return
    printer.table(
        ("Action", "Category", "What it does"),
        [(action.info.id, printer.tr(action.info.category), printer.tr(_summary(action))) for action in known],
    )


def show_action(agent: Agent, action_id: str, printer: Printer, *, as_json: bool) -> None:
    """One action: what it does, its fields and what it gives."""
    try:
        action = agent.registry[action_id]
    except KeyError:
        near = agent.registry.closest(action_id)
        hint = "Did you mean {near}?" if near else "`tla actions` shows all."
        raise AgentError("There is no action {name}.", hint, name=f"“{action_id}”", near=near) from None
    if as_json:
        printer.json(_action_json(action))
        return
    info = action.info
    printer.line(f"{printer.tr(info.label)}  {info.id}", style="bold")
    printer.line(printer.tr(_summary(action)))
    printer.line()
    printer.table(("Field", "Kind", "Default", "Meaning"), _fields(action, printer))
    printer.line()
    gives = ", ".join(action.Result.model_fields) or "–"
    printer.say("Gives: {fields}", fields=gives)
    printer.say("Outlets: {outlets}", outlets=", ".join((*info.outlets, FAILED)))


def _fields(action: type[Action], printer: Printer) -> list[tuple[str, str, str, str]]:
    properties: dict[str, Any] = action.model_json_schema()["properties"] if action.model_fields else {}
    rows = []
    for name, field in action.model_fields.items():
        default = (
            printer.tr("required") if field.is_required() else _short(field.get_default(call_default_factory=True))
        )
        meaning = printer.tr(field.description or field.title or "")
        written = field.alias or name
        rows.append((written, _type(properties[written]), default, meaning))
    return rows


def _type(schema: dict[str, Any]) -> str:
    """A JSON Schema property in a word: ``text``, ``"left" | "right"``, ``Target``."""
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(part) for part in schema["anyOf"] if part.get("type") != "null"))
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    kind = str(schema.get("type", "any"))
    return {"string": "text", "object": "mapping"}.get(kind, kind)


def _short(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 24 else text[:23] + "…"


def _summary(action: type[Action]) -> str:
    return (action.__doc__ or "").strip().splitlines()[0]


def _action_json(action: type[Action]) -> dict[str, Any]:
    info = asdict(action.info)
    info["uses"], info["replaces"] = sorted(action.info.uses), sorted(action.info.replaces)
    return info | {"summary": _summary(action), "parameters": action.model_json_schema()}


def _run_row(run: Run, printer: Printer) -> tuple[str, ...]:
    started = f"{run.started_at.astimezone():%Y-%m-%d %H:%M:%S}" if run.started_at else ""
    return (run.id, run.workflow_name, printer.status(run.status), started, f"{run.elapsed_s:.1f} s")


def _run_json(run: Run) -> dict[str, Any]:
    return _plain(asdict(run)) | {"elapsed_s": run.elapsed_s}


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    """The record with times as ISO 8601 text."""
    return {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in record.items()}

"""What a workflow is started with: all of it checked, and made of the right types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.core.errors import AgentError, ErrorRecord, ProblemsFound
from agent.core.input_value import check_value
from agent.core.problems import Problem
from agent.core.spelling import closest, some
from agent.core.workflow import Input, Workflow


def check_inputs(workflow: Workflow, given: Mapping[str, Any]) -> dict[str, Any]:
    """All inputs with their values, defaults filled in; what came as text is read as the declared type.

    Inputs that are neither given nor required are None. Raises ProblemsFound with everything that is wrong.
    """
    found: list[Problem] = []
    values: dict[str, Any] = {}
    names = [known.name for known in workflow.inputs]
    for name in given:
        if name not in names:
            found.append(Problem("", f"inputs.{name}", _unknown(name, names)))
    for known in workflow.inputs:
        try:
            values[known.name] = _value(known, given)
        except AgentError as error:
            found.append(Problem("", f"inputs.{known.name}", error.record()))
    if found:
        raise ProblemsFound(
            "“{name}” was not started, because {count} inputs are not right.",
            "Give each as name=value.",
            problems=tuple(found),
            name=workflow.name,
            count=len(found),
        )
    return values


def _value(known: Input, given: Mapping[str, Any]) -> Any:
    value = given.get(known.name)
    if value is None:
        value = known.default
    if value is not None:
        return check_value(known, value)
    if known.required:
        raise AgentError("The input {name} is missing.", "Give it as {name}=value.", name=known.name)
    return None


def _unknown(name: str, names: list[str]) -> ErrorRecord:
    near = closest(name, names)
    return AgentError(
        "There is no input {name}.",
        "Did you mean {closest}?" if near else "There are: {known}." if names else "The workflow asks for nothing.",
        name=name[:100],
        closest=near,
        known=some(names, 20),
    ).record()

"""Actions that decide what runs, how often and when."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, Field

from agent.actions.waiting import check_wait
from agent.core import errors
from agent.core.action import DONE, Action, Container, Pass, PassEnd, Round
from agent.core.context import Context
from agent.core.errors import ActionError, AgentError, ChildFailed, ErrorRecord

MOST_PASSES = 100_000
"""A loop over more is a mistake more often than a wish, and each pass is kept in the record."""

_FALSE = frozenset({"", "0", "false", "no", "off", "none", "null", "nein", "falsch", "aus"})
_RANGE = re.compile(r"^\s*([+-]?\d{1,12})\s*\.\.\s*([+-]?\d{1,12})\s*$")
_ALL_ERRORS = frozenset({"*", "Exception", "AgentError"})


def is_true(value: Any) -> bool:
    """What a value says as a condition; texts that say no in English or German are false.

    >>> is_true("nein"), is_true("Ja"), is_true([])
    (False, True, False)
    """
    return value.strip().casefold() not in _FALSE if isinstance(value, str) else bool(value)


class If(
    Action,
    id="flow.if",
    label="If",
    icon="branch",
    category="Flow",
    effect="pure",
    outlets=("true", "false"),
    keywords=("condition", "branch", "decision", "switch", "wenn", "falls", "Bedingung", "Verzweigung"),
):
    """Go one way when a condition holds, the other way when it does not.

    The condition is mostly an expression, such as ${nodes.read.confidence > 80}. Empty texts, 0, false, no and
    nein count as false.
    """

    condition: Any = Field(title="Condition", description="True or false, or an expression that gives it.")

    class Result(BaseModel):
        branch: Literal["true", "false"] = Field(title="Branch", description="The way that was taken.")

    def run(self, context: Context) -> Result:
        return self.Result(branch="true" if is_true(self.condition) else "false")

    def outlet(self, result: BaseModel) -> str:
        """“true” or “false”."""
        return result.branch if isinstance(result, If.Result) else DONE


class ForEach(
    Container,
    id="flow.for_each",
    label="For each",
    icon="loop",
    category="Flow",
    effect="idempotent",
    keywords=("loop", "repeat", "iterate", "table rows", "Schleife", "wiederholen", "für jede", "Zeilen"),
):
    """Run the steps inside once for each item of a list, each row of a table or each number of a range.

    Inside, ${item} is the item and ${index} counts from 0. After the first failure no further item is begun.
    """

    variables: ClassVar[tuple[str, ...]] = ("item", "index")

    items: Any = Field(title="Items", description="A list, a table, or a range such as 1..10 (both ends included).")
    parallel: int = Field(1, title="At once", description="How many items may run side by side.", ge=1, le=64)

    class Result(BaseModel):
        count: int = Field(title="Count", description="How many items there were.")
        results: tuple[dict[str, Any], ...] = Field(
            title="Results", description="For each item the results of the steps inside, by node."
        )

    def passes(self, context: Context) -> Generator[Round, tuple[PassEnd, ...], Result]:
        items = _items(self.items)
        if len(items) > MOST_PASSES:
            raise ActionError(
                "The loop has {count} items, more than the {most} that one loop may have.",
                "Take a part of them.",
                count=len(items),
                most=MOST_PASSES,
            )
        runs = [Pass(variables={"item": item, "index": index}) for index, item in enumerate(items)]
        ends = (yield Round(runs, self.parallel)) if runs else ()
        for end in ends:
            if end.error is not None:
                raise ChildFailed(end.error)
        return self.Result(count=len(items), results=tuple(dict(end.outputs) for end in ends))


class Delay(
    Action,
    id="flow.delay",
    label="Wait some time",
    icon="delay",
    category="Flow",
    effect="idempotent",
    keywords=("wait", "sleep", "pause", "warten", "Pause", "Verzögerung"),
):
    """Wait a number of seconds. To wait for something on the screen, use *Wait for*: it goes on as soon as it can."""

    seconds: float = Field(title="Seconds", description="How long to wait.", ge=0, le=7 * 24 * 3600)

    class Result(BaseModel):
        pass

    def run(self, context: Context) -> Result:
        check_wait(context, self.seconds)
        context.sleep(self.seconds)
        return self.Result()


class Try(
    Container,
    id="flow.try",
    label="Try",
    icon="try",
    category="Flow",
    effect="idempotent",
    keywords=("try catch", "on block error", "error handling", "finally", "Fehler abfangen", "Fehlerbehandlung"),
):
    """Run steps, and when one of them fails, run others that deal with it.

    *body* is what may fail. *catch* runs when it did; there, ${error.type}, ${error.message}, ${error.step} and
    ${error.screenshot} tell what happened. *finally* runs in the end in any case. An error in *catch* fails the
    whole block, and so does one that is not among the types to catch. Without steps in *catch* nothing is caught.
    """

    sections: ClassVar[tuple[str, ...]] = ("body", "catch", "finally")
    variables: ClassVar[tuple[str, ...]] = ("error",)

    catch_types: tuple[str, ...] = Field(
        (),
        title="Errors to catch",
        description="Their types, such as TargetNotFound; ActionError is all that steps raise. Empty: every one.",
    )

    class Result(BaseModel):
        caught: bool = Field(title="Caught", description="Whether an error was caught.")
        error: dict[str, Any] | None = Field(
            None, title="Error", description="The caught error: type, message, step, screenshot."
        )

    def passes(self, context: Context) -> Generator[Round, tuple[PassEnd, ...], Result]:
        (body,) = yield Round((Pass("body"),))
        error = _as_variable(body)
        failure = body.error
        caught = failure is not None and self._catches(failure)
        if caught:
            (handled,) = yield Round((Pass("catch", {"error": error}),))
            caught = not handled.empty
            failure = handled.error if caught else failure
        (last,) = yield Round((Pass("finally", {"error": error}),))
        # What went wrong first is what the person must know; an error in *finally* is in the record anyway.
        failure = failure or last.error
        if failure is not None:
            raise ChildFailed(failure)
        return self.Result(caught=caught, error=error)

    def _catches(self, error: ErrorRecord) -> bool:
        return not self.catch_types or bool(_kinds(error.type) & set(self.catch_types))


def _kinds(name: str) -> frozenset[str]:
    """The error's type with everything it is a kind of: TargetNotFound is an ActionError is an AgentError."""
    known = getattr(errors, name, None)
    if not (isinstance(known, type) and issubclass(known, AgentError)):
        return _ALL_ERRORS | {name}
    return _ALL_ERRORS | {kind.__name__ for kind in known.__mro__}


def _as_variable(end: PassEnd) -> dict[str, Any] | None:
    if end.error is None:
        return None
    return {
        "type": end.error.type,
        "message": str(end.error),
        "step": end.failed_node,
        "screenshot": end.screenshot,
    }


def _items(value: Any) -> Sequence[Any]:
    """The items of a list, of a table (``{"rows": [...]}``) or of a range text."""
    if isinstance(value, Mapping) and isinstance(value.get("rows"), list | tuple):
        value = value["rows"]
    if isinstance(value, list | tuple):
        return value
    limits = _RANGE.match(value) if isinstance(value, str) else None
    if limits is None:
        raise ActionError(
            "{value} is no list to go through.",
            "Give a list, a table, or a range such as 1..10.",
            value=repr(value)[:100],
        )
    first, last = int(limits[1]), int(limits[2])
    return range(first, last + 1) if first <= last else range(first, last - 1, -1)

"""What must be seen after an input, so that a click which was lost is an error and not a success.

An action lists the three fields last, and does its work in `act`::

    class Click(Expecting, id="mouse.click", ...):
        target: Target = ...
        expect: Expect = None
        expect_gone: ExpectGone = None
        expect_s: ExpectWithin = 5.0

        def act(self, context: Context) -> Result: ...

The fields stand in each class, because pydantic would put inherited ones before all others, in the form as well.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Protocol, cast

from pydantic import BaseModel, Field

from agent.actions.waiting import Unseen, is_there, wait_until_gone, wait_until_there
from agent.core.action import Action
from agent.core.context import Context
from agent.core.errors import (
    ActionError,
    AmbiguousTarget,
    NotAsExpected,
    NotInTime,
    TargetNotFound,
    WindowNotFound,
    WrongWindow,
)
from agent.core.target import Target

Expect = Annotated[
    Target | None,
    Field(title="Then there is", description="What appears when it has worked. Until then the step is not done."),
]
ExpectGone = Annotated[
    Target | None,
    Field(title="Then gone is", description="What disappears when it has worked. Until then the step is not done."),
]
ExpectWithin = Annotated[float, Field(title="Within (s)", description="How long that may take.", gt=0, le=3600)]


class _Fields(Protocol):
    """What every class says for itself; see above."""

    @property
    def expect(self) -> Target | None: ...
    @property
    def expect_gone(self) -> Target | None: ...
    @property
    def expect_s(self) -> float: ...


class Expecting(Action):
    """The base of actions that press something."""

    at_once: ClassVar[bool] = True
    """Whether it is done as a whole or not at all; a text may be typed by half, and is not typed again."""

    def act(self, context: Context) -> BaseModel:
        """Press, and return the `Result`."""
        raise NotImplementedError(f"{type(self).__name__} has no act()")

    def run(self, context: Context) -> BaseModel:
        """`act`, between a look that the expected is not there yet and the wait until it is.

        Raises ActionError when it is there already, before anything is pressed, for then it can prove nothing; and
        NotAsExpected when it does not come.
        """
        fields = cast(_Fields, self)
        if fields.expect is not None or fields.expect_gone is not None:
            _must_not_hold(context, fields)
        result = self.act(context)
        confirm(context, fields)
        return result

    def happened(self, context: Context) -> bool | None:
        """Whether it has had its effect: see `Action.happened`.

        It has when all is as it must be afterwards. That something does not appear proves little, for another window
        may lie over it; so it has not only when what must be gone is still there, or the place to press is.
        """
        fields = cast(_Fields, self)
        if fields.expect is None and fields.expect_gone is None:
            return None
        try:
            confirm(context, fields)
        except NotAsExpected:
            untouched = fields.expect_gone or getattr(self, "target", None)
            return False if self.at_once and untouched is not None and is_there(context, untouched) else None
        return True


def confirm(context: Context, fields: _Fields) -> None:
    """Wait until it is as it must be. Raises NotAsExpected, which says what was there instead."""
    end = context.now() + fields.expect_s
    if fields.expect is not None:
        try:
            wait_until_there(context, fields.expect, most_s=fields.expect_s)
        except AmbiguousTarget:
            pass  # there, even twice
        except (TargetNotFound, WindowNotFound, WrongWindow, NotInTime) as error:
            raise _missing(context, fields.expect, fields.expect_s, error) from error
    if fields.expect_gone is not None:
        left = max(0.0, end - context.now())
        if not wait_until_gone(context, fields.expect_gone, most_s=left):
            raise NotAsExpected(
                "It had no effect: {target} is still there after {seconds} s, with {front} in front.",
                _ALREADY_PRESSED,
                target=fields.expect_gone,
                seconds=fields.expect_s,
                front=context.windows.active() or "no window",
            )


_ALREADY_PRESSED = (
    "The input was made, but may have been lost. Look at the picture of the step before it is made again."
)


def _missing(context: Context, target: Target, seconds: float, last: Unseen) -> NotAsExpected:
    """What the last look saw, and which window is in front."""
    values = last.values | {"target": target, "seconds": seconds, "front": context.windows.active() or "no window"}
    return NotAsExpected(
        "It had no effect: {target} did not appear within {seconds} s; {front} is in front.",
        last.hint or _ALREADY_PRESSED,
        **values,
    )


def _must_not_hold(context: Context, fields: _Fields) -> None:
    if fields.expect is not None and not is_there(context, fields.expect):
        return
    if fields.expect_gone is not None and is_there(context, fields.expect_gone):
        return
    raise ActionError(
        "What must be seen afterwards is so already, so it cannot show that the input worked.",
        "Choose something that is there only afterwards, or gone only then. Nothing was pressed yet.",
    )

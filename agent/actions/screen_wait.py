"""Actions that wait for something on the screen. They take no turn at the desktop: others act meanwhile."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from agent.actions.place import find_window, part_of
from agent.actions.waiting import (
    Watched,
    wait_until_changed,
    wait_until_gone,
    wait_until_stable,
    wait_until_there,
)
from agent.core.action import Action
from agent.core.context import Context
from agent.core.errors import NotInTime, TargetNotFound
from agent.core.geometry import Region
from agent.core.target import Match, Target, Window


class Wait(
    Action,
    id="screen.wait",
    label="Wait for",
    icon="wait",
    category="Screen",
    watches=True,
    effect="pure",
    keywords=("wait for image", "wait for text", "vanish", "appear", "warten", "erscheint", "verschwindet", "ändert"),
):
    """Wait until a text, an image or another target appears on the screen, is gone, or looks different.

    It waits for as long as the step's timeout allows, and goes on at once when it happens. Other workflows may use
    the desktop meanwhile, unless this run has it already.
    """

    target: Target = Field(title="What", description="The text, image or place to wait for.")
    state: Literal["appear", "vanish", "change"] = Field(
        "appear",
        title="Until",
        description="appear: until it is there. vanish: until it is gone. change: until its pixels are different.",
    )
    tolerance: float = Field(
        0.0,
        title="Tolerance (%)",
        description="For change: so many percent of the pixels may differ without being one.",
        ge=0,
        lt=100,
    )

    class Result(BaseModel):
        match: Match | None = Field(None, title="Match", description="Where it is; nothing after vanish.")
        waited_s: float = Field(title="Waited (s)", description="How long it took.")

    def run(self, context: Context) -> Result:
        started = context.now()
        wait = {"appear": self._appear, "vanish": self._vanish, "change": self._change}[self.state]
        match = wait(context)
        return self.Result(match=match, waited_s=round(context.now() - started, 3))

    def _appear(self, context: Context) -> Match:
        try:
            return wait_until_there(context, self.target)
        except TargetNotFound as error:
            # The hint is the last look's own: it names the closest candidate.
            hint = error.hint or "Correct the target, or raise the step's timeout."
            values = error.values | {"target": str(self.target)}
            raise NotInTime("{target} did not appear in time.", hint, **values) from error

    def _vanish(self, context: Context) -> None:
        if not wait_until_gone(context, self.target):
            raise NotInTime(
                "{target} was still there at the end.",
                "Raise the step's timeout, or check what keeps it on the screen.",
                target=self.target,
            )

    def _change(self, context: Context) -> Match:
        match = context.find(self.target)
        if wait_until_changed(context, match.rect, share=self.tolerance / 100) is None:
            raise NotInTime(
                "{target} looked the same until the end.",
                "Raise the step's timeout, lower the tolerance, or choose a larger place.",
                target=self.target,
            )
        return match


class WaitStable(
    Action,
    id="screen.wait_stable",
    label="Wait until still",
    icon="wait_stable",
    category="Screen",
    watches=True,
    effect="pure",
    keywords=("wait for idle", "page loaded", "stable", "animation", "warten", "stillsteht", "geladen", "Ruhe"),
):
    """Wait until nothing moves any more: in a window, in a region, or on the whole screen.

    Use it where something loads, scrolls or is animated, before the next step looks at it. A small tolerance lets a
    blinking cursor or a clock pass. Other workflows may use the desktop meanwhile, unless this run has it already.
    """

    window: Window | None = Field(None, title="Window", description="Look at this window only.")
    region: Region | None = Field(
        None,
        title="Region",
        description="The part to look at, counted from the window's top left corner, if a window is given.",
    )
    quiet_ms: int = Field(500, title="Quiet (ms)", description="So long must nothing have moved.", ge=0, le=600_000)
    tolerance: float = Field(
        0.0,
        title="Tolerance (%)",
        description="So many percent of the pixels may change without being a movement.",
        ge=0,
        lt=100,
    )

    class Result(BaseModel):
        stable_after_s: float = Field(title="Still after (s)", description="When the last movement was over.")

    def run(self, context: Context) -> Result:
        after_s = wait_until_stable(
            context,
            lambda: self._place(context),
            self.quiet_ms / 1000,
            share=self.tolerance / 100,
            watched=Watched(self.region if self.window is None else None, self.window),
        )
        if after_s is None:
            place = self.window or self.region
            raise NotInTime(
                "{place} did not stand still for {quiet} ms in time."
                if place is not None
                else "The screen did not stand still for {quiet} ms in time.",
                "Choose a part without clocks and animations, raise the tolerance, or raise the step's timeout.",
                place=place,
                quiet=self.quiet_ms,
            )
        return self.Result(stable_after_s=round(after_s, 3))

    def _place(self, context: Context) -> Region | None:
        if self.window is None:
            return self.region
        return part_of(find_window(context, self.window).region, self.region)

"""Actions that say where something is on the screen, or whether it is there at all."""

from __future__ import annotations

from pydantic import BaseModel, Field

from agent.actions.waiting import Watched, check_wait, wait_for
from agent.core.action import DONE, Action
from agent.core.context import Context
from agent.core.errors import AmbiguousTarget, TargetNotFound, WindowNotFound, WrongWindow
from agent.core.target import Match, Target


class Find(
    Action,
    id="screen.find",
    label="Find",
    icon="find",
    category="Screen",
    uses={"desktop"},
    effect="pure",
    keywords=("find image", "find text", "locate", "search", "suchen", "Bild finden", "Text finden"),
):
    """Find a text, an image or another target on the screen, and tell where it is.

    Nothing is clicked. When the target is not there, the step fails and names the closest thing that was seen.
    When it is there more than once, say which by its occurrence, or ask for all.
    """

    target: Target = Field(title="What", description="The text, image or place to find.")
    all: bool = Field(False, title="All", description="Find every place that fits, not just the only one.")

    class Result(BaseModel):
        match: Match = Field(title="Match", description="The place; the first from the top left when all were asked.")
        matches: tuple[Match, ...] = Field(title="Matches", description="Every place, from the top left.")

    def run(self, context: Context) -> Result:
        # With nothing there, the search for the first of all tells what came closest.
        found = context.find_all(self.target) if self.all else ()
        matches = found or (context.find(self._first() if self.all else self.target),)
        return self.Result(match=matches[0], matches=matches)

    def _first(self) -> Target:
        return self.target.model_copy(update={"occurrence": 1})


class Exists(
    Action,
    id="screen.exists",
    label="If on the screen",
    icon="exists",
    category="Screen",
    watches=True,
    effect="pure",
    outlets=("true", "false"),
    keywords=("if image", "if text", "image exists", "is visible", "wenn Bild", "wenn Text", "vorhanden", "sichtbar"),
):
    """Go one way when a text, an image or another target is on the screen, the other way when it is not.

    It may be there more than once. With a wait, it goes on at once when the target appears, and takes the other way
    only when the time is over. Other workflows may use the desktop meanwhile, unless this run has it already.
    """

    target: Target = Field(title="What", description="The text, image or place to look for.")
    wait_s: float = Field(
        0.0, title="Wait (s)", description="How long it may take to appear. 0: only what is there now.", ge=0, le=3600
    )

    class Result(BaseModel):
        found: bool = Field(title="Found", description="Whether it is on the screen.")
        match: Match | None = Field(
            None, title="Match", description="Where; the first from the top left when it is there more than once."
        )

    def run(self, context: Context) -> Result:
        check_wait(context, self.wait_s)
        match = wait_for(context, lambda: self._look(context), most_s=self.wait_s, watched=Watched.of(self.target))
        return self.Result(found=match is not None, match=match)

    def _look(self, context: Context) -> Match | None:
        try:
            return context.find(self.target)
        except AmbiguousTarget:
            return next(iter(context.find_all(self.target)), None)
        except (TargetNotFound, WindowNotFound, WrongWindow):
            return None

    def outlet(self, result: BaseModel) -> str:
        """“true” or “false”."""
        return ("true" if result.found else "false") if isinstance(result, Exists.Result) else DONE

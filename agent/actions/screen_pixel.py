"""The action that looks at one pixel."""

from __future__ import annotations

from pydantic import BaseModel, Field, field_validator

from agent.actions.place import find_window
from agent.actions.waiting import Watched, check_wait, wait_for
from agent.core.action import Action
from agent.core.colour import Colour
from agent.core.context import Context
from agent.core.errors import ActionError
from agent.core.geometry import Point, Region
from agent.core.target import Window


class Pixel(
    Action,
    id="screen.pixel",
    label="Pixel colour",
    icon="pixel",
    category="Screen",
    watches=True,
    effect="pure",
    keywords=("get pixel", "color", "colour picker", "traffic light", "Farbe", "Pixel", "Bildpunkt", "Ampel"),
):
    """Tell the colour of one point of the screen, and whether it is the one that you name.

    With a wait, it goes on at once when the point has that colour, and says “not equal” when the time is over.
    Other workflows may use the desktop meanwhile, unless this run has it already.
    """

    point: Point = Field(title="Point", description="Counted from the window's top left corner, if a window is given.")
    window: Window | None = Field(None, title="Window", description="The window in which the point lies.")
    colour: str | None = Field(
        None, title="Colour", description="#rrggbb, such as #1a2b3c, or a name, such as red. Empty: only tell it."
    )
    tolerance: int = Field(
        0,
        title="Tolerance",
        description="How far red, green and blue may each be off, 0 to 255.",
        ge=0,
        le=255,
    )
    wait_s: float = Field(
        0.0, title="Wait (s)", description="How long it may take to get that colour. 0: as it is now.", ge=0, le=3600
    )

    class Result(BaseModel):
        colour: str = Field(title="Colour", description="What is there, as #rrggbb.")
        equal: bool | None = Field(title="Equal", description="Whether it is the colour that was named, if one was.")

    @field_validator("colour")
    @classmethod
    def _is_colour(cls, value: str | None) -> str | None:
        return None if value is None else str(Colour.parse(value))

    def run(self, context: Context) -> Result:
        check_wait(context, self.wait_s)
        wanted = Colour.parse(self.colour) if self.colour is not None else None
        seen = Colour(0, 0, 0)

        def look() -> bool | None:
            nonlocal seen
            seen = colour_at(context, self._place(context))
            return True if wanted is None or seen.distance(wanted) <= self.tolerance else None

        equal = wait_for(context, look, most_s=self.wait_s, watched=self._watched())
        return self.Result(colour=str(seen), equal=None if wanted is None else equal is not None)

    def _place(self, context: Context) -> Point:
        if self.window is None:
            return self.point
        corner = find_window(context, self.window).region
        return self.point.moved(corner.x, corner.y)

    def _watched(self) -> Watched:
        if self.window is not None:
            return Watched(window=self.window)
        return Watched(Region(self.point.x, self.point.y, 1, 1))


def colour_at(context: Context, point: Point) -> Colour:
    """The colour of this pixel now. Raises ActionError where there is no screen."""
    frame = context.screen.capture(Region(point.x, point.y, 1, 1))
    if frame.region.is_empty:
        raise ActionError(
            "The point {point} does not lie on the screen.", "Choose a point on one of the monitors.", point=point
        )
    blue, green, red = memoryview(frame.pixels).cast("B")[:3]
    return Colour(red, green, blue)

"""Actions of the mouse."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from agent.actions.place import find_place
from agent.core.action import Action
from agent.core.context import Context
from agent.core.devices import Button
from agent.core.geometry import Point
from agent.core.target import Match, Target

Modifier = Literal["ctrl", "shift", "alt", "meta"]


class Click(
    Action,
    id="mouse.click",
    label="Click",
    icon="mouse",
    category="Input",
    uses={"desktop"},
    effect="once",
    keywords=("press", "double click", "right click", "select", "klicken", "Doppelklick", "Rechtsklick", "Maus"),
):
    """Click a text, an image or a point on the screen.

    When the target names a window, that window comes to the front first, and the click is made only if the
    window really lies at the place: never on something that covers it.
    """

    target: Target = Field(title="Where", description="The text, image or point to click.")
    button: Button = Field("left", title="Button", description="Which mouse button.")
    count: int = Field(1, title="Clicks", description="2 is a double click.", ge=1, le=3)
    modifiers: tuple[Modifier, ...] = Field(
        (), title="With keys", description="Keys held meanwhile: ctrl, shift, alt, meta (the Windows or command key)."
    )
    offset: tuple[int, int] = Field(
        (0, 0), title="Offset", description="Pixels to the right and down from where the target says."
    )

    class Result(BaseModel):
        match: Match = Field(title="Match", description="What was found.")
        point: Point = Field(title="Point", description="Where the click went.")

    def run(self, context: Context) -> Result:
        place = find_place(context, self.target, self.offset)
        context.input.click(place.point, button=self.button, count=self.count, modifiers=self.modifiers)
        return self.Result(match=place.match, point=place.point)

"""Actions of the mouse."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator

from agent.actions.expectation import Expect, ExpectGone, Expecting, ExpectWithin
from agent.actions.place import Place, find_place, guard
from agent.core.action import Action
from agent.core.context import Context
from agent.core.devices import Button
from agent.core.geometry import Point
from agent.core.target import Match, Target

Modifier = Literal["ctrl", "shift", "alt", "meta"]

_KEYS_HELP = "Keys held meanwhile: ctrl, shift, alt, meta (the Windows or command key)."
_OFFSET_HELP = "Pixels to the right and down from where the target says."


class Click(
    Expecting,
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
    window really lies at the place: never on something that covers it. A click that does not arrive is an error.
    """

    target: Target = Field(title="Where", description="The text, image or point to click.")
    button: Button = Field("left", title="Button", description="Which mouse button.")
    count: int = Field(1, title="Clicks", description="2 is a double click.", ge=1, le=3)
    modifiers: tuple[Modifier, ...] = Field((), title="With keys", description=_KEYS_HELP)
    offset: tuple[int, int] = Field((0, 0), title="Offset", description=_OFFSET_HELP)
    hold_s: float = Field(
        0.0, title="Hold (s)", description="How long the button stays down each time; for long presses.", ge=0, le=60
    )
    expect: Expect = None
    expect_gone: ExpectGone = None
    expect_s: ExpectWithin = 5.0

    class Result(BaseModel):
        match: Match = Field(title="Match", description="What was found.")
        point: Point = Field(title="Point", description="Where the click went.")

    def act(self, context: Context) -> Result:
        place = find_place(context, self.target, self.offset)
        context.input.click(
            place.point,
            button=self.button,
            count=self.count,
            modifiers=self.modifiers,
            hold_s=self.hold_s,
            into=_window(place),
            check=context.check,
        )
        return self.Result(match=place.match, point=place.point)


class Move(
    Action,
    id="mouse.move",
    label="Move the mouse",
    icon="mouse_move",
    category="Input",
    uses={"desktop"},
    effect="idempotent",
    keywords=("hover", "mouse over", "pointer", "Maus bewegen", "darüberfahren", "Zeiger"),
):
    """Move the pointer to a text, an image or a point, so that menus and hints open which wait for it.

    When the target names a window, that window comes to the front first.
    """

    target: Target = Field(title="Where", description="The text, image or point to move to.")
    offset: tuple[int, int] = Field((0, 0), title="Offset", description=_OFFSET_HELP)
    duration: float = Field(
        0.0, title="Duration (s)", description="Move along a line for so long; 0 is at once.", ge=0, le=60
    )

    class Result(BaseModel):
        match: Match = Field(title="Match", description="What was found.")
        point: Point = Field(title="Point", description="Where the pointer is.")

    def run(self, context: Context) -> Result:
        place = find_place(context, self.target, self.offset)
        context.input.move(place.point, duration_s=self.duration, check=context.check)
        return self.Result(match=place.match, point=place.point)


class Drag(
    Expecting,
    id="mouse.drag",
    label="Drag and drop",
    icon="mouse_drag",
    category="Input",
    uses={"desktop"},
    effect="once",
    keywords=("drag", "drop", "slider", "select text", "ziehen", "ablegen", "verschieben", "Schieberegler"),
):
    """Press the mouse button at one place and let it go at another.

    Both places are found before the button goes down. On its way the pointer passes the places of “Through”, where a
    program needs them (to open a folder, for example). A window that the start names comes to the front first.
    """

    start: Target = Field(alias="from", title="From", description="The text, image or point to take hold of.")
    end: Target = Field(alias="to", title="To", description="The text, image or point to let go at.")
    through: tuple[Point, ...] = Field(
        (), title="Through", description="Points that the pointer passes in between.", max_length=100
    )
    button: Button = Field("left", title="Button", description="Which mouse button.")
    modifiers: tuple[Modifier, ...] = Field((), title="With keys", description=_KEYS_HELP)
    duration: float = Field(0.5, title="Duration (s)", description="How long the way takes.", ge=0, le=60)
    expect: Expect = None
    expect_gone: ExpectGone = None
    expect_s: ExpectWithin = 5.0

    class Result(BaseModel):
        start: Point = Field(title="From", description="Where the button went down.")
        end: Point = Field(title="To", description="Where it was let go.")

    def act(self, context: Context) -> Result:
        end = find_place(context, self.end)
        # The start last: its window is then the one in front.
        start = find_place(context, self.start)
        if end.window is not None:
            guard(context, end.window, end.point, self.end)
        context.input.drag(
            (start.point, *self.through, end.point),
            button=self.button,
            modifiers=self.modifiers,
            duration_s=self.duration,
            into=_window(start),
            check=context.check,
        )
        return self.Result(start=start.point, end=end.point)


class Scroll(
    Action,
    id="mouse.scroll",
    label="Scroll",
    icon="mouse_scroll",
    category="Input",
    uses={"desktop"},
    effect="once",
    keywords=("wheel", "page down", "scroll", "blättern", "Mausrad", "rollen"),
):
    """Turn the mouse wheel, over a text, an image or a point, or where the pointer is."""

    dy: int = Field(0, title="Down", description="Notches of the wheel; negative is up.", ge=-100, le=100)
    dx: int = Field(0, title="Right", description="Notches to the right; negative is left.", ge=-100, le=100)
    target: Target | None = Field(None, title="Where", description="Empty: where the pointer is.")
    modifiers: tuple[Modifier, ...] = Field((), title="With keys", description=_KEYS_HELP)

    class Result(BaseModel):
        point: Point = Field(title="Point", description="Where the wheel was turned.")

    @model_validator(mode="after")
    def _turns(self) -> Self:
        if not (self.dx or self.dy):
            raise ValueError("say how far to scroll: down, right or both")
        return self

    def run(self, context: Context) -> Result:
        context.require_desktop()
        place = find_place(context, self.target) if self.target is not None else None
        point = place.point if place is not None else context.input.position()
        into = _window(place) if place is not None else None
        context.input.scroll(self.dx, self.dy, at=point, modifiers=self.modifiers, into=into, check=context.check)
        return self.Result(point=point)


def _window(place: Place) -> int | None:
    """Who must get it: the device presses only if this window still lies there."""
    return place.window.id if place.window is not None else None

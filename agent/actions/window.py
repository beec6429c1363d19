"""Actions on the windows of other programs."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, Field, ValidationError, model_validator

from agent.actions.place import find_window, no_window, to_front
from agent.actions.waiting import wait_for
from agent.core.action import Action
from agent.core.context import Context
from agent.core.errors import NotInTime
from agent.core.geometry import Region
from agent.core.target import Window, WindowInfo, WindowQuery, WindowState


class WindowFound(BaseModel):
    """A window, as the steps after this one can use it."""

    id: int
    title: str
    pid: int
    process: str
    rect: Region
    state: WindowState = "normal"

    @classmethod
    def of(cls, window: WindowInfo) -> Self:
        """The window as a result."""
        return cls(
            id=window.id,
            title=window.title,
            pid=window.pid,
            process=window.process,
            rect=window.region,
            state=window.state,
        )


class FindWindow(
    Action,
    id="window.find",
    label="Find a window",
    icon="window",
    category="Apps and windows",
    uses={"desktop"},
    effect="pure",
    keywords=("get window", "window title", "Fenster finden", "Fenster suchen"),
):
    """Find an open window by its title, its program or both, and tell where it is.

    All that is given must fit; when several windows do, it is the topmost. When there is none, the step fails
    and lists the windows that are open.
    """

    title: str | None = Field(None, title="Title", description="The whole title; * stands for any text.")
    regex: str | None = Field(None, title="Regular expression", description="Searched in the title.", max_length=500)
    process: str | None = Field(None, title="Program", description="The program's file name, such as excel.exe.")
    class_name: str | None = Field(None, title="Window class", description="For programs that keep changing the title.")

    class Result(BaseModel):
        window: WindowFound = Field(title="Window", description="Its id, title, pid, process and rect.")
        rect: Region = Field(title="Place", description="Where it is on the screen.")

    @model_validator(mode="after")
    def _query_is_valid(self) -> Self:
        try:
            self.query()
        except ValidationError as error:
            raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from error
        return self

    def query(self) -> WindowQuery:
        """The fields as one question."""
        return WindowQuery(title=self.title, regex=self.regex, process=self.process, class_name=self.class_name)

    def run(self, context: Context) -> Result:
        window = WindowFound.of(find_window(context, self.query()))
        return self.Result(window=window, rect=window.rect)


class FocusWindow(
    Action,
    id="window.focus",
    label="Bring to the front",
    icon="window_focus",
    category="Apps and windows",
    uses={"desktop"},
    effect="idempotent",
    keywords=("activate window", "foreground", "raise", "Fenster aktivieren", "in den Vordergrund"),
):
    """Bring a window to the front, so that it gets the keystrokes.

    A minimised one is restored, and one on another workspace brings that workspace with it.
    """

    window: Window = Field(title="Window", description="Which one: its title, where * stands for any text.")

    class Result(BaseModel):
        window: WindowFound = Field(title="Window", description="Its id, title, pid, process and rect.")

    def run(self, context: Context) -> Result:
        window = find_window(context, self.window)
        if window.elsewhere:
            context.log("info", f"The window {window} is on another workspace; that one is shown now.")
        return self.Result(window=WindowFound.of(to_front(context, self.window)))


class SetWindow(
    Action,
    id="window.set",
    label="Move or resize a window",
    icon="window_set",
    category="Apps and windows",
    uses={"desktop"},
    effect="idempotent",
    keywords=("maximize", "minimize", "restore", "full screen", "Fenster verschieben", "Größe", "maximieren"),
):
    """Minimise, maximise or restore a window, or put it at a place, also on another monitor.

    Programs have smallest sizes, so what it really came to is in the result.
    """

    window: Window = Field(title="Window", description="Which one: its title, where * stands for any text.")
    state: WindowState | None = Field(None, title="State", description="How it shall be shown.")
    rect: Region | None = Field(
        None, title="Place", description="Left, top, width and height with its frame; it is restored for that."
    )

    class Result(BaseModel):
        window: WindowFound = Field(title="Window", description="Its id, title, pid, process, rect and state.")
        rect: Region = Field(title="Place", description="Where it is now.")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.state is None and self.rect is None:
            raise ValueError("say what to change: state or rect")
        if self.rect is not None and self.state not in (None, "normal"):
            raise ValueError("a window that is minimised, maximised or full screen has no place of its own")
        if self.rect is not None and self.rect.is_empty:
            raise ValueError("the place is empty")
        return self

    def run(self, context: Context) -> Result:
        context.require_desktop()
        window = find_window(context, self.window)
        if self.state is not None:
            context.windows.set_state(window.id, self.state)
        if self.rect is not None:
            context.windows.move(window.id, self.rect)
        now = next((each for each in context.windows.list() if each.id == window.id), window)
        return self.Result(window=WindowFound.of(now), rect=now.region)


class WaitWindow(
    Action,
    id="window.wait",
    label="Wait for a window",
    icon="window_wait",
    category="Apps and windows",
    watches=True,
    effect="pure",
    keywords=("window opens", "window closes", "auf Fenster warten", "Fenster öffnet", "Fenster schließt"),
):
    """Wait until a window is open, is closed, or is the one in front; for as long as the step's timeout allows.

    Other workflows may use the desktop meanwhile, unless this run has it already.
    """

    window: Window = Field(title="Window", description="Which one: its title, where * stands for any text.")
    state: Literal["open", "closed", "active"] = Field(
        "open", title="Until", description="open: it is there. closed: it is gone. active: it gets the keystrokes."
    )

    class Result(BaseModel):
        window: WindowFound | None = Field(None, title="Window", description="The window; nothing after closed.")
        waited_s: float = Field(title="Waited (s)", description="How long it took.")

    def run(self, context: Context) -> Result:
        started = context.now()
        seen = wait_for(context, lambda: self._look(context))
        if seen is None:
            raise self._late(context)
        window = WindowFound.of(seen) if isinstance(seen, WindowInfo) else None
        return self.Result(window=window, waited_s=round(context.now() - started, 3))

    def _look(self, context: Context) -> WindowInfo | Literal["closed"] | None:
        if self.state == "active":
            active = context.windows.active()
            return active if active is not None and self.window.fits(active) else None
        window = context.window(self.window)
        if self.state == "closed":
            return "closed" if window is None else None
        return window

    def _late(self, context: Context) -> NotInTime:
        if self.state == "open":
            missing = no_window(context, self.window)
            return NotInTime("The window {window} did not open in time.", missing.hint, **missing.values)
        if self.state == "closed":
            return NotInTime(
                "The window {window} was still open at the end.",
                "It may be asking something; raise the step's timeout if it only needs longer.",
                window=self.window,
            )
        return NotInTime(
            "The window {window} did not come to the front in time; {front} is there.",
            "Use “Bring to the front” to put it there.",
            window=self.window,
            front=context.windows.active() or "none",
        )

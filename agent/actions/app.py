"""Actions that start and end programs."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import BaseModel, Field, model_validator

from agent.actions.place import no_window
from agent.actions.waiting import wait_for
from agent.actions.window import WindowFound
from agent.core.action import Action
from agent.core.context import Context
from agent.core.errors import NotInTime
from agent.core.target import Window, WindowInfo, WindowQuery

_END_S = 10.0
"""How long a program may take to end, if the step's timeout allows."""


class Launch(
    Action,
    id="app.launch",
    label="Start a program",
    icon="launch",
    category="Apps and windows",
    uses={"desktop"},
    effect="once",
    keywords=("run application", "open program", "start process", "Programm starten", "Anwendung öffnen"),
):
    """Start a program and, if wanted, wait until its window is there.

    No shell is involved: the program gets its arguments exactly as they are listed.
    """

    command: str = Field(
        title="Program", description="Its name or path; ./name lies beside the workflow.", min_length=1, max_length=1000
    )
    args: tuple[str, ...] = Field((), title="Arguments", description="One each, without quotes.")
    folder: str = Field(
        "", title="Folder", description="Where it works; relative names lie beside the workflow. Empty: as the agent."
    )
    environment: dict[str, str] = Field(
        default_factory=dict, title="Environment", description="Environment variables to add or change."
    )
    wait_window: Window | None = Field(
        None, title="Wait for window", description="Go on only when this window is open. Empty: go on at once."
    )

    class Result(BaseModel):
        pid: int = Field(title="Process id", description="The number of the process.")
        window: WindowFound | None = Field(None, title="Window", description="The window that was waited for.")

    def run(self, context: Context) -> Result:
        open_before = frozenset(window.id for window in context.windows.list()) if self.wait_window else frozenset()
        folder = context.workflow_folder / Path(self.folder).expanduser() if self.folder else None
        pid = context.apps.launch(
            [self._program(context), *self.args], folder=folder, environment=self.environment or None
        )
        if self.wait_window is None:
            return self.Result(pid=pid)
        window = self._window(context, self.wait_window, pid, open_before)
        return self.Result(pid=pid, window=WindowFound.of(window))

    def _program(self, context: Context) -> str:
        if self.command.startswith(("./", ".\\")):
            return str(context.workflow_folder / self.command[2:])
        return str(Path(self.command).expanduser()) if self.command.startswith("~") else self.command

    def _window(self, context: Context, query: WindowQuery, pid: int, open_before: frozenset[int]) -> WindowInfo:
        def look() -> WindowInfo | None:
            family = context.apps.family(pid)
            for window in context.windows.list():
                # A window that is neither its own nor new is another copy of the program. When the process has
                # ended, it has handed its work to that other copy.
                if query.fits(window) and (window.pid in family or window.id not in open_before or not family):
                    return window
            return None

        window = wait_for(context, look)
        if window is None:
            raise NotInTime(
                "{command} was started, but its window {window} did not open in time.",
                no_window(context, query).hint,
                **(no_window(context, query).values | {"command": self.command, "window": query}),
            )
        return window


class Close(
    Action,
    id="app.close",
    label="End a program",
    icon="close",
    category="Apps and windows",
    uses={"desktop"},
    effect="idempotent",
    keywords=("terminate process", "close application", "kill", "quit", "Programm beenden", "schließen", "Prozess"),
):
    """End a program: by its process id, by its name, or by one of its windows.

    It is asked politely, so it may still save; force ends it at once. When there is no such program, there is
    nothing to do and the step succeeds, with a note in the log.
    """

    pid: int | None = Field(None, title="Process id", description="As “Start a program” returned it.", ge=1)
    name: str | None = Field(
        None,
        title="Name",
        description="The program's file name; every process of yours with it is ended.",
        min_length=1,
    )
    window: Window | None = Field(None, title="Window", description="Close this window and wait until it is gone.")
    force: bool = Field(False, title="Force", description="End it at once; unsaved work is lost.")

    class Result(BaseModel):
        exit_code: int | None = Field(None, title="Exit code", description="Where the system tells it.")
        closed: int = Field(title="Closed", description="How many processes or windows were ended.")

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if sum(value is not None for value in (self.pid, self.name, self.window)) != 1:
            raise ValueError("give one of pid, name or window")
        return self

    def run(self, context: Context) -> Result:
        if self.window is not None:
            return self._close_window(context, self.window)
        pids = (self.pid,) if self.pid is not None else context.apps.find(self.name or "")
        alive = [pid for pid in pids if context.apps.family(pid)]
        if not alive:
            context.log("warning", f"Nothing to end: {self.name or self.pid} is not running.")
        codes = [self._end(context, pid) for pid in alive]
        return self.Result(exit_code=codes[-1] if codes else None, closed=len(codes))

    def _end(self, context: Context, pid: int) -> int | None:
        wait_s = max(0.0, min(_END_S, context.remaining() - 0.5))
        return context.apps.end(pid, force=self.force, wait_s=wait_s, check=context.check)

    def _close_window(self, context: Context, query: WindowQuery) -> Result:
        window = context.window(query)
        if window is None:
            context.log("warning", f"Nothing to close: there is no window {query}.")
            return self.Result(closed=0)
        if self.force and window.pid:
            return self.Result(exit_code=self._end(context, window.pid), closed=1)
        context.windows.close(window.id)
        if wait_for(context, lambda: _gone(context, window)) is None:
            raise NotInTime(
                "The window {window} was asked to close but is still there.",
                "It may be asking whether to save: answer that in a step of its own, or use force.",
                window=window,
            )
        return self.Result(closed=1)


def _gone(context: Context, window: WindowInfo) -> bool | None:
    return None if any(each.id == window.id for each in context.windows.list()) else True

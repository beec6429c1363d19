"""Actions that start and end programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from pydantic import BaseModel, Field, model_validator

from agent.actions.place import no_window
from agent.actions.waiting import wait_for
from agent.actions.window import WindowFound
from agent.core.action import Action
from agent.core.context import Context
from agent.core.errors import ActionError, NotInTime
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
            if not family and (code := context.apps.end(pid, check=context.check)):
                raise ActionError(
                    "{command} ended with exit code {code} before its window {window} opened.",
                    "Start it in a terminal with the same arguments to see what it says.",
                    command=self.command,
                    code=code,
                    window=query,
                )
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

    It is asked politely, so it may still save: first its windows are closed, and a program without windows gets the
    signal to end. Force ends it, with all that it has started, at once or after some seconds of politeness. When there
    is no such program, there is nothing to do and the step succeeds, with a note in the log.
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
    force_after_s: float | None = Field(
        None,
        title="Force after (s)",
        description="Ask politely, and after so many seconds end it by force. Empty: never.",
        gt=0,
        le=3600,
    )

    class Result(BaseModel):
        exit_code: int | None = Field(None, title="Exit code", description="Where the system tells it.")
        closed: int = Field(title="Closed", description="How many processes or windows were ended.")

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if sum(value is not None for value in (self.pid, self.name, self.window)) != 1:
            raise ValueError("give one of pid, name or window")
        if self.force and self.force_after_s is not None:
            raise ValueError("force is at once: leave out either force or force_after_s")
        return self

    def run(self, context: Context) -> Result:
        if self.window is not None:
            return self._close_window(context, self.window)
        pids = (self.pid,) if self.pid is not None else context.apps.find(self.name or "")
        alive = [pid for pid in pids if context.apps.family(pid)]
        if not alive:
            context.log("warning", f"Nothing to end: {self.name or self.pid} is not running.")
        codes = [self._end(context, pid) for pid in alive if context.apps.family(pid)]
        return self.Result(exit_code=codes[-1] if codes else None, closed=len(alive))

    def _end(self, context: Context, pid: int) -> int | None:
        """End a process, by force only where that is wanted; its exit code."""
        if self.force:
            return context.apps.end(pid, force=True, wait_s=_time(context), check=context.check)
        try:
            self._ask(context, pid)
            return context.apps.end(pid, wait_s=self._patience(context), check=context.check)
        except NotInTime:
            if self.force_after_s is None:
                raise
        context.log("warning", f"The process {pid} did not end by itself and was ended by force.")
        return context.apps.end(pid, force=True, wait_s=_time(context), check=context.check)

    def _ask(self, context: Context, pid: int) -> None:
        """Close the windows of the program, if it has any, and wait: it may be saving, or asking whether to."""
        family = context.apps.family(pid)
        windows = [window for window in context.windows.list() if window.pid in family]
        for window in windows:
            context.windows.close(window.id)
        if wait_for(context, lambda: _all_gone(context, windows), most_s=self._patience(context)) is None:
            raise NotInTime(
                "The program was asked to end, but its window {window} is still there.",
                "It may be asking whether to save: answer that in a step of its own, or use force.",
                window=windows[0],
            )

    def _patience(self, context: Context) -> float:
        return min(_time(context), self.force_after_s or _END_S)

    def _close_window(self, context: Context, query: WindowQuery) -> Result:
        window = context.window(query)
        if window is None:
            context.log("warning", f"Nothing to close: there is no window {query}.")
            return self.Result(closed=0)
        if self.force and window.pid:
            return self.Result(exit_code=self._end(context, window.pid), closed=1)
        context.windows.close(window.id)
        if wait_for(context, lambda: _all_gone(context, [window]), most_s=self.force_after_s) is not None:
            return self.Result(closed=1)
        if self.force_after_s is None or not window.pid:
            raise NotInTime(
                "The window {window} was asked to close but is still there.",
                "It may be asking whether to save: answer that in a step of its own, or use force.",
                window=window,
            )
        context.log("warning", f"The window {window} did not close, so its program was ended by force.")
        code = context.apps.end(window.pid, force=True, wait_s=_time(context), check=context.check)
        return self.Result(exit_code=code, closed=1)


def _time(context: Context) -> float:
    """How long a program may take to end, with a moment left to say that it has not."""
    return max(0.0, min(_END_S, context.remaining() - 0.5))


def _all_gone(context: Context, windows: Sequence[WindowInfo]) -> bool | None:
    open_now = {window.id for window in context.windows.list()}
    return None if any(window.id in open_now for window in windows) else True

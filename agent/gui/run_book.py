"""`RunBook`: what the window knows of the runs that were started while it was open."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from agent.core.errors import ErrorRecord
from agent.core.events import DesktopAwaited, Event, GaveWay, LogLine, RunChanged, StepChanged
from agent.core.run import Run
from agent.gui.step_table import StepTable
from agent.gui.theme import Theme
from agent.resources.language import Language

MOST_RUNS = 50
"""Older ones that are over are forgotten here; the record keeps them."""


@dataclass(slots=True)
class RunPage:
    """One run: its latest snapshot, its steps, and why it has to wait for the desktop."""

    steps: StepTable
    run: Run | None = None
    holder: str = ""
    """Who has it."""
    away: ErrorRecord | None = None
    """Why it is not there."""
    halted_for_s: float = 0.0
    """How long the person must rest until it goes on; 0 while they leave it the mouse."""

    @property
    def is_under_way(self) -> bool:
        """Whether it may still change."""
        return self.run is not None and not self.run.status.is_final


class RunBook(QObject):
    """Follows the events. `changed` tells whose page is another now; steps tell it themselves, through their model."""

    changed = Signal(str)

    def __init__(self, theme: Theme, language: Language, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tr = language
        self._pages: dict[str, RunPage] = {}

    def page(self, run_id: str) -> RunPage:
        """The page of a run; a new one when nothing was heard of it yet."""
        if run_id not in self._pages:
            self._forget()
            # No parent: a view that still shows a forgotten page keeps its model alive.
            self._pages[run_id] = RunPage(StepTable(self._theme, self._tr))
        return self._pages[run_id]

    def under_way(self) -> tuple[Run, ...]:
        """The runs that are not over."""
        return tuple(page.run for page in self._pages.values() if page.run is not None and page.is_under_way)

    def halted(self) -> RunPage | None:
        """The run that has halted because the person uses mouse or keyboard."""
        return next((page for page in self._pages.values() if page.is_under_way and page.halted_for_s), None)

    @Slot(object)
    def take(self, event: Event) -> None:
        """Note what happened."""
        if isinstance(event, RunChanged):
            self.note(event.run)
        elif isinstance(event, StepChanged):
            self.page(event.step.run_id).steps.put(event.step)
        elif isinstance(event, LogLine):
            self.page(event.run_id).steps.say(event)
        elif isinstance(event, GaveWay):
            self.page(event.run_id).halted_for_s = event.rest_s if event.halted else 0.0
            self.changed.emit(event.run_id)
        elif isinstance(event, DesktopAwaited):
            page = self.page(event.run_id)
            page.holder, page.away = event.holder, event.away
            self.changed.emit(event.run_id)

    def note(self, run: Run) -> None:
        """Keep the snapshot, unless a later one came first: the answer to a call may be overtaken by events."""
        page = self.page(run.id)
        if page.run is not None and (page.run.status.is_final or (page.run.started_at and not run.started_at)):
            return
        page.run = run
        self.changed.emit(run.id)

    def _forget(self) -> None:
        over = [run_id for run_id, page in self._pages.items() if page.run is not None and not page.is_under_way]
        for run_id in over[: max(0, len(self._pages) + 1 - MOST_RUNS)]:
            del self._pages[run_id]

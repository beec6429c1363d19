"""`Agent`: builds and owns everything below. The one composition root; the faces only call it."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from agent.actions import discover
from agent.core.action import Registry
from agent.core.context import Eye
from agent.core.devices import Devices
from agent.core.document import load
from agent.core.errors import AgentError, ErrorRecord, NoDisplay, ProblemsFound, StoreError
from agent.core.events import Event, EventBus, RunChanged
from agent.core.inputs import check_inputs
from agent.core.problems import Problem, problems
from agent.core.run import Run, Step, new_id, now
from agent.core.workflow import Workflow
from agent.report import write_report
from agent.resources import path as resource
from agent.resources.language import Language
from agent.settings import Home, Settings
from agent.vault import Keychain, Redactor

if TYPE_CHECKING:
    from agent.engine import Engine
    from agent.store import Store
    from agent.vision import Album
    from agent.vision.reader import TextReader
    from agent.vision.service import OcrService

log = logging.getLogger(__name__)

SUFFIX = ".workflow.json"


@dataclass(frozen=True, slots=True)
class WorkflowFile:
    """A workflow that the user can start: the file and what a list shows of it."""

    path: Path
    name: str
    description: str = ""
    example: bool = False
    error: ErrorRecord | None = None
    """Why it cannot be read, when it cannot."""


class Agent:
    """The program without a face. Thread-safe. Use it as a context manager, or call `close()`.

    What is costly or may be missing (database, display, OCR, keychain) is opened when it is first needed,
    so listing workflows works on a machine without a screen.
    """

    def __init__(
        self,
        home: Home,
        settings: Settings,
        *,
        devices: Devices | None = None,
        eye: Eye | None = None,
        keychain: Keychain | None = None,
        registry: Registry | None = None,
        immediate: bool = False,
    ) -> None:
        self.home = home
        self.settings = settings
        self.language = Language(settings.language)
        self.bus = EventBus()
        self.redactor = Redactor()
        self.keychain = keychain or Keychain()
        self.keychain.on_secret = self.redactor.add
        self._devices = devices
        self._eye = eye
        self._registry = registry
        self._immediate = immediate
        self._display_fault: NoDisplay | None = None
        self._log_handler: logging.Handler | None = None
        self._building = threading.RLock()
        self.bus.subscribe(self._write_report)

    @classmethod
    def open(cls, home: Home | None = None, settings: Settings | None = None, **parts: Any) -> Self:
        """The agent of this user. `parts` replace devices, eye, keychain or registry (tests, demo, dry run)."""
        home = home or Home.of_user()
        return cls(home, settings or home.load_settings(), **parts)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def keep_log(self) -> None:
        """Write the program's log (secrets masked) to ``agent.log`` in its folder: five files of 1 MB.

        A folder that cannot be written is not complained about here: the first command that needs it does.
        """
        try:
            self.home.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError:
            return
        handler = RotatingFileHandler(self.home.log_file, maxBytes=1_000_000, backupCount=4, delay=True)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"))
        handler.addFilter(self.redactor.log_filter())
        root = logging.getLogger("agent")
        root.setLevel(logging.INFO)
        root.propagate = False  # a user's terminal is no place for stack traces
        root.addHandler(handler)
        self._log_handler = handler

    def close(self) -> None:
        """Stop what runs, write what is left, free the desktop."""
        if "engine" in self.__dict__:
            self.engine.close()
        if "ocr" in self.__dict__:
            self.ocr.close()
        if "store" in self.__dict__:
            self.store.close()
        if self._log_handler is not None:
            logging.getLogger("agent").removeHandler(self._log_handler)
            self._log_handler.close()

    # -- the parts, each made when it is first asked for -------------------------------------------------

    @cached_property
    def registry(self) -> Registry:
        """Every node type."""
        return self._registry or discover()

    @cached_property
    def devices(self) -> Devices:
        """The machine; without a display only programs can be started ."""
        from agent.devices import open_devices
        from agent.devices.absent import without_display

        if self._devices is not None:
            return self._devices
        try:
            return open_devices()
        except NoDisplay as error:
            self._display_fault = error
            return without_display(error)

    @cached_property
    def eye(self) -> Eye:
        """What reads the screen."""
        from agent.vision import ScreenEye

        return self._eye or ScreenEye(
            self.devices.screen,
            self.devices.windows,
            languages=self.settings.ocr_languages,
            min_confidence=self.settings.ocr_min_confidence,
            tessdata=self.settings.tessdata,
            reader=self._reader,
            album=self.album,
        )

    @cached_property
    def ocr(self) -> OcrService:
        """What reads any picture: a capture, or an image file. Shares the lines it knows with the eye."""
        from agent.core.ocr import OcrSettings
        from agent.vision.result_cache import ResultCache
        from agent.vision.service import OcrService

        told = self.settings
        return OcrService(
            OcrSettings(languages=told.ocr_languages, min_confidence=told.ocr_min_confidence),
            tessdata=told.tessdata,
            cache=ResultCache(size=told.ocr_cache_mb * 1024 * 1024, age_s=told.ocr_cache_minutes * 60),
            reader=self._reader,
        )

    @cached_property
    def _reader(self) -> TextReader:
        from agent.vision.line_cache import LineCache
        from agent.vision.reader import TextReader

        cache = LineCache(age_s=self.settings.ocr_cache_minutes * 60)
        return TextReader(tessdata=self.settings.tessdata, cache=cache)

    @cached_property
    def album(self) -> Album:
        """Pictures of the screen for those who look on, and the count of all that were made."""
        from agent.vision import Album

        return Album(self.devices.screen)

    @cached_property
    def store(self) -> Store:
        """The local database; runs of a crashed process are marked as interrupted. Raises StoreError."""
        from agent.devices.apps import is_alive, this_process
        from agent.store import Store

        self._make_folder(self.home.root)
        store = Store.open(self.home.database, owner=this_process())
        for run in store.interrupt_orphans(is_alive):
            log.warning("The run %s of “%s” was interrupted.", run.id, run.workflow_name)
        return store

    @cached_property
    def engine(self) -> Engine:
        """What runs workflows."""
        from agent.devices.lease import desktop_lease
        from agent.engine import Engine

        return Engine(
            self.registry,
            self.devices,
            self.eye,
            self.keychain,
            self.store,
            self.bus,
            desktop_lease(),
            self.redactor,
            manners=self.settings.manners,
            threads=self.settings.step_threads,
            immediate=self._immediate,
        )

    # -- workflows -----------------------------------------------------------------------------------------

    def workflows(self) -> tuple[WorkflowFile, ...]:
        """The user's own workflows, then the examples, each sorted by name."""
        own = [self._listed(path, example=False) for path in _files(self.home.workflows)]
        examples = [self._listed(path, example=True) for path in _files(resource("examples"))]
        return (*sorted(own, key=_name), *sorted(examples, key=_name))

    def load(self, path: Path) -> Workflow:
        """Read a workflow file. Raises DocumentError."""
        return load(path)

    def find_workflow(self, name: str) -> Path:
        """The file that a person means: a path, or the name or id of a listed workflow. Raises AgentError."""
        path = Path(name).expanduser()
        if path.exists() or path.suffix == ".json":
            return path
        wanted = name.casefold()
        for file in self.workflows():
            if wanted in (file.name.casefold(), file.path.name.removesuffix(SUFFIX).casefold()):
                return file.path
        raise AgentError(
            "There is no workflow {name}.", "`tla list` shows all; the path of a file works too.", name=f"“{name}”"
        )

    def problems(self, workflow: Workflow) -> tuple[Problem, ...]:
        """Everything that is wrong with it, at once."""
        return problems(workflow, self.registry)

    # -- runs ----------------------------------------------------------------------------------------------

    def start(
        self, workflow: Path | Workflow, inputs: Mapping[str, Any] | None = None, *, by_hand: bool = False
    ) -> Run:
        """Start a workflow; returns its run at once.

        `by_hand`: the person has just clicked for it, so the mouse may still be moving.
        Raises DocumentError, ProblemsFound (workflow or inputs), StoreError and NoDisplay, all of them before
        anything has been done.
        """
        folder = workflow.resolve().parent if isinstance(workflow, Path) else self.home.workflows
        document = self.load(workflow) if isinstance(workflow, Path) else workflow
        if found := self.problems(document):
            raise ProblemsFound(
                "“{name}” has {count} problems and was not started.",
                "Correct them in the file or the editor.",
                problems=found,
                name=document.name,
                count=len(found),
            )
        values = check_inputs(document, inputs or {})
        with self._building:
            engine = self.engine
        self._check_machine(document)
        run_folder = self._run_folder(document)
        return engine.start(document, values, folder=run_folder, workflow_folder=folder, by_hand=by_hand)

    def wait(self, run_id: str, timeout_s: float | None = None) -> Run:
        """Wait until the run is over (or the time is), and return it as it is then."""
        return self.engine.wait(run_id, timeout_s)

    def run(self, workflow: Path | Workflow, inputs: Mapping[str, Any] | None = None) -> Run:
        """`start` and `wait`."""
        return self.wait(self.start(workflow, inputs).id)

    def stop(self, run_id: str) -> None:
        """End a run now: nothing more is typed or clicked, held keys are let go."""
        self.engine.stop(run_id)

    def stop_all(self) -> None:
        """`stop` for every run of this process."""
        if "engine" in self.__dict__:
            self.engine.stop_all()

    def go_on(self) -> None:
        """What has halted because the person uses mouse or keyboard goes on now."""
        if "engine" in self.__dict__:
            self.engine.go_on()

    def runs(self, limit: int = 50) -> tuple[Run, ...]:
        """The latest runs, newest first."""
        return self.store.runs(limit=limit)

    def find_run(self, prefix: str) -> Run:
        """The run whose id starts so. Raises AgentError when there is none, or more than one."""
        return self.store.find_run(prefix)

    def steps(self, run_id: str) -> tuple[Step, ...]:
        """The steps of a run, in the order they started."""
        return self.store.steps(run_id)

    def subscribe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Hear of every event; the returned function ends it."""
        return self.bus.subscribe(listener)

    # -- credentials ---------------------------------------------------------------------------------------

    def credentials(self) -> dict[str, tuple[str, ...]]:
        """The names in the keychain with the fields that each has; never a value. Raises VaultError."""
        return self.keychain.names()

    # -- inside ----------------------------------------------------------------------------------------------

    def _listed(self, path: Path, *, example: bool) -> WorkflowFile:
        try:
            workflow = load(path)
        except AgentError as error:
            return WorkflowFile(path, path.name.removesuffix(SUFFIX), example=example, error=error.record())
        return WorkflowFile(path, workflow.name, workflow.description, example)

    def _check_machine(self, workflow: Workflow) -> None:
        """Raise what the first desktop step would meet anyway, while nothing has been done yet."""
        actions = {self.registry[node.action] for node in workflow.nodes if node.policy.enabled}
        if self._display_fault is not None and any(action.info.needs_display for action in actions):
            raise self._display_fault

    def _run_folder(self, workflow: Workflow) -> Path:
        """A new folder that sorts by time and says whose it is."""
        stamp = now().strftime("%Y-%m-%d_%H%M%S")
        return self._make_folder(self.home.runs / f"{stamp}_{workflow.id[:40] or 'workflow'}_{new_id()[-6:]}")

    @staticmethod
    def _make_folder(folder: Path) -> Path:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            probe = folder / f".writable-{os.getpid()}-{threading.get_ident()}"
            probe.write_bytes(b"\0" * 4096)  # a full disk makes the folder but takes no bytes
            probe.unlink()
        except OSError as error:
            raise StoreError(
                "The folder {folder} cannot be written: {reason}.",
                "Free some space, or name another folder in the environment variable TLA_HOME. Nothing was done yet.",
                folder=folder,
                reason=error.strerror or error,
            ) from error
        return folder

    def _write_report(self, event: Event) -> None:
        if isinstance(event, RunChanged) and event.run.status.is_final:
            write_report(event.run, self.store.steps(event.run.id), self.language)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []


def _name(file: WorkflowFile) -> str:
    return file.name.casefold()

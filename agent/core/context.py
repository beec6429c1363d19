"""`Context`: an action's only door to the world, and the Protocols of the eye and the vault behind it.

Every call through the door first looks at the stop flag and the deadline, so an action stops in time without
its author's help.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Literal, Protocol, cast

from agent.core.binding import Credential
from agent.core.clipboard import Clipboard
from agent.core.devices import Apps, Check, Devices, Input, Screen, Windows
from agent.core.door import Checked, InputDoor
from agent.core.errors import AmbiguousTarget, TimeUp
from agent.core.events import Level
from agent.core.frame import Frame, PictureStyle
from agent.core.geometry import Region
from agent.core.masks import Masks
from agent.core.secret import Secret
from agent.core.target import Match, Target, WindowInfo, WindowQuery
from agent.core.text import Table, TextRead
from agent.core.turn import Turn, Way

ReadMode = Literal["line", "block", "number"]


class Watch(Protocol):
    """Keeps an eye on a part of the screen. Used by one thread."""

    def wait(self, seconds: float, *, check: Check = lambda: None) -> bool:
        """Wait until something there has changed since the last call, or may have; False when the time is up.

        The first call returns as soon as the eye is on the place: what happened before it is the caller's to see.
        Raises NoDisplay.
        """
        ...


class Eye(Protocol):
    """Reads and finds on the screen."""

    def find(self, target: Target, *, check: Check = lambda: None) -> Match:
        """The one match. Raises TargetNotFound (closest candidate in the hint), AmbiguousTarget, WindowNotFound."""
        ...

    def find_all(self, target: Target, *, check: Check = lambda: None) -> tuple[Match, ...]:
        """Every match from the top left; empty when there is none. `target.occurrence` is not looked at.

        With a relation, from the anchor. Raises AmbiguousTarget when the kinds of evidence contradict each other.
        """
        ...

    def read(
        self,
        region: Region | None = None,
        *,
        languages: str | None = None,
        mode: ReadMode = "block",
        min_confidence: float | None = None,
        check: Check = lambda: None,
    ) -> TextRead:
        """The text of a region. `languages` as Tesseract writes them (``deu+eng``); `min_confidence` 0 to 100."""
        ...

    def read_table(
        self,
        region: Region | None = None,
        *,
        header: bool = True,
        languages: str | None = None,
        min_confidence: float | None = None,
        check: Check = lambda: None,
    ) -> Table:
        """The table in a region; empty, with a reason, when there is none. With `header` its first row are names."""
        ...

    def watch(
        self, region: Region | None = None, *, window: WindowQuery | None = None
    ) -> AbstractContextManager[Watch]:
        """Watch a region, the part of it in the topmost window that fits, or all of the screen.

        With `window`, that it opens, moves, closes or is covered is a change as well. Watching costs something only
        inside of the ``with``, and however many watch, the screen is captured once.
        """
        ...

    def png(self, frame: Frame, *, masks: Sequence[Region] = ()) -> bytes:
        """`picture` in the default style."""
        ...

    def picture(self, frame: Frame, style: PictureStyle | None = None, *, masks: Sequence[Region] = ()) -> bytes:
        """The frame as a picture file (None: PNG), with the masked regions (screen coordinates) painted over."""
        ...

    def numbered(self, frame: Frame, places: Sequence[Region]) -> Frame:
        """The frame with a numbered box around each place (screen coordinates), from 1."""
        ...

    def changed(self, before: Frame, after: Frame) -> Region | None:
        """The smallest region around all pixels that differ, in screen coordinates; None when none does."""
        ...

    def difference(self, before: Frame, after: Frame) -> float:
        """The share of the pixels that differ, 0 to 1; 1 for frames of different regions."""
        ...

    def recognises(self, before: Frame, after: Frame, *, apart_from: Region) -> bool:
        """Whether anything in `before`, outside of a part of it, is still to be seen at its place in `after`.

        Both are of the same region. Brightness and contrast do not matter. True when there is nothing to recognise.
        """
        ...


class Vault(Protocol):
    """Holds the credentials, and hands their fields out sealed (see `Secret`). Raises VaultError.

    A keychain may ask somebody for its own password: `check` is called while that takes time.
    """

    def secret(self, credential: str, field: str = "password", *, check: Check = lambda: None) -> Secret:
        """A field of a credential, such as ``user`` or ``password``. Raises CredentialNotFound."""
        ...

    def totp(self, credential: str, *, check: Check = lambda: None) -> Secret:
        """The code of this moment, from the credential's field ``totp``."""
        ...

    def credential(self, name: str, *, check: Check = lambda: None) -> Credential:
        """What may be told of a credential. Raises CredentialNotFound."""
        ...


_LOOKS = frozenset(
    {"position", "list", "active", "at", "family", "find", "focus"}
    | {"formats", "text", "html", "image", "files", "snapshot", "await_reader"}
)
"""Methods of input, windows and apps that change nothing in the world, or nothing that must not happen twice."""

_NAP_S = 0.05
"""How long a sleeping step of the desktop may not notice the person."""


class Context:
    """What a step may use. Made by the engine for one attempt."""

    def __init__(
        self,
        *,
        devices: Devices,
        eye: Eye,
        vault: Vault,
        folder: Path,
        workflow_folder: Path,
        check: Check,
        sleep: Callable[[float], None],
        remaining: Callable[[], float],
        log: Callable[[Level, str], None],
        set_variable: Callable[[str, Any], None],
        masks: Masks,
        run_id: str = "",
        node_id: str = "",
        now: Callable[[], float] = time.monotonic,
        way: Way | None = None,
    ) -> None:
        self.run_id = run_id
        self.node_id = node_id
        self.folder = folder
        """The run's own folder; it exists."""
        self.workflow_folder = workflow_folder
        """Where relative file names of the workflow are looked up (images, attachments)."""
        self.turn = Turn(check, way)
        """How this attempt gives way to the person at the machine; the engine's affair, and that of `repeatable`."""
        self.check = self.turn.check
        """Raise Stop or StepTimeout when it is time."""
        self._sleep = sleep
        self.remaining = remaining
        """Seconds that this attempt still has."""
        self.now = now
        """Seconds on a clock that only ever goes forward; it stands still while the person has the mouse."""
        self.log = log
        self.set_variable = set_variable
        """Set ``vars.<name>`` of the run."""
        self.masks = masks
        self.acted = False
        """Whether this attempt has begun to change the world; then a `once` step is not tried again."""
        self._eye = eye
        self._vault = vault
        self._devices = devices
        self.screen = cast(Screen, Checked(devices.screen, lambda name: self.check()))
        self.input = cast(Input, InputDoor(devices, self.turn, self._acts))
        """Where a secret is opened for the window that it is typed into; see `agent.core.door`."""
        self.windows = cast(Windows, Checked(devices.windows, self._before))
        self.apps = cast(Apps, Checked(devices.apps, self._before))
        self.clipboard = cast(Clipboard, Checked(devices.clipboard, self._before))

    def acting(self) -> None:
        """Say that the world is about to change (a file is written, a message sent). Device calls say it themselves."""
        self.check()
        self.turn.commit()
        self._acts()

    def repeatable(self) -> AbstractContextManager[None]:
        """What is done inside may be done again from the step's start: clicking into a field, emptying it, filling it.

        It is done again when the person used mouse or keyboard before the step was through with the rest.
        """
        return self.turn.repeatable()

    def sleep(self, seconds: float) -> None:
        """Wait so many seconds, waking at once for a stop or the deadline."""
        if self.turn.way is None:
            return self._sleep(seconds)
        end = self.now() + seconds
        while (left := end - self.now()) > 0:
            self.check()
            self._sleep(min(left, _NAP_S))
        return self.check()

    def begin_again(self) -> None:
        """Forget what was begun: the action runs anew. Raises Interfered when it must not."""
        self.turn.begin_again()
        self.acted = False

    def require_desktop(self) -> None:
        """Raise DesktopAway while it is locked or lost."""
        self.check()
        self._devices.session.state().require()

    def _acts(self) -> None:
        self.acted = True

    def _before(self, name: str) -> None:
        if name == "restore":
            return  # a stopped step must still be able to give the clipboard back
        if name in _LOOKS:
            self.check()
        else:
            self.acting()

    def find(self, target: Target) -> Match:
        """The one place that fits now. Raises TargetNotFound, AmbiguousTarget, WindowNotFound."""
        self.check()
        with self._masking():
            return self.turn.look(lambda: self._eye.find(self._located(target), check=self.check))

    def find_all(self, target: Target) -> tuple[Match, ...]:
        """Every place that fits now."""
        self.check()
        with self._masking():
            return self.turn.look(lambda: self._eye.find_all(self._located(target), check=self.check))

    def read(
        self,
        region: Region | None = None,
        *,
        languages: str | None = None,
        mode: ReadMode = "block",
        min_confidence: float | None = None,
    ) -> TextRead:
        """Read the text of a region of the screen."""
        self.check()
        return self._eye.read(region, languages=languages, mode=mode, min_confidence=min_confidence, check=self.check)

    def read_table(
        self,
        region: Region | None = None,
        *,
        header: bool = True,
        languages: str | None = None,
        min_confidence: float | None = None,
    ) -> Table:
        """Read the table in a region of the screen; empty, with a reason, when there is none."""
        self.check()
        return self._eye.read_table(
            region, header=header, languages=languages, min_confidence=min_confidence, check=self.check
        )

    def watch(
        self, region: Region | None = None, *, window: WindowQuery | None = None
    ) -> AbstractContextManager[Watch]:
        """Keep an eye on a region, a window or all of the screen: see `Eye.watch`. Actions wait by `wait_for`."""
        return self._eye.watch(region, window=window)

    def difference(self, before: Frame, after: Frame) -> float:
        """The share of the pixels that differ, 0 to 1; 1 for frames of different regions."""
        self.check()
        return self._eye.difference(before, after)

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Give what happens inside so many seconds: then the next look at the clock raises TimeUp."""
        check, end = self.check, self.now() + seconds

        def check_both() -> None:
            if self.now() >= end:
                raise TimeUp
            check()

        self.check = check_both
        try:
            yield
        finally:
            self.check = check

    def window(self, query: WindowQuery) -> WindowInfo | None:
        """The topmost window that fits, or None."""
        return next((window for window in self.windows.list() if query.fits(window)), None)

    def secret(self, credential: str, field: str = "password") -> Secret:
        """A field of a credential from the keychain. Only typing opens it, and only where its binding lets it go."""
        self.check()
        return self._vault.secret(credential, field, check=self.check)

    def totp(self, credential: str) -> Secret:
        """The credential's one-time code of this moment."""
        self.check()
        return self._vault.totp(credential, check=self.check)

    def credential(self, name: str) -> Credential:
        """What may be told of a credential: its fields and where it may be used, never a value."""
        self.check()
        return self._vault.credential(name, check=self.check)

    def check_may_type(self, secret: Secret, window: WindowInfo) -> None:
        """Raise CredentialRefused now if typing the secret into this window would, before anything is touched."""
        self.check()
        secret.opened_for(self._devices.askers.asker(window))

    def mask_change(self, before: Frame, window: WindowInfo | None) -> None:
        """Hide, in every later picture, what has changed on the screen since `before`: the secret just typed.

        For as long as its window is there and anything around it looks as it does now.
        """
        after = self._devices.screen.capture(before.region)
        changed = self._eye.changed(before, after)
        if changed is not None:
            self.masks.add(changed.grown(4), window, after)

    def screenshot(
        self, name: str, region: Region | None = None, *, style: PictureStyle | None = None, cursor: bool = False
    ) -> Path:
        """Save the screen (secrets masked) as ``<name>.png`` in the run's folder, or as `style` says.

        Does not look at the stop flag: it is also how the evidence of a stopped step is kept.
        """
        style = style or PictureStyle()
        frame = self._devices.screen.capture(region, cursor=cursor)
        path = self.folder / style.file_name(name)
        path.write_bytes(self._eye.picture(frame, style, masks=self._masked(frame)))
        return path

    def picture_candidates(self, name: str, error: AmbiguousTarget, *, anew: bool = False) -> Path | None:
        """Save the picture in which the target was ambiguous, the candidates numbered, as ``<name>.png``.

        With `anew`, a picture of this moment. None when the error has no picture. Secrets are masked, and the stop flag
        is not looked at, as in `screenshot`.
        """
        if error.frame is None or not error.candidates:
            return None
        frame = self._devices.screen.capture(error.frame.region) if anew else error.frame
        masks = self._masked(frame) if anew else error.masks
        path = self.folder / f"{name}.png"
        path.write_bytes(self._eye.png(self._eye.numbered(frame, error.candidates), masks=masks))
        return path

    def path(self, name: str) -> Path:
        """A file named in the workflow: absolute, from ``~``, or beside the run's other files."""
        path = Path(name).expanduser()
        return path if path.is_absolute() else self.folder / path

    def _masked(self, frame: Frame | None) -> tuple[Region, ...]:
        """What this picture must not show, as it lies on the screen now; in any picture for None."""
        if not self.masks:
            return ()
        return self.masks.regions(self._devices.windows.list(), frame, self._eye.recognises)

    @contextmanager
    def _masking(self) -> Iterator[None]:
        """Note in the error of an ambiguous target, which has a picture, what of it no one may see."""
        try:
            yield
        except AmbiguousTarget as error:
            error.masks = self._masked(error.frame)
            raise

    def _located(self, target: Target) -> Target:
        """The target with its image files looked up beside the workflow."""
        found: dict[str, Any] = {}
        if target.image is not None and not Path(target.image).is_absolute():
            found["image"] = str(self.workflow_folder / target.image)
        if target.anchor is not None:
            found["anchor"] = self._located(target.anchor)
        return target.model_copy(update=found) if found else target

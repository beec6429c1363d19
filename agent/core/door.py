"""The doors before the devices: each call of an action goes through one, and a secret is opened in one only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agent.core.binding import UNBOUND, Asker
from agent.core.devices import Devices, Still
from agent.core.errors import Disturbed, WrongWindow
from agent.core.secret import Secret, one_line_end
from agent.core.target import WindowInfo
from agent.core.turn import Turn


class Checked:
    """Stands before a device and calls `before` ahead of each of its methods."""

    def __init__(self, device: object, before: Callable[[str], None]) -> None:
        self._device = device
        self._before = before

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._device, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            self._before(name)
            return method(*args, **kwargs)

        return call


class InputDoor:
    """Stands before mouse and keyboard. A secret passes only into a window, and only into one that it is meant for.

    It is refused before the first character and before the step counts as having acted. While it is typed, the window
    must stay what it was (`Binding.still_fits`), character by character. The person at the machine goes first: see
    `Turn`.
    """

    def __init__(self, devices: Devices, turn: Turn, acting: Callable[[], None]) -> None:
        """`acting` is called before each call that changes the world."""
        self._devices = devices
        self._turn = turn
        self._acting = acting

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._devices.input, name)

        def call(*args: Any, **options: Any) -> Any:
            if name != "position":
                self._acting()
            return method(*args, **options)

        return lambda *args, **options: self._turn.act(name, call, *args, **options)

    def type_text(self, text: str | Secret, *, into: int | None = None, **options: Any) -> int:
        """`agent.core.devices.Keyboard.type_text`. Raises CredentialRefused, and WrongWindow for no window."""
        typed = 0
        # Once for all of the text: what has the window's id after a halt may be another program's.
        asker = self._asker(into) if isinstance(text, Secret) else None
        while True:
            try:
                return typed + self._turn.act("type_text", self._type, _rest(text, typed), asker, into=into, **options)
            except Disturbed as halt:
                if not halt.done:
                    raise
                typed += halt.done  # and the rest now, because the person has only moved the pointer

    def _type(self, text: str | Secret, asker: Asker | None, *, into: int | None, **options: Any) -> int:
        if isinstance(text, Secret) and asker is not None:
            text, options["still"] = self._opened(text, asker)
        self._acting()
        typed: int = self._devices.input.type_text(text, into=into, **options)
        return typed

    def _opened(self, secret: Secret, asker: Asker) -> tuple[Secret, Still]:
        opened = secret.opened_for(self._devices.askers.asker(asker.window))
        binding = secret.seal.binding if secret.seal is not None else UNBOUND
        return opened, lambda seen: binding.still_fits(asker.window, seen)

    def _asker(self, into: int | None) -> Asker:
        return self._devices.askers.asker(self._window(into))

    def _window(self, into: int | None) -> WindowInfo:
        active = self._devices.windows.active()
        if active is not None and active.id == into:
            return active
        known = () if into is None else self._devices.windows.list()
        window = next((each for each in known if each.id == into), None)
        if window is None:
            raise WrongWindow(
                "No window was named for a secret, or it is gone, so nothing was typed.",
                "Name the window whose field is meant.",
            )
        return window


def _rest(text: str | Secret, typed: int) -> str | Secret:
    """What is left after so many characters, as keyboards count them: a line end is one."""
    if not typed:
        return text
    return text.after(typed) if isinstance(text, Secret) else one_line_end(text)[typed:]

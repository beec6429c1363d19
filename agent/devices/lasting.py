"""`LastingDesktop`: devices that are opened anew when their display was lost and is there again."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from agent.core.devices import DesktopState, Devices
from agent.core.errors import NoDisplay

log = logging.getLogger(__name__)

_KEPT = frozenset({"apps", "session", "person"})
"""Programs do not end with the display, nor does the person; and the session is what tells of the loss."""
_AGAIN_S = 0.2
"""Between two tries to open a lost display."""


class LastingDesktop:
    """The session of devices that live on one display, and stand-ins for them that outlast it.

    A dead display is told by at least one look, even when it is back by then: what ran on it was interrupted. The
    looks after that try to open it anew.
    """

    def __init__(self, open_devices: Callable[[], Devices]) -> None:
        """Open the devices. Raises NoDisplay when there is none at the start."""
        self._open = open_devices
        self._now = open_devices()
        self._lost: NoDisplay | None = None
        self._told = False
        self._tried_at = 0.0
        self._lock = threading.Lock()

    @property
    def devices(self) -> Devices:
        """The devices for the program, good for all of its life."""
        parts = {each.name: _Part(self, each.name) for each in fields(Devices) if each.name not in _KEPT}
        return replace(self._now, session=self, **parts)

    def state(self) -> DesktopState:
        """How it is now; see `Session`."""
        with self._lock:
            if self._lost is None:
                try:
                    return self._now.session.state()
                except NoDisplay as error:
                    self._lost, self._told = error, False
            if self._told and self._is_back():
                return self._now.session.state()
            self._told = True
            return DesktopState.gone(self._lost)

    def current(self, name: str) -> Any:
        """The device of this name as it was opened last."""
        return getattr(self._now, name)

    def lost(self, name: str, device: object, error: NoDisplay) -> None:
        """A call has found the display dead. One that was made on devices since replaced says nothing."""
        with self._lock:
            if self._lost is None and getattr(self._now, name) is device:
                self._lost, self._told = error, False

    def _is_back(self) -> bool:
        if time.monotonic() < self._tried_at + _AGAIN_S:
            return False
        self._tried_at = time.monotonic()
        try:
            self._now = replace(self._open(), apps=self._now.apps)
        except NoDisplay:
            return False
        log.warning("The display was lost, and is there again.")
        self._lost = None
        return True


class _Part:
    """Stands for one device; each call goes to the one that is open now."""

    def __init__(self, desktop: LastingDesktop, name: str) -> None:
        self._desktop = desktop
        self._name = name

    def __getattr__(self, name: str) -> Any:
        device = self._desktop.current(self._name)
        value = getattr(device, name)
        if not callable(value):
            return value

        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                return value(*args, **kwargs)
            except NoDisplay as error:
                self._desktop.lost(self._name, device, error)
                raise

        return call

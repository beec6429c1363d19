"""The window: PySide6 lives here and nowhere else. It shows and asks; the one `Agent` object does the work.

::

    application.py    builds all of this, one instance a user
    bridge.py         the one place where threads meet Qt
    theme.py          colours, palette, icons, light and dark
    main_window.py    the workflow list, the run and its step log, put together
    tray.py           the tray icon
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window (or raise the one that is open already); returns the exit code when it is closed."""
    from agent.devices.person import sentinel

    if argv is None and sys.argv[1:2] == [sentinel.SENTINEL]:
        return sentinel.main(sys.argv[2])
    from agent.gui.application import run

    return run(argv)

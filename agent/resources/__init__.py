"""Where the bundled data are: icons, examples, schema, translations, help."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def path(name: str) -> Path:
    """A bundled file or folder, such as ``icons/mouse.svg``.

    In an installed package they lie in ``agent/data``; in the source tree in ``resources`` at the top.
    """
    installed = _PACKAGE / "data"
    return (installed if installed.is_dir() else _PACKAGE.parent / "resources") / name

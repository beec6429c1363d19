"""The shape of the house: who may import whom, what core does not need, and how large a file may grow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AGENT = ROOT / "agent"
MOST_LINES = 450
HEAVY = ("numpy", "cv2", "PySide6", "sqlmodel", "sqlalchemy", "PIL", "tesserocr", "keyring", "mss", "httpx", "typer")


def python(code: str) -> subprocess.CompletedProcess[str]:
    """Run the code in an interpreter of its own, from the project's folder."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)


def test_upper_layers_import_lower_ones_only() -> None:
    checked = python("import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "0 broken" in checked.stdout


def test_the_whole_core_needs_nothing_heavy() -> None:
    modules = ", ".join(f"agent.core.{path.stem}" for path in sorted((AGENT / "core").glob("[a-z]*.py")))
    loaded = python(f"import sys, {modules}\nprint(*(name for name in {HEAVY} if name in sys.modules))")
    assert loaded.returncode == 0, loaded.stderr
    assert loaded.stdout.split() == []


def test_no_file_has_grown_too_long() -> None:
    lines = {path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines()) for path in AGENT.rglob("*.py")}
    assert lines
    assert {path: count for path, count in lines.items() if count > MOST_LINES} == {}


def test_every_module_says_in_its_first_line_what_lives_there() -> None:
    silent = [path for path in AGENT.rglob("*.py") if not path.read_text(encoding="utf-8").lstrip().startswith('"""')]
    assert silent == []


def test_the_packaging_folder_does_not_hide_the_library_of_that_name() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()

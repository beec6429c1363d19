"""Make the corpus: ``python tests/benchmarks/corpus/make.py OUT [--set SET]`` writes NAME.png and NAME.json.

Each screen is a real window on a virtual display of its own (Xvfb, 1920 × 1080); the JSON says what the widgets say:

    {"texts": [{"text": "Speichern", "rect": [x, y, width, height], "kind": "button"}, …], "ignored": [[x, y, …], …],
     "meta": {"toolkit": "qt", "language": "de", "dark": false, "scale": 100, "font": "DejaVu Sans", "missing": [], …}}

A screen with a story has NAME.01.png and so on too, and ``"frames": [{"file": …, "kind": "cell", "texts": […]}, …]``
with the texts that are new in each. ``--set sequence --frames 200`` writes the pictures of a small window at work.

On Debian the toolkits and fonts are: ``python3-tk python3-gi gir1.2-gtk-3.0 adwaita-icon-theme chromium fonts-dejavu
fonts-liberation fonts-noto-core fonts-noto-mono fonts-roboto-unhinted fonts-open-sans fonts-lato fonts-cantarell
fonts-urw-base35``; a toolkit that is missing costs its screens, a font is replaced, and both are said on stderr. The
same spec gives the same picture, byte by byte, but for the browser, whose smoothing of edges can differ by a shade.

`ignored` are places where text is cut off or covered, so that nobody can say what a reader should see there.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from content import Maker, content
from screens import SETS

from agent.cli.bench.conversation import Conversation
from agent.core.errors import AgentError
from agent.devices.virtual_display import VirtualDisplay

HERE = Path(__file__).resolve().parent
SYSTEM_PYTHON = "/usr/bin/python3"
"""GTK's bindings are Debian packages (python3-gi, gir1.2-gtk-3.0), which only the system's Python sees."""


def main() -> int:
    """Make the screens that are asked for; 1 when one could not be made."""
    parser = argparse.ArgumentParser(description="Make the corpus of screens with their true texts.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--set", dest="chosen", choices=sorted(SETS), default="tuning")
    parser.add_argument("--only", default="", help="names that start so")
    parser.add_argument("--frames", type=int, default=200, help="of the set `sequence`")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    failed = 0
    for screen in SETS[given.chosen]:
        if screen["name"].startswith(given.only):
            failed += not make(screen, given.out, given.frames if given.chosen == "sequence" else 0)
    return 1 if failed else 0


def make(screen: Mapping[str, Any], out: Path, frames: int = 0) -> bool:
    """Make one screen; False, and a line on stderr, when its toolkit is not there.

    With `frames` so many pictures of the window at work are written instead: NAME.000.png and so on.
    """
    try:
        with shown(screen) as window:
            if frames:
                sequence(window, out, frames)
                return True
            window.save(out / screen["name"], story(window, out) if screen.get("story") else [])
    except (AgentError, FileNotFoundError) as error:
        print(f"{screen['name']}: not made: {error}", file=sys.stderr)
        return False
    for font in window.told.get("missing", ()):
        print(f"{screen['name']}: the font {font} is missing, {window.told['font']} was taken", file=sys.stderr)
    return True


class Shown:
    """A window that is shown, and its picture."""

    def __init__(self, screen: Mapping[str, Any], talk: Conversation, display: VirtualDisplay) -> None:
        self.screen = screen
        self.told = talk.first
        self._first = self.picture = self._capture(display)
        self._talk = talk
        self._display = display

    def ask(self, do: str, **more: Any) -> list[dict[str, Any]]:
        """Let the window do something; what texts are on it then."""
        told = self._talk.ask({"do": do, **more})
        self.picture = self._capture(self._display)
        texts: list[dict[str, Any]] = told["texts"]
        return texts

    def write(self, path: Path) -> None:
        """The picture of after the last question."""
        _write(path, self.picture)

    def save(self, path: Path, frames: list[dict[str, Any]]) -> None:
        """NAME.png and NAME.json: the window as it was at first."""
        _write(path.with_name(path.name + ".png"), self._first)
        kept = ("toolkit", "style", "language", "dark", "scale", "size", "domain", "seed")
        meta = {name: self.screen[name] for name in kept}
        meta |= {"font": self.told.get("font", ""), "missing": self.told.get("missing", [])}
        written = {"texts": self.told["texts"], "ignored": self.told["ignored"], "meta": meta}
        if frames:
            written["frames"] = frames
        text = json.dumps(written, ensure_ascii=False, indent=1) + "\n"
        path.with_name(path.name + ".json").write_text(text, "utf-8")

    def _capture(self, display: VirtualDisplay) -> Any:
        """The screen as BGRA pixels; of a window that does not fill it, its part."""
        import mss
        import numpy as np

        os.environ.update(DISPLAY=display.name, XAUTHORITY=display.environment()["XAUTHORITY"])
        with mss.MSS() as screen:
            pixels = np.asarray(screen.grab(screen.monitors[0]))
        width, height = self.screen.get("window", (pixels.shape[1], pixels.shape[0]))
        return pixels[:height, :width]


def story(window: Shown, out: Path) -> list[dict[str, Any]]:
    """What happens in the window, picture by picture, each with the texts that are new in it.

    The window as it is, one cell changed (four times), a dialog opened and closed (twice), the table scrolled, and a
    film that plays over most of the window.
    """
    screen = window.screen
    data = content(screen["domain"], screen["language"], screen["seed"])
    maker = Maker(screen["language"], "b", screen["seed"] + 1)
    frames: list[dict[str, Any]] = []

    def keep(kind: str, told: list[dict[str, Any]], new: list[str]) -> None:
        name = f"{screen['name']}.{len(frames):02d}.png"
        window.write(out / name)
        texts = [next(text for text in told if text["text"] == wanted) for wanted in new]
        frames.append({"file": name, "kind": kind, "texts": texts})

    keep("start", window.told["texts"], [])
    for row in range(4):
        amount = maker.amount()
        keep("cell", window.ask("cell", row=2 * row + 1, column=data.right[-1], text=amount), [amount])
    for _ in range(2):
        text = maker.fill(data.question)
        keep("dialog", window.ask("message", text=text), text.split("\n"))
        keep("plain", window.ask("message", text=""), [])
    keep("scroll", window.ask("scroll", row=20), [])
    for number in range(2):
        keep("film", window.ask("film", rect=[200, 150, 1600, 800], frame=number), [])
    return frames


def sequence(window: Shown, out: Path, frames: int) -> None:
    """The window at work: typing, a dialog, scrolling, a film that plays over a part of it; round and round."""
    screen = window.screen
    maker = Maker(screen["language"], "b", screen["seed"])
    question = content(screen["domain"], screen["language"], screen["seed"]).question
    typed, open_dialog, playing = "", False, False
    for number in range(frames):
        part = number % 20
        if part < 8:
            if playing:
                window.ask("film", rect=[0, 0, 1, 1], frame=-1)
            playing = False
            typed = (typed + maker.remark()[: 1 + number % 7] + ("\n" if part == 7 else " "))[-120:]
            window.ask("type", text=typed)
        elif part < 12:
            open_dialog = not open_dialog
            dialog = maker.fill(question)
            window.ask("message", text=dialog if open_dialog else "")
        elif part < 16:
            window.ask("scroll", row=(number * 7) % 40)
        else:
            playing = True
            window.ask("film", rect=[240 - 40 * (number % 4), 120, 260, 180], frame=number)
        window.write(out / f"{screen['name']}.{number:03d}.png")


def _write(path: Path, pixels: Any) -> None:
    import cv2

    cv2.imwrite(str(path), pixels[:, :, :3])


@contextmanager
def shown(screen: Mapping[str, Any]) -> Iterator[Shown]:
    """The window on a display of its own."""
    with VirtualDisplay() as display:
        program, more = PROGRAMS[screen["toolkit"]](screen)
        environment = {**display.environment(), **more}
        command = [str(HERE / f"window_{screen['toolkit']}.py"), json.dumps(screen)]
        with Conversation(screen["name"], command, environment, program=program) as talk:
            time.sleep(0.3)  # the last painting of the toolkit's own animations
            yield Shown(screen, talk, display)


def _qt(screen: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    return sys.executable, {"QT_SCALE_FACTOR": str(screen["scale"] / 100), "QT_ENABLE_HIGHDPI_SCALING": "1"}


def _tk(screen: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    return sys.executable, {}


def _gtk(screen: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    return _found(SYSTEM_PYTHON), {
        "GDK_DPI_SCALE": str(screen["scale"] / 100),
        "GTK_THEME": screen.get("theme") or screen["style"] + (":dark" if screen["dark"] else ""),
        "GTK_OVERLAY_SCROLLING": "0",
        "NO_AT_BRIDGE": "1",
    }


def _web(screen: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    return sys.executable, {"TLA_CHROMIUM": _found("chromium")}


PROGRAMS = {"qt": _qt, "tk": _tk, "gtk": _gtk, "web": _web}
"""Which Python runs the window, and with which variables."""


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise FileNotFoundError(f"{program} is not installed")
    return path


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""From a fresh clone to a running program: ``python3 packaging/bootstrap.py demo`` or ``… test``.

Needs nothing but Python 3.11 and its standard library. It makes ``.venv``, installs the project into it, and
installs what the system lacks (with apt, brew or winget) where that is allowed without a question; else it
names what is missing and how to get it.
"""

from __future__ import annotations

import argparse
import ctypes.util
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
WINDOWS = sys.platform == "win32"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
STAMP = VENV / "installed.txt"


@dataclass(frozen=True)
class Need:
    """Something of the operating system: how to see whether it is there, and what each package manager calls it."""

    name: str
    present: Callable[[], bool]
    apt: str = ""
    brew: str = ""
    winget: str = ""


def program(name: str) -> Callable[[], bool]:
    """Whether a program is on the PATH."""
    return lambda: shutil.which(name) is not None


def library(name: str) -> Callable[[], bool]:
    """Whether a shared library can be found (Linux only; elsewhere the wheels bring their own)."""
    return lambda: ctypes.util.find_library(name) is not None


def debian_package(name: str) -> Callable[[], bool]:
    """Whether a Debian package is installed; other Linuxes count as having it and are told by `tla doctor`."""

    def present() -> bool:
        if shutil.which("dpkg-query") is None:
            return True
        shown = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Status}", name], capture_output=True, text=True, check=False
        )
        return "ok installed" in shown.stdout

    return present


def ocr_data(language: str) -> Callable[[], bool]:
    """Whether Tesseract's data of a language are in one of the usual places."""

    def present() -> bool:
        places = [
            os.environ.get("TESSDATA_PREFIX", ""),
            "/usr/share/tesseract-ocr/5/tessdata",
            "/usr/share/tesseract-ocr/4.00/tessdata",
            "/usr/share/tessdata",
            "/usr/share/tesseract/tessdata",
            "/opt/homebrew/share/tessdata",
            "/usr/local/share/tessdata",
            r"C:\Program Files\Tesseract-OCR\tessdata",
        ]
        return any(place and (Path(place) / f"{language}.traineddata").is_file() for place in places)

    return present


TESSERACT = "UB-Mannheim.TesseractOCR"
OCR = (
    Need("OCR data: German", ocr_data("deu"), apt="tesseract-ocr-deu", brew="tesseract-lang", winget=TESSERACT),
    Need("OCR data: English", ocr_data("eng"), apt="tesseract-ocr-eng", brew="tesseract", winget=TESSERACT),
)
# What Qt's window on X11 loads at run time, and what `devices` speaks through.
LIBRARIES = {
    "xcb": "libxcb1",
    "xcb-cursor": "libxcb-cursor0",
    "xcb-icccm": "libxcb-icccm4",
    "xcb-image": "libxcb-image0",
    "xcb-keysyms": "libxcb-keysyms1",
    "xcb-randr": "libxcb-randr0",
    "xcb-render-util": "libxcb-render-util0",
    "xcb-shape": "libxcb-shape0",
    "xcb-shm": "libxcb-shm0",
    "xcb-xinerama": "libxcb-xinerama0",
    "xcb-xkb": "libxcb-xkb1",
    "xkbcommon-x11": "libxkbcommon-x11-0",
    "EGL": "libegl1",
    "GL": "libgl1",
    "fontconfig": "libfontconfig1",
    "dbus-1": "libdbus-1-3",
    "glib-2.0": "libglib2.0-0",
}
X11 = (
    *(Need(f"lib{name}", library(name), apt=apt) for name, apt in LIBRARIES.items()),
    Need("fonts", debian_package("fonts-dejavu-core"), apt="fonts-dejavu-core"),
)
VIRTUAL_SCREEN = (
    Need("Xvfb (a virtual screen)", program("Xvfb"), apt="xvfb"),
    Need("openbox (a window manager)", program("openbox"), apt="openbox"),
)
FOR_TESTS = (
    Need("tesseract (the fallback for OCR)", program("tesseract"), apt="tesseract-ocr"),
    Need("setxkbmap", program("setxkbmap"), apt="x11-xkb-utils"),
    Need("dbus-run-session", program("dbus-run-session"), apt="dbus"),
    Need("trayer (a tray for icons)", program("trayer"), apt="trayer"),
    Need("gnome-keyring (a real keychain)", program("gnome-keyring-daemon"), apt="gnome-keyring"),
    Need("GTK for Python (windows to read and type into)", debian_package("python3-gi"), apt="python3-gi"),
    Need("GTK 3", debian_package("gir1.2-gtk-3.0"), apt="gir1.2-gtk-3.0"),
    Need("Chromium (pages to read and type into)", program("chromium"), apt="chromium"),
    Need("i3lock (a locked screen)", program("i3lock"), apt="i3lock"),
)


def needs(task: str) -> tuple[Need, ...]:
    """What the task needs of this operating system."""
    if sys.platform != "linux":
        return OCR
    has_display = bool(os.environ.get("DISPLAY"))
    wanted = OCR + X11 + (() if has_display and task == "demo" else VIRTUAL_SCREEN)
    return wanted + (FOR_TESTS + tkinter() if task == "test" else ())


def tkinter() -> tuple[Need, ...]:
    """Tk for typing into a window that is not Qt's: a package of its own beside Debian's Python, else built in."""
    debian = Path(sys.executable).resolve().is_relative_to("/usr/bin")
    return (Need("tkinter", debian_package("python3-tk"), apt="python3-tk"),) if debian else ()


def install_command(missing: Sequence[Need]) -> list[list[str]]:
    """The commands that install what is missing, or an empty list when no known package manager is here."""
    if sys.platform == "linux" and shutil.which("apt-get"):
        names = sorted({need.apt for need in missing if need.apt})
        return [["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *names]]
    if sys.platform == "darwin" and shutil.which("brew"):
        return [["brew", "install", *sorted({need.brew for need in missing if need.brew})]]
    if WINDOWS and shutil.which("winget"):
        quiet = ["--accept-package-agreements", "--accept-source-agreements", "--silent"]
        return [["winget", "install", "-e", "--id", name, *quiet] for name in sorted({n.winget for n in missing})]
    return []


def rights() -> list[str] | None:
    """What to put before a command that installs: nothing, ``sudo -n``, or None when we are not allowed to."""
    if sys.platform != "linux" or os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    if shutil.which("sudo") and subprocess.run([*sudo, "true"], capture_output=True, check=False).returncode == 0:
        return sudo
    return None


def provide_system(task: str, *, allowed: bool) -> None:
    """Install what the system lacks, or say what and how, and end."""
    missing = [need for need in needs(task) if not need.present()]
    if not missing:
        return
    names = ", ".join(need.name for need in missing)
    commands, before = install_command(missing), rights() if allowed else None
    if before is None or not commands:
        lines = [" ".join(["sudo", *command] if sys.platform == "linux" else command) for command in commands]
        how = "\n".join(f"    {line}" for line in lines) or "    (no package manager that this script knows was found)"
        end(f"This machine lacks: {names}.\nInstall it and start again:\n{how}")
    say(f"Installing what the system lacks: {names}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in commands:
        # winget's own exit code for “is installed already” is no failure; what counts is the look afterwards.
        subprocess.run([*before, *command], env=environment, check=False, stdout=subprocess.DEVNULL)
    if left := [need.name for need in missing if not need.present()]:
        end(f"Still missing after the installation: {', '.join(left)}. The package manager's messages are above.")


def provide_environment(extra: str) -> None:
    """Make ``.venv`` and install the project with the extra, unless exactly this was done before."""
    wanted = hashlib.sha256(
        (ROOT / "pyproject.toml").read_bytes() + sys.version.encode() + platform.machine().encode() + extra.encode()
    ).hexdigest()
    if STAMP.exists() and wanted in STAMP.read_text(encoding="ascii").split():
        return
    python = BIN / ("python.exe" if WINDOWS else "python")
    if not python.exists():
        say(f"Making the environment {VENV.name}")
        make_venv()
    say("Installing the project and its libraries (a few minutes the first time)")
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*pip, "--upgrade", "pip"])
    run([*pip, "--editable", f"{ROOT}[{extra}]" if extra else str(ROOT)])
    with STAMP.open("a", encoding="ascii") as stamp:
        stamp.write(wanted + "\n")


def make_venv() -> None:
    """Make the virtual environment; Debian splits what that needs into a package of its own."""
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    package = f"python3.{sys.version_info.minor}-venv"
    before = rights()
    if sys.platform == "linux" and shutil.which("apt-get") and before is not None:
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", package]):
            subprocess.run([*before, *command], check=False, stdout=subprocess.DEVNULL)
        run([sys.executable, "-m", "venv", str(VENV)])
        return
    end(f"Python cannot make a virtual environment:\n{made.stderr or made.stdout}\nOn Debian: apt install {package}")


def run(command: Sequence[str], **environment: str) -> None:
    """Run a command; end with its exit code when it fails."""
    code = subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=False).returncode
    if code:
        end(f"This failed with exit code {code}: {' '.join(command)}", code)


def say(text: str) -> None:
    """A line of progress."""
    print(f"· {text}", flush=True)


def end(text: str, code: int = 1) -> None:
    """The last words, and the exit code."""
    print(text, file=sys.stderr, flush=True)
    sys.exit(code)


def demo(arguments: list[str]) -> None:
    """Run the main job on the bundled application."""
    provide_environment("")
    tla = str(BIN / ("tla.exe" if WINDOWS else "tla"))
    sys.exit(subprocess.run([tla, "demo", *arguments], check=False).returncode)


def test(arguments: list[str]) -> None:
    """Format, lint, types, layers and all tests; what follows ``test`` goes to pytest."""
    provide_environment("dev")
    if not arguments:
        run([str(BIN / "ruff"), "format", "--check", "."])
        run([str(BIN / "ruff"), "check", "."])
        run([str(BIN / "mypy")])
    run([str(BIN / "python"), "-m", "pytest", *arguments])


def main() -> None:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("task", choices=("demo", "test"))
    parser.add_argument("--no-system-packages", action="store_true", help="name what is missing, install nothing")
    options, rest = parser.parse_known_args()
    provide_system(options.task, allowed=not options.no_system_packages)
    {"demo": demo, "test": test}[options.task](rest)


if __name__ == "__main__":
    if sys.version_info < (3, 11):
        end(f"Python 3.11 or newer is needed; this is {platform.python_version()}.")
    main()

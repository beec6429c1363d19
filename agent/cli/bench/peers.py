"""The peers: what each does, in the way its own manual shows. Each lives in the process of `agent.cli.bench.peer`.

They are imported by name, because none of them has to be installed; a missing one raises ImportError.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import io
import logging
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, cast


class Product:
    """The base of the peers. Making one imports the product; it raises ImportError, or what else the product raises."""

    distribution: ClassVar[str]
    """What pip calls it; its version is read from there."""
    how: ClassVar[str] = ""
    """What the table adds to its name."""
    needs_screen: ClassVar[bool] = False


def titled(product: type[Product]) -> str:
    """The peer for the table: name, version, and how it is used where that matters."""
    try:
        version = importlib.metadata.version(product.distribution)
    except importlib.metadata.PackageNotFoundError:
        version = ""
    return " ".join(part for part in (product.distribution, version, product.how) if part)


class Mss(Product):
    """mss with its default backend and one long-lived instance: its fastest way."""

    distribution = "mss"
    needs_screen = True

    def __init__(self) -> None:
        self._numpy = importlib.import_module("numpy")
        self._mss = importlib.import_module("mss").MSS()

    def grab(self, box: list[int]) -> object:
        """The pixels of x, y, width, height as a numpy array."""
        place = dict(zip(("left", "top", "width", "height"), box, strict=True))
        return self._numpy.asarray(self._mss.grab(place))


class Pillow(Product):
    """Pillow: its own screenshot, and its own encoders with the default settings."""

    distribution = "pillow"
    needs_screen = True

    def __init__(self) -> None:
        self._image = importlib.import_module("PIL.Image")
        self._grab = importlib.import_module("PIL.ImageGrab")
        self._numpy = importlib.import_module("numpy")
        self._raw = b""
        self._two: list[Any] = []
        self._size = (0, 0)

    def grab(self) -> object:
        """The screen as a numpy array."""
        return self._numpy.asarray(self._grab.grab(xdisplay=os.environ.get("DISPLAY")))

    def load(self, path: str, size: list[int]) -> None:
        """Read the raw BGRA pixels that `encode` shall write."""
        self._raw, self._size = Path(path).read_bytes(), (size[0], size[1])

    def encode(self, kind: str, options: Mapping[str, Any]) -> int:
        """Write the picture into memory; how many bytes it has."""
        image = self._image.frombuffer("RGB", self._size, self._raw, "raw", "BGRX", 0, 1)
        file = io.BytesIO()
        image.save(file, format=kind, **options)
        return file.tell()

    def load_two(self, paths: list[str], size: list[int]) -> None:
        """Read the raw BGRA pixels of two pictures that `difference` shall compare."""
        raw = [Path(path).read_bytes() for path in paths]
        self._two = [self._image.frombuffer("RGB", (size[0], size[1]), each, "raw", "BGRX", 0, 1) for each in raw]

    def difference(self) -> list[int]:
        """The rectangle around all that differs, as its own recipe tells it: left, top, right, bottom; or nothing."""
        return list(importlib.import_module("PIL.ImageChops").difference(*self._two).getbbox() or ())


class Pytesseract(Product):
    """pytesseract on an image that is already there (its screenshot is not counted).

    OMP_THREAD_LIMIT=1 makes it 2 to 6 times faster on a small machine; without it our ratios would be flattered.
    """

    distribution = "pytesseract"
    how = "(OMP_THREAD_LIMIT=1)"

    def __init__(self) -> None:
        os.environ["OMP_THREAD_LIMIT"] = "1"
        self._library = cast(Any, importlib.import_module("pytesseract"))
        self._open = importlib.import_module("PIL.Image").open
        self._library.get_tesseract_version()  # raises when the program itself is missing
        self._image: Any = None

    def load(self, path: str) -> None:
        """Read the PNG that `read` shall read."""
        self._image = self._open(path).convert("RGB")

    def read(self, languages: str) -> list[list[Any]]:
        """The words with their places and confidences: [text, x, y, width, height, 0 to 100]."""
        found = self._library.image_to_data(self._image, lang=languages, output_type=self._library.Output.DICT)
        fields = (found[name] for name in ("text", "left", "top", "width", "height", "conf"))
        return [list(word) for word in zip(*fields, strict=True) if word[0].strip()]

    def find(self, text: str, languages: str) -> bool:
        """Whether the words of the text follow each other on the screen: the usual recipe for “find this text”."""
        read = " ".join(word[0] for word in self.read(languages))
        return text in read


class Tesserocr(Product):
    """tesserocr with one long-lived engine for each language: a plain reading of the whole picture in process."""

    distribution = "tesserocr"
    how = "(psm 3)"

    def __init__(self) -> None:
        self._library = cast(Any, importlib.import_module("tesserocr"))
        self._open = importlib.import_module("PIL.Image").open
        self._engines: dict[str, Any] = {}
        self._image: Any = None

    def load(self, path: str) -> None:
        """Read the PNG that `read` shall read."""
        self._image = self._open(path).convert("RGB")

    def read(self, languages: str) -> list[list[Any]]:
        """The words with their places and confidences: [text, x, y, width, height, 0 to 100]."""
        engine = self._engine(languages)
        engine.SetImage(self._image)
        if not engine.Recognize():
            return []
        word = self._library.RIL.WORD
        found = []
        for item in self._library.iterate_level(engine.GetIterator(), word):
            if not item.Empty(word) and item.GetUTF8Text(word).strip():
                left, top, right, bottom = item.BoundingBox(word)
                text, confidence = item.GetUTF8Text(word), item.Confidence(word)
                found.append([text, left, top, right - left, bottom - top, confidence])
        return found

    def _engine(self, languages: str) -> Any:
        if languages not in self._engines:
            from agent.vision.tesseract import tessdata_folder

            folder = str(tessdata_folder("", languages))  # the same models as ours
            mode = self._library.PSM.AUTO
            self._engines[languages] = self._library.PyTessBaseAPI(path=folder, lang=languages, psm=mode)
        return self._engines[languages]


class Pyscreeze(Product):
    """PyScreeze, which is PyAutoGUI's image search, on a screenshot that is already there."""

    distribution = "PyScreeze"
    how = "(image given)"

    def __init__(self) -> None:
        importlib.import_module("cv2")  # without it PyScreeze would fall back to a search in pure Python
        self._library = cast(Any, importlib.import_module("pyscreeze"))
        self._not_found = self._library.ImageNotFoundException
        self._open = importlib.import_module("PIL.Image").open
        self._screen: Any = None
        self._wanted: Any = None

    def load(self, screen: str, wanted: str) -> None:
        """Read the two PNGs."""
        self._screen, self._wanted = self._open(screen).convert("RGB"), self._open(wanted).convert("RGB")

    def find(self) -> bool:
        """Whether the wanted picture is on the screen."""
        try:
            return self._library.locate(self._wanted, self._screen, confidence=0.95) is not None
        except self._not_found:
            return False


class OnXlib(Product):
    """The base of those that reach the screen by the Xlib of Python."""

    needs_screen = True

    def __init__(self) -> None:
        if os.environ.get("XAUTHORITY"):
            self._name_this_display(Path(os.environ["XAUTHORITY"]))

    def _name_this_display(self, authority: Path) -> None:
        """Python's Xlib knows no key that is good for any machine and display, as ours is: give it one for this."""
        any_machine, this_machine = 65535, 256  # FamilyWild and FamilyLocal in X11/Xauth.h
        key = authority.read_bytes()
        if key[:6] == struct.pack(">HHH", any_machine, 0, 0):
            self._folder = tempfile.TemporaryDirectory()
            path = Path(self._folder.name) / "Xauthority"
            host, number = socket.gethostname().encode(), os.environ["DISPLAY"].strip(":").encode()
            place = b"".join(struct.pack(">H", len(part)) + part for part in (host, number))
            path.write_bytes(struct.pack(">H", this_machine) + place + key[6:])
            os.environ["XAUTHORITY"] = str(path)


class Pyautogui(OnXlib):
    """PyAutoGUI without its pause: 100 ms after every call, which is a sleep and says nothing about its work."""

    distribution = "PyAutoGUI"
    how = "(PAUSE=0)"
    pause_s: ClassVar[float] = 0.0

    def __init__(self) -> None:
        super().__init__()
        # MouseInfo ends the whole process where tkinter is missing; PyAutoGUI does without it.
        sys.modules["mouseinfo"] = None  # type: ignore[assignment]  # None makes the import raise ImportError
        self._library = cast(Any, importlib.import_module("pyautogui"))
        self._library.PAUSE = self.pause_s
        self._library.FAILSAFE = False

    def click(self, x: int, y: int) -> None:
        """Move there and click."""
        self._library.click(x, y)

    def move(self, x: int, y: int) -> None:
        """Move there."""
        self._library.moveTo(x, y)

    def write(self, text: str) -> None:
        """Type the text."""
        self._library.write(text)


class PyautoguiByDefault(Pyautogui):
    """The same as people first meet it."""

    how = "(its default pause)"
    pause_s = 0.1


class Pynput(OnXlib):
    """pynput's controller, as its manual shows it."""

    distribution = "pynput"

    def __init__(self) -> None:
        super().__init__()
        mouse = importlib.import_module("pynput.mouse")
        self._left = mouse.Button.left
        self._mouse = mouse.Controller()
        self._keyboard = importlib.import_module("pynput.keyboard").Controller()

    def click(self, x: int, y: int) -> None:
        """Move there and click."""
        self._mouse.position = (x, y)
        self._mouse.click(self._left)

    def move(self, x: int, y: int) -> None:
        """Move there."""
        self._mouse.position = (x, y)

    def write(self, text: str) -> None:
        """Type the text."""
        self._keyboard.type(text)


class Xdotool(Product):
    """The program xdotool with its own delay of 12 ms between the keys: with less it loses more."""

    distribution = "xdotool"
    needs_screen = True

    def __init__(self) -> None:
        if shutil.which("xdotool") is None:
            raise ImportError("the program xdotool is missing")

    def write(self, text: str) -> None:
        """Type the text."""
        subprocess.run(["xdotool", "type", text], check=True)


class Xtest(OnXlib):
    """The bare requests of the XTEST extension and nothing else: the floor for all of them."""

    distribution = "python-xlib"
    how = "(bare XTEST)"

    def __init__(self) -> None:
        super().__init__()
        self._x = importlib.import_module("Xlib.X")
        self._fake = importlib.import_module("Xlib.ext.xtest").fake_input
        self._display = importlib.import_module("Xlib.display").Display()

    def move(self, x: int, y: int) -> None:
        """Move there, and wait for the server."""
        self._fake(self._display, self._x.MotionNotify, x=x, y=y)
        self._display.sync()

    def click(self, x: int, y: int) -> None:
        """Move there and click, and wait for the server."""
        self._fake(self._display, self._x.MotionNotify, x=x, y=y)
        self._fake(self._display, self._x.ButtonPress, 1)
        self._fake(self._display, self._x.ButtonRelease, 1)
        self._display.sync()


class Dbos(Product):
    """DBOS on SQLite: each step's outcome is committed before the next one starts."""

    distribution = "dbos"
    how = "(SQLite)"

    def __init__(self) -> None:
        library = importlib.import_module("dbos")
        logging.disable(logging.CRITICAL)
        # On the disk of our own database, not in memory: the commits are what is compared.
        self._folder = tempfile.TemporaryDirectory(dir=os.environ.get(FOLDER))
        path = Path(self._folder.name) / "dbos.sqlite"
        library.DBOS(config={"name": "bench", "system_database_url": f"sqlite:///{path}", "run_admin_server": False})

        @library.DBOS.step()  # type: ignore[untyped-decorator]  # DBOS need not be installed where mypy runs
        def nothing() -> None:
            return None

        @library.DBOS.workflow()  # type: ignore[untyped-decorator]  # as above
        def chain(steps: int) -> None:
            for _ in range(steps):
                nothing()

        self._chain = chain
        library.DBOS.launch()

    def run(self, steps: int) -> None:
        """A workflow of so many steps that do nothing, one after the other."""
        self._chain(steps)


class Typer(Product):
    """The help of typer's own program: the toolkit alone, which is the floor for a command line made with it."""

    distribution = "typer"
    how = "--help"

    def __init__(self) -> None:
        self._command = [sys.executable, "-m", "typer", "--help"]
        self.help()

    def help(self) -> None:
        """Start it and wait for its end."""
        subprocess.run(self._command, check=True, stdout=subprocess.DEVNULL)


class Eager(Product):
    """An empty Qt window behind all the libraries that a desktop agent needs, imported before it is shown."""

    distribution = "PySide6-Essentials"
    how = "(eager imports)"
    needs_screen = True

    _PROGRAM = """
import cv2, httpx, keyring, mss, numpy, PIL.Image, psutil, pydantic, pytesseract, sqlmodel, tesserocr, typer
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.resize(900, 600)
window.show()
application.exec()
"""

    def __init__(self) -> None:
        from agent.cli.bench.launch import Launch

        self._launch = Launch([sys.executable, "-c", self._PROGRAM])
        self.start()
        self.end()

    def start(self) -> None:
        """Start it and wait until its window is shown."""
        self._launch.start()

    def end(self) -> None:
        """End it."""
        self._launch.end()


class Locate(Pyautogui):
    """PyAutoGUI's image search with its own capture: on Linux the program scrot, as its manual says."""

    how = "locateOnScreen, with its capture"

    def __init__(self) -> None:
        if sys.platform == "linux":
            if shutil.which("scrot") is None:
                raise ImportError("it captures with scrot, which is missing")
            os.environ["XDG_SESSION_TYPE"] = "x11"  # as in every X11 session; without it it does not capture
        os.chdir(os.environ[FOLDER])  # its screenshots go to the current folder
        importlib.import_module("cv2")  # without it the search is one in pure Python
        super().__init__()

    def find(self, wanted: str, expected: bool) -> bool:
        """Whether the wanted picture is on the screen; an answer that is wrong is none."""
        try:
            found = self._library.locateOnScreen(wanted, confidence=0.95) is not None
        except self._library.ImageNotFoundException:
            found = False
        if found != expected:
            raise ValueError(f"it says {found} instead of {expected}")
        return found


FOLDER = "TLA_BENCH_FOLDER"
"""The environment variable that names a folder on a real disk for what a peer writes."""

PEERS: Mapping[str, type[Product]] = {
    "dbos": Dbos,
    "eager": Eager,
    "locate": Locate,
    "mss": Mss,
    "pillow": Pillow,
    "pyautogui": Pyautogui,
    "pyautogui.default": PyautoguiByDefault,
    "pynput": Pynput,
    "pyscreeze": Pyscreeze,
    "pytesseract": Pytesseract,
    "tesserocr": Tesserocr,
    "typer": Typer,
    "xdotool": Xdotool,
    "xtest": Xtest,
}
"""Every peer by the name that rows use."""

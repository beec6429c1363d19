"""`Display`: the requests that windows and input both need, as methods with Python values."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from agent.core.geometry import Region
from agent.devices.x11.connection import Connection, XError

GET_WINDOW_ATTRIBUTES, GET_GEOMETRY, QUERY_TREE, GET_PROPERTY = 3, 14, 15, 20
SEND_EVENT, QUERY_POINTER, TRANSLATE, GET_INPUT_FOCUS = 25, 38, 40, 43

TITLES = ("_NET_WM_NAME", "WM_NAME")
_CLIENT_MESSAGE = 33
_SUBSTRUCTURE = 0x180000
"""SubstructureNotify and SubstructureRedirect: how a window manager hears requests to it (EWMH)."""


class Display:
    """A connection and what can be asked about any window. Raises NoDisplay, and XError for a vanished window."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.root = connection.setup.root

    def ask_property(self, window: int, name: str) -> int:
        """Send GetProperty; `property_in` reads the reply. So that many questions cost one round trip."""
        body = struct.pack("=IIIII", window, self.connection.atom(name), 0, 0, 0x10000)
        return self.connection.send(GET_PROPERTY, 0, body)

    def property_in(self, sequence: int) -> bytes:
        """The property's value; empty when the window has none."""
        reply = self.connection.reply(sequence)
        width, items = reply[1] // 8, struct.unpack_from("=I", reply, 16)[0]
        return reply[32 : 32 + width * items]

    def property(self, window: int, name: str) -> bytes:
        """The value of a window's property."""
        return self.property_in(self.ask_property(window, name))

    def numbers(self, window: int, name: str) -> tuple[int, ...]:
        """A property of 32-bit numbers (window ids, atoms, cardinals)."""
        return words(self.property(window, name))

    def ask(self, opcode: int, window: int) -> int:
        """Send a request about one window that takes nothing else."""
        return self.connection.send(opcode, 0, struct.pack("=I", window))

    def tree(self, window: int) -> tuple[int, tuple[int, ...]]:
        """(parent, children from the bottom to the top)."""
        reply = self.connection.reply(self.ask(QUERY_TREE, window))
        parent, count = struct.unpack_from("=IH", reply, 12)
        return parent, words(reply[32 : 32 + 4 * count])

    def ancestors(self, window: int) -> Iterator[int]:
        """The window itself, its parent and so on, without the root window."""
        while window not in (0, self.root):
            yield window
            window = self.tree(window)[0]

    def input_focus(self) -> int:
        """The window that gets the keys; 0 for none, 1 for whatever is under the pointer."""
        return int(struct.unpack_from("=I", self.connection.request(GET_INPUT_FOCUS), 8)[0])

    def within(self, window: int, outer: int) -> bool:
        """Whether `window` is `outer` or lies inside it; False when it has vanished."""
        if window in (0, 1):
            return False
        try:
            return outer in self.ancestors(window)
        except XError:
            return False

    def tell_manager(self, window: int, name: str, *data: int) -> None:
        """Send the window manager a message about a window (EWMH)."""
        self.send_message(self.root, window, name, data, _SUBSTRUCTURE)

    def send_message(self, to: int, window: int, name: str, data: tuple[int, ...], mask: int = 0) -> None:
        """SendEvent of a ClientMessage with up to five numbers. Raises XError when `to` is gone."""
        values = (*data, 0, 0, 0, 0, 0)[:5]
        event = struct.pack("=BBHII5I", _CLIENT_MESSAGE, 32, 0, window, self.connection.atom(name), *values)
        self.connection.order(SEND_EVENT, 0, struct.pack("=II", to, mask) + event)

    def has_manager(self) -> bool:
        """Whether a window manager that keeps to EWMH is running."""
        try:
            check = self.numbers(self.root, "_NET_SUPPORTING_WM_CHECK")
            return bool(check) and self.numbers(check[0], "_NET_SUPPORTING_WM_CHECK") == check
        except XError:  # the window of one that has ended
            return False

    def clients(self) -> tuple[int, ...]:
        """The applications' windows, the topmost first. Without a window manager: the root's visible children."""
        if self.has_manager():
            listed = self.numbers(self.root, "_NET_CLIENT_LIST_STACKING") or self.numbers(self.root, "_NET_CLIENT_LIST")
            return listed[::-1]
        children = self.tree(self.root)[1]
        return tuple(window for window in children[::-1] if self.is_plain(window))

    def is_plain(self, window: int) -> bool:
        """Whether it is shown and is no menu, tooltip or other window that manages itself."""
        shown, unmanaged = self.shown(window)
        return shown and not unmanaged

    def shown(self, window: int) -> tuple[bool, bool]:
        """(viewable, override-redirect); (False, False) when it has vanished."""
        try:
            reply = self.connection.reply(self.ask(GET_WINDOW_ATTRIBUTES, window))
        except XError:
            return False, False
        return reply[26] == 2, bool(reply[27])

    def active(self) -> int:
        """The application's window that is active; 0 for none."""
        if self.has_manager():
            return next(iter(self.numbers(self.root, "_NET_ACTIVE_WINDOW")), 0)
        focus = self.input_focus()
        clients = set(self.clients()) if focus > 1 else set()
        try:
            return next((window for window in self.ancestors(focus) if window in clients), 0)
        except XError:
            return 0

    def program(self, window: int) -> int:
        """The part of a window's id that all windows of one program (one connection to the server) share."""
        return window & ~self.connection.setup.id_mask

    def popup(self) -> int:
        """The topmost window that manages itself, as menus and screen locks do; 0 for none."""
        for window in reversed(self.tree(self.root)[1]):
            # Window managers keep a tiny one outside of the screen.
            if self.shown(window) == (True, True) and not self.on_screen(window).is_empty:
                return window
        return 0

    def on_screen(self, window: int) -> Region:
        """The part of one of the root's children that lies on the screen; empty when it has vanished."""
        try:
            reply = self.connection.reply(self.ask(GET_GEOMETRY, window))
        except XError:
            return Region(0, 0, 0, 0)
        left, top, width, height = struct.unpack_from("=hhHH", reply, 12)
        setup = self.connection.setup
        return Region(0, 0, setup.width, setup.height).intersection(Region(left, top, width, height))

    def title(self, window: int) -> str:
        """What the window calls itself: its title, else its class; empty when it has neither or is gone."""
        try:
            return title_text(*(self.property(window, name) for name in TITLES)) or class_name(
                self.property(window, "WM_CLASS")
            )
        except XError:
            return ""

    def name(self, window: int) -> str:
        """The window for a sentence: its title in quotation marks, else its id."""
        if window in (0, 1):
            return "no window"
        title = self.title(window)
        return f'"{title}"' if title else f"0x{window:x}"


def words(data: bytes) -> tuple[int, ...]:
    """The 32-bit numbers of a property or reply."""
    return struct.unpack(f"={len(data) // 4}I", data[: len(data) // 4 * 4])


def title_text(utf8: bytes, latin1: bytes) -> str:
    """The title from the values of the two properties `TITLES`."""
    return utf8.decode("utf-8", "replace") or latin1.decode("utf-8" if _is_utf8(latin1) else "latin-1")


def _is_utf8(data: bytes) -> bool:
    # WM_NAME is Latin-1 by the letter of the ICCCM; many programs write UTF-8 all the same.
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def class_name(wm_class: bytes) -> str:
    """The class of WM_CLASS (instance and class, each ended by a zero byte)."""
    instance, _, rest = wm_class.decode("latin-1").partition("\0")
    return rest.rstrip("\0") or instance

"""`Keymap`: which key with which modifiers types a character, read from the live keyboard map (XKB).

Layout of the reply: https://www.x.org/releases/X11R7.7/doc/kbproto/xkbproto.html, appendix D, XkbGetMap.
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from agent.devices.x11.keysym import NUM_LOCK, character

SHIFT, LOCK, CONTROL = 1, 2, 4
"""The bits of the first three modifiers; Mod1 to Mod5 follow, and each layout gives them its own meaning."""

_LAST_TYPING_KEY = 126
"""Keys above it are multimedia keys and the like. Some type a character too; they are the second choice."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A key to press, with the modifiers (as a bit mask) that must be held."""

    keycode: int
    modifiers: int = 0
    looks_at: int = 0
    """All modifiers that make a difference for this key."""


@dataclass(frozen=True, slots=True)
class _Type:
    """How the modifiers choose the level of a key: entries of (modifiers, level)."""

    mask: int
    entries: tuple[tuple[int, int], ...]

    def modifiers(self, level: int) -> int | None:
        """The fewest modifiers that give the level, without locks and Ctrl; None when there are none such."""
        fitting = [mask for mask, gives in self.entries if gives == level and not mask & (LOCK | CONTROL)]
        return 0 if level == 0 else min(fitting, key=int.bit_count, default=None)


@dataclass(frozen=True, slots=True)
class _Key:
    """The groups (layouts) of one key: (type, keysyms by level) each."""

    keycode: int
    groups: tuple[tuple[_Type, tuple[int, ...]], ...]
    out_of_range: int

    def group(self, wanted: int) -> tuple[_Type, tuple[int, ...]]:
        """What the key does in a layout that it may not have itself (XKB protocol, section 7.2.1)."""
        count = len(self.groups)
        if wanted < count:
            return self.groups[wanted]
        if self.out_of_range & 0xC0 == 0x40:
            return self.groups[-1]
        if self.out_of_range & 0xC0 == 0x80:
            redirected = (self.out_of_range >> 4) & 3
            return self.groups[redirected if redirected < count else 0]
        return self.groups[wanted % count]


class Keymap:
    """The map of a keyboard at one moment."""

    def __init__(
        self, keys: tuple[_Key, ...], modifier_keys: tuple[tuple[int, ...], ...], first: int, last: int
    ) -> None:
        self._keys = keys
        self._modifier_keys = modifier_keys
        used = {key.keycode for key in keys} | {code for row in modifier_keys for code in row}
        free = [code for code in range(last, first - 1, -1) if code not in used]
        self.spare = tuple(code for code in free if code > _LAST_TYPING_KEY) or tuple(free)
        """Keycodes that mean nothing, the highest first, and far from the keys that people type with."""
        self.groups = max((len(key.groups) for key in keys), default=1)

    @functools.cached_property
    def num_lock(self) -> int:
        """The modifier that Num Lock sets."""
        codes = {key.keycode for key in self._keys for _, syms in key.groups if NUM_LOCK in syms}
        return sum(1 << bit for bit, row in enumerate(self._modifier_keys) if codes & set(row))

    @functools.lru_cache(maxsize=16)  # noqa: B019 - a map lives for the program's life; there are a handful
    def characters(self, group: int) -> Mapping[str, Stroke]:
        """Every character that can be typed in this layout, and how."""
        found: dict[str, tuple[tuple[bool, int, int], Stroke]] = {}
        for number, stroke in self._strokes(group):
            typed = character(number)
            rank = (stroke.keycode > _LAST_TYPING_KEY, stroke.modifiers.bit_count(), stroke.keycode)
            if typed and (typed not in found or rank < found[typed][0]):
                found[typed] = (rank, stroke)
        return MappingProxyType({typed: stroke for typed, (_, stroke) in found.items()})

    def key(self, number: int, group: int) -> Stroke | None:
        """The key that has this keysym as it is or with modifiers, preferably in the layout `group`."""
        layouts = (group, *(other for other in range(self.groups) if other != group))
        for layout in layouts:
            fitting = [stroke for keysym, stroke in self._strokes(layout) if keysym == number]
            if fitting:
                return min(fitting, key=lambda stroke: (stroke.modifiers.bit_count(), stroke.keycode))
        return None

    def modifier_key(self, bit: int) -> int:
        """A keycode that holds the modifier with this number (0 is Shift, 7 is Mod5); 0 when no key does."""
        return next(iter(self._modifier_keys[bit]), 0)

    @property
    def modifier_keys(self) -> frozenset[int]:
        """All keycodes that hold a modifier."""
        return frozenset(code for row in self._modifier_keys for code in row)

    def can_hold(self, modifiers: int) -> bool:
        """Whether each of these modifiers has a key."""
        return all(self.modifier_key(bit) for bit in range(8) if modifiers >> bit & 1)

    def _strokes(self, group: int) -> Iterator[tuple[int, Stroke]]:
        for key in self._keys:
            kind, keysyms = key.group(group)
            for level, number in enumerate(keysyms):
                modifiers = kind.modifiers(level)
                if number and modifiers is not None and self.can_hold(modifiers):
                    yield number, Stroke(key.keycode, modifiers, kind.mask)


@functools.lru_cache(maxsize=8)
def read(map_reply: bytes, modifier_reply: bytes) -> Keymap:
    """The map from the replies to XkbGetMap (key types and keysyms) and GetModifierMapping."""
    types, _ = _types(map_reply)
    keys = tuple(filter(None, (_key(code, entry, types) for code, entry in entries(map_reply).items())))
    width, codes = modifier_reply[1], modifier_reply[32:]
    rows = tuple(tuple(code for code in codes[bit * width : (bit + 1) * width] if code) for bit in range(8))
    return Keymap(keys, rows, first=map_reply[10], last=map_reply[11])


def entries(map_reply: bytes) -> dict[int, bytes]:
    """What is on each keycode, as XkbGetMap gives it and XkbSetMap takes it: a KEYSYMMAP."""
    place = _types(map_reply)[1]
    found = {}
    for keycode in range(map_reply[17], map_reply[17] + map_reply[20]):
        size = 8 + 4 * struct.unpack_from("=H", map_reply, place + 6)[0]
        found[keycode] = map_reply[place : place + size]
        place += size
    return found


def entry(keysyms: Sequence[int]) -> bytes:
    """A KEYSYMMAP with one keysym, or with a second one that is typed with Shift.

    Of the key types the first two are the same in every map (XKB protocol, section 7.2.1): ONE_LEVEL, at which no
    modifier changes anything, and TWO_LEVEL.
    """
    levels = len(keysyms)
    return struct.pack(f"=B3xBBH{levels}I", levels - 1, 1, levels, levels, *keysyms)


def _types(data: bytes) -> tuple[Sequence[_Type], int]:
    """(all key types, where the keysyms begin)."""
    types = []
    place = 40
    for _ in range(data[15]):
        mask, count, has_preserve = data[place], data[place + 5], data[place + 6]
        start = place + 8
        place = start + count * (12 if has_preserve else 8)
        rows = (data[start + 8 * number : start + 8 * number + 3] for number in range(count))
        types.append(_Type(mask, tuple((modifiers, level) for active, modifiers, level in rows if active)))
    return types, place


def _key(keycode: int, data: bytes, types: Sequence[_Type]) -> _Key | None:
    """The key from its KEYSYMMAP; None when it means nothing."""
    info, width, total = struct.unpack_from("=BBH", data, 4)
    keysyms = struct.unpack_from(f"={total}I", data, 8)
    groups = ((types[data[number]], keysyms[number * width : (number + 1) * width]) for number in range(info & 0x0F))
    return _Key(keycode, tuple(groups), info) if any(keysyms) else None

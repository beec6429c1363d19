"""`MacOutlook`: what macOS tells of mouse and keyboard, by an event tap. Written from the documentation.

https://developer.apple.com/documentation/coregraphics/quartz_event_services. Each event names the process that has sent
it; for those of real devices there is none. The person must have allowed the program to watch input.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from agent.core.errors import DeviceError
from agent.devices.person.board import BUTTON_DOWN, BUTTON_UP, KEY_DOWN, KEY_UP, MOTION
from agent.devices.person.outlook import Act, Screen

_CODES = {
    "ctrl": (0x3B, 0x3E),
    "shift": (0x38, 0x3C),
    "alt": (0x3A, 0x3D),
    "meta": (0x37, 0x36),
    "esc": (0x35,),
    "pause": (0x71,),
    "scrolllock": (0x6B,),
    **{
        f"f{number}": (code,)
        for number, code in enumerate(
            (0x7A, 0x78, 0x63, 0x76, 0x60, 0x61, 0x62, 0x64, 0x65, 0x6D, 0x67, 0x6F, 0x69, 0x6B, 0x71), 1
        )
    },
}
"""Virtual key codes (Carbon, HIToolbox/Events.h); F15 lies where other keyboards have Pause."""
_FOREVER = 1e9


class MacOutlook:
    """An `Outlook` (see there) on this session's desktop. Made, and used, in one thread."""

    def __init__(self, quartz: Any) -> None:
        self._quartz = quartz
        self._loop = quartz.CFRunLoopGetCurrent()
        self._tap: Any = None
        self._acts: list[Act] = []
        self._held: set[int] = set()
        self._keys: tuple[frozenset[int], ...] = ()

    @classmethod
    def of_this_system(cls) -> MacOutlook:
        """For the thread that calls it."""
        import Quartz

        return cls(Quartz)

    def begin(self, keys: Sequence[str]) -> bool:
        """See `Outlook`. Whether another program has the keys cannot be asked here."""
        quartz = self._quartz
        unknown = [key for key in keys if key not in _CODES]
        if unknown:
            raise DeviceError("The key {key} cannot be a stop key on macOS.", "Use ctrl+alt+f12.", key=unknown[0])
        self._keys = tuple(frozenset(_CODES[key]) for key in keys)
        if self._tap is None:
            where, how = quartz.kCGSessionEventTap, quartz.kCGEventTapOptionListenOnly
            self._tap = quartz.CGEventTapCreate(
                where, quartz.kCGHeadInsertEventTap, how, self._mask(), self._take, None
            )
            if self._tap is None:
                raise DeviceError(
                    "macOS does not let this program watch mouse and keyboard.",
                    "Allow it in the system settings: Privacy & Security, Input Monitoring.",
                )
            source = quartz.CFMachPortCreateRunLoopSource(None, self._tap, 0)
            quartz.CFRunLoopAddSource(self._loop, source, quartz.kCFRunLoopCommonModes)
        quartz.CGEventTapEnable(self._tap, True)
        return False

    def rest(self) -> None:
        """See `Outlook`."""
        if self._tap is not None:
            self._quartz.CGEventTapEnable(self._tap, False)
        self._acts.clear()
        self._held.clear()

    def wait(self, seconds: float | None) -> None:
        """See `Outlook`."""
        if not self._acts:
            most_s = _FOREVER if seconds is None else seconds
            self._quartz.CFRunLoopRunInMode(self._quartz.kCFRunLoopDefaultMode, most_s, True)

    def wake(self) -> None:
        """See `Outlook`."""
        self._quartz.CFRunLoopStop(self._loop)

    def acts(self) -> Iterable[Act]:
        """See `Outlook`."""
        acts, self._acts = self._acts, []
        return acts

    def completes(self, code: int, held: Collection[int]) -> bool:
        """See `Outlook`."""
        return any(code in codes for codes in self._keys) and all(not codes.isdisjoint(held) for codes in self._keys)

    def pointer(self) -> tuple[int, int]:
        """See `Outlook`."""
        at = self._quartz.CGEventGetLocation(self._quartz.CGEventCreate(None))
        return int(at.x), int(at.y)

    def screens(self) -> Sequence[Screen]:
        """See `Outlook`."""
        quartz = self._quartz
        bounds = [quartz.CGDisplayBounds(display) for display in quartz.CGGetActiveDisplayList(16, None, None)[1]]
        return [
            (int(b.origin.x), int(b.origin.y), int(b.origin.x + b.size.width), int(b.origin.y + b.size.height))
            for b in bounds
        ]

    def let_go(self) -> None:
        """See `Outlook`: of all keys that are down and not held by the person."""
        quartz = self._quartz
        state = quartz.kCGEventSourceStateCombinedSessionState
        for code in range(128):
            if code not in self._held and quartz.CGEventSourceKeyState(state, code):
                quartz.CGEventPost(quartz.kCGHIDEventTap, quartz.CGEventCreateKeyboardEvent(None, code, False))

    def _mask(self) -> int:
        quartz = self._quartz
        names = ("KeyDown", "KeyUp", "FlagsChanged", "MouseMoved", "ScrollWheel")
        buttons = [f"{which}Mouse{what}" for which in ("Left", "Right", "Other") for what in ("Down", "Up", "Dragged")]
        return sum(1 << getattr(quartz, f"kCGEvent{name}") for name in (*names, *buttons))

    def _take(self, proxy: Any, kind: int, event: Any, data: Any) -> Any:
        quartz = self._quartz
        if kind in (quartz.kCGEventTapDisabledByTimeout, quartz.kCGEventTapDisabledByUserInput):
            quartz.CGEventTapEnable(self._tap, True)
            return event
        ours = quartz.CGEventGetIntegerValueField(event, quartz.kCGEventSourceUnixProcessID) != 0
        what, code = self._kind(kind, event)
        if what in (KEY_DOWN, KEY_UP) and not ours:
            (self._held.add if what == KEY_DOWN else self._held.discard)(code)
        self._acts.append(Act(what, code & 0xFF, ours))
        return event

    def _kind(self, kind: int, event: Any) -> tuple[int, int]:
        quartz = self._quartz
        if kind in (quartz.kCGEventKeyDown, quartz.kCGEventKeyUp, quartz.kCGEventFlagsChanged):
            code = quartz.CGEventGetIntegerValueField(event, quartz.kCGKeyboardEventKeycode)
            # A modifier tells only that it has changed.
            is_up = code in self._held if kind == quartz.kCGEventFlagsChanged else kind == quartz.kCGEventKeyUp
            return (KEY_UP if is_up else KEY_DOWN), code
        if kind == quartz.kCGEventScrollWheel:
            return BUTTON_DOWN, 4
        number = 1 + quartz.CGEventGetIntegerValueField(event, quartz.kCGMouseEventButtonNumber)
        if kind in (quartz.kCGEventLeftMouseDown, quartz.kCGEventRightMouseDown, quartz.kCGEventOtherMouseDown):
            return BUTTON_DOWN, number
        if kind in (quartz.kCGEventLeftMouseUp, quartz.kCGEventRightMouseUp, quartz.kCGEventOtherMouseUp):
            return BUTTON_UP, number
        return MOTION, 0

"""Windows and macOS as their documentation says they tell of mouse and keyboard: doubles, because neither runs here."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from agent.core.errors import DeviceError
from agent.devices.macos.person import MacOutlook
from agent.devices.person.board import BUTTON_DOWN, KEY_DOWN, KEY_UP, MOTION
from agent.devices.person.outlook import Act
from agent.devices.windows.person import KEY_INJECTED, KEY_IS_UP, KEYBOARD_HOOK, MOUSE_HOOK, KeyHook, WindowsOutlook
from agent.devices.windows.user32 import Input, PointStruct, Rect

CTRL, ALT, CANCEL = 0xA2, 0xA4, 0x03


class User32:
    """The double of the calls that `WindowsOutlook` makes."""

    def __init__(self) -> None:
        self.hooks: dict[int, Callable[[int, int, int], int]] = {}
        self.taken = False
        self.denied = False
        self.down: set[int] = set()
        self.sent: list[tuple[int, int]] = []
        self.at = (0, 0)
        self.woken: list[int] = []

    def SetWindowsHookExW(self, kind: int, proc: Any, module: None, thread: int) -> int:  # noqa: N802 - Windows' name, here and below
        assert (module, thread) == (None, 0)
        if self.denied:
            return 0
        self.hooks[kind] = proc
        return kind

    def UnhookWindowsHookEx(self, hook: int) -> int:  # noqa: N802
        del self.hooks[hook]
        return 1

    def CallNextHookEx(self, hook: None, action: int, message: int, place: int) -> int:  # noqa: N802
        return 7

    def RegisterHotKey(self, window: None, number: int, modifiers: int, key: int) -> int:  # noqa: N802
        assert (modifiers, key) == (0x4003, CANCEL), "Pause with Ctrl is VK_CANCEL"
        return int(not self.taken)

    def UnregisterHotKey(self, window: None, number: int) -> int:  # noqa: N802
        return 1

    def PostThreadMessageW(self, thread: int, *rest: int) -> int:  # noqa: N802
        self.woken.append(thread)
        return 1

    def GetAsyncKeyState(self, key: int) -> int:  # noqa: N802
        return -0x8000 if key in self.down else 0

    def GetCursorPos(self, place: Any) -> int:  # noqa: N802
        place._obj.x, place._obj.y = self.at
        return 1

    def EnumDisplayMonitors(self, device: None, clip: None, proc: Any, data: int) -> int:  # noqa: N802
        for rect in (Rect(0, 0, 1920, 1080), Rect(-1280, 0, 0, 1024)):
            proc(0, 0, ctypes.pointer(rect), 0)
        return 1

    def SendInput(self, count: int, events: Any, size: int) -> int:  # noqa: N802
        assert size == ctypes.sizeof(Input)
        self.sent += [(event.type, event.union.keyboard.key or event.union.mouse.flags) for event in events]
        return count

    def key(self, code: int, *, flags: int = 0) -> None:
        told = KeyHook(code, 0, flags, 0, 0)
        assert self.hooks[KEYBOARD_HOOK](0, 0x100, ctypes.addressof(told)) == 7, "the next hook was not called"

    def mouse(self, message: int, *, flags: int = 0) -> None:
        told = (ctypes.c_uint32 * 8)(0, 0, 0, flags, 0, 0, 0, 0)
        self.hooks[MOUSE_HOOK](0, message, ctypes.addressof(told))


@pytest.fixture
def user32() -> User32:
    return User32()


@pytest.fixture
def windows(user32: User32) -> WindowsOutlook:
    return WindowsOutlook(user32, 42)


class TestWindows:
    def test_injected_input_is_not_the_person(self, user32: User32, windows: WindowsOutlook) -> None:
        windows.begin(())
        user32.key(65)
        user32.key(65, flags=KEY_INJECTED | KEY_IS_UP)
        user32.mouse(0x200)
        user32.mouse(0x201, flags=1)
        assert list(windows.acts()) == [
            Act(KEY_DOWN, 65),
            Act(KEY_UP, 65, ours=True),
            Act(MOTION),
            Act(BUTTON_DOWN, 1, ours=True),
        ]
        assert list(windows.acts()) == []

    def test_the_stop_keys_are_complete_with_the_last_of_them(self, user32: User32, windows: WindowsOutlook) -> None:
        assert windows.begin(("ctrl", "alt", "pause")) is False
        assert not windows.completes(ALT, {CTRL, ALT})
        assert not windows.completes(65, {CTRL, ALT, CANCEL, 65})
        assert windows.completes(CANCEL, {CTRL, ALT, CANCEL})

    def test_taken_keys_and_a_closed_desktop_are_told(self, user32: User32, windows: WindowsOutlook) -> None:
        user32.taken = True
        assert windows.begin(("ctrl", "alt", "pause")) is True
        user32.denied = True
        with pytest.raises(DeviceError):
            windows.begin(())

    def test_at_rest_it_has_no_hooks(self, user32: User32, windows: WindowsOutlook) -> None:
        windows.begin(())
        windows.rest()
        assert user32.hooks == {}

    def test_what_the_person_holds_is_not_let_go(self, user32: User32, windows: WindowsOutlook) -> None:
        windows.begin(())
        user32.key(CTRL)
        user32.down = {CTRL, 0xA0, 1}
        windows.let_go()
        assert user32.sent == [(1, 0xA0), (0, 0x4)]

    def test_pointer_and_screens_are_told(self, user32: User32, windows: WindowsOutlook) -> None:
        user32.at = (-1280, 0)
        assert windows.pointer() == (-1280, 0)
        assert windows.screens() == [(0, 0, 1920, 1080), (-1280, 0, 0, 1024)]

    def test_it_is_woken_in_its_own_thread(self, user32: User32, windows: WindowsOutlook) -> None:
        windows.wake()
        assert user32.woken == [42]

    def test_the_structures_have_their_documented_sizes(self) -> None:
        assert ctypes.sizeof(KeyHook) == 24
        assert ctypes.sizeof(PointStruct) == 8


_NAMES = (
    "KeyDown KeyUp FlagsChanged MouseMoved ScrollWheel TapDisabledByTimeout TapDisabledByUserInput "
    "LeftMouseDown LeftMouseUp LeftMouseDragged RightMouseDown RightMouseUp RightMouseDragged "
    "OtherMouseDown OtherMouseUp OtherMouseDragged"
)


class Quartz(SimpleNamespace):
    """The double of the calls that `MacOutlook` makes; an event is a dict."""

    def __init__(self) -> None:
        numbers = {f"kCGEvent{name}": number for number, name in enumerate(_NAMES.split(), 1)}
        super().__init__(
            **numbers,
            kCGSessionEventTap=1,
            kCGEventTapOptionListenOnly=1,
            kCGHeadInsertEventTap=0,
            kCFRunLoopCommonModes="common",
            kCGEventSourceUnixProcessID="pid",
            kCGKeyboardEventKeycode="key",
            kCGMouseEventButtonNumber="button",
            enabled=[],
            allowed=True,
        )

    def CFRunLoopGetCurrent(self) -> str:  # noqa: N802 - Apple's name, here and below
        return "loop"

    def CGEventTapCreate(self, *args: Any) -> str | None:  # noqa: N802
        self.take = args[4]
        return "tap" if self.allowed else None

    def CFMachPortCreateRunLoopSource(self, *args: Any) -> str:  # noqa: N802
        return "source"

    def CFRunLoopAddSource(self, *args: Any) -> None:  # noqa: N802
        assert args == ("loop", "source", "common")

    def CGEventTapEnable(self, tap: str, on: bool) -> None:  # noqa: N802
        self.enabled.append(on)

    def CGEventGetIntegerValueField(self, event: dict[str, int], field: str) -> int:  # noqa: N802
        return event.get(field, 0)


class TestMac:
    def test_what_a_process_has_sent_is_not_the_person(self) -> None:
        quartz = Quartz()
        mac = MacOutlook(quartz)
        mac.begin(())
        quartz.take(None, quartz.kCGEventKeyDown, {"key": 5}, None)
        quartz.take(None, quartz.kCGEventLeftMouseDown, {"pid": 4711}, None)
        quartz.take(None, quartz.kCGEventMouseMoved, {}, None)
        assert list(mac.acts()) == [Act(KEY_DOWN, 5), Act(BUTTON_DOWN, 1, ours=True), Act(MOTION)]

    def test_a_modifier_goes_down_and_up_in_turns(self) -> None:
        quartz = Quartz()
        mac = MacOutlook(quartz)
        mac.begin(("ctrl", "alt", "f12"))
        for _ in range(2):
            quartz.take(None, quartz.kCGEventFlagsChanged, {"key": 0x3B}, None)
        assert [act.kind for act in mac.acts()] == [KEY_DOWN, KEY_UP]
        assert mac.completes(0x6F, {0x3B, 0x3A, 0x6F})
        assert not mac.completes(0x6F, {0x3B, 0x6F})

    def test_a_tap_that_was_switched_off_is_switched_on_again(self) -> None:
        quartz = Quartz()
        MacOutlook(quartz).begin(())
        quartz.take(None, quartz.kCGEventTapDisabledByTimeout, {}, None)
        assert quartz.enabled == [True, True]

    def test_without_permission_it_says_where_to_give_it(self) -> None:
        quartz = Quartz()
        quartz.allowed = False
        with pytest.raises(DeviceError) as caught:
            MacOutlook(quartz).begin(())
        assert "Input Monitoring" in str(caught.value.record().hint)

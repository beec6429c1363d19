"""Actions of the keyboard. Whatever is typed is bound to one window: when another has the keyboard, typing ends."""

from __future__ import annotations

import re
import time
from contextlib import nullcontext
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, Field, field_validator

from agent.actions.expectation import Expect, ExpectGone, Expecting, ExpectWithin
from agent.actions.paste import paste
from agent.actions.place import Place, find_field, guard, to_front, within
from agent.core.context import Context
from agent.core.errors import ActionError, WrongWindow, fill
from agent.core.geometry import Region
from agent.core.keys import key_name
from agent.core.secret import Secret
from agent.core.target import Target, Window, WindowInfo

_FIELD_WIDTH, _FIELD_HEIGHT = 200, 24
"""About the size of a form field at 100 %: hidden around the place of a secret even if nothing else can be told."""

_DOUBLE_CLICK = 8
"""Pixels; farther apart than that, no system takes two clicks for a double one (Windows 4, GTK and Qt 5)."""

_PAINT_S = 0.05
"""Until an application has painted the last character, so that the mask covers it."""

_CODE_PERIOD_S = 30.0
"""The default of RFC 6238; the other periods in use are multiples of it, so their ends are among ours."""

_CODE_LEAST_S = 3.0
"""What typing and sending a code may take, with the clocks of both sides a little apart."""


class Type(
    Expecting,
    id="keyboard.type",
    label="Type",
    icon="keyboard",
    category="Input",
    uses={"desktop"},
    effect="once",
    keywords=("type into", "write", "enter text", "fill", "send keys", "tippen", "schreiben", "Text eingeben"),
):
    """Type a text, exactly as it is written, on every keyboard layout.

    With a target, the field there is clicked first. The text goes to one window only: when another one comes to
    the front meanwhile, typing ends with an error. Use *Type a secret* for passwords.

    Long texts can be pasted instead. The clipboard then holds again what it held, in all its formats.
    """

    text: str = Field(
        title="Text",
        description="What to type; a line break presses Enter.",
        max_length=100_000,
        coerce_numbers_to_str=True,
    )
    target: Target | None = Field(
        None, title="Into", description="The field to click first. Empty: where the cursor is."
    )
    window: Window | None = Field(
        None, title="Window", description="The window to type into. Empty: the target's, else the one in front."
    )
    delay_ms: int = Field(0, title="Delay (ms)", description="Pause after each character.", ge=0, le=5000)
    clear: bool = Field(False, title="Clear first", description="Empty the field before typing.")
    enter: bool = Field(False, title="Press Enter", description="Press Enter at the end.")
    mode: Literal["keys", "paste"] = Field(
        "keys", title="How", description="keys: character by character. paste: all at once, by the clipboard."
    )
    expect: Expect = None
    expect_gone: ExpectGone = None
    expect_s: ExpectWithin = 5.0

    at_once: ClassVar[bool] = False

    class Result(BaseModel):
        chars: int = Field(title="Characters", description="How many were typed.")

    def act(self, context: Context) -> Result:
        window = self._window(context)
        if self.clear and window is not None:
            clear_field(context, window)
        if self.mode == "paste":
            return self._paste(context, window)
        into = window.id if window else None
        text = self.text + ("\n" if self.enter else "")
        # Emptied first, the field can be filled again when the person comes in between; but Enter may send it.
        with context.repeatable() if self.clear and "\n" not in text else nullcontext():
            typed = context.input.type_text(text, into=into, delay_s=self.delay_ms / 1000, check=context.check)
        return self.Result(chars=typed - self.enter)

    def _paste(self, context: Context, window: WindowInfo | None) -> Result:
        if window is None:
            raise WrongWindow(
                "No window is in front, so nothing was pasted.", "Name the window or the field to paste into."
            )
        with context.repeatable() if self.clear and not self.enter else nullcontext():
            paste(context, self.text, window)
        if self.enter:
            press_enter(context, window)
        return self.Result(chars=len(self.text))

    def _window(self, context: Context) -> WindowInfo | None:
        if self.target is not None:
            return click_into(context, within(self.target, self.window))
        context.require_desktop()
        return to_front(context, self.window) if self.window is not None else context.windows.active()


class TypeSecret(
    Expecting,
    id="keyboard.type_secret",
    label="Type a secret",
    icon="key",
    category="Credentials",
    uses={"desktop"},
    effect="once",
    keywords=("type secure text", "password", "credential", "OTP", "Passwort", "Kennwort", "Geheimnis", "Einmalcode"),
):
    """Type a password, user name or one-time code from the keychain into a field.

    The secret goes from the keychain to the keys and nowhere else: no log, no record, no screenshot holds it.
    Before each character the window is checked; when another one is in front, nothing more is typed.
    """

    credential: str = Field(title="Credential", description="Its name in the keychain.", min_length=1, max_length=100)
    field: str = Field(
        "password",
        title="Part",
        description="password, user, or totp for the one-time code of this moment; others as they were stored.",
        pattern=r"^[a-z][a-z0-9_]{0,31}$",
    )
    target: Target = Field(title="Into", description="The field to type into; it is clicked first.")
    window: Window | None = Field(
        None, title="Window", description="The window it must be in. Recommended: then no other one can get the secret."
    )
    enter: bool = Field(False, title="Press Enter", description="Press Enter at the end.")
    expect: Expect = None
    expect_gone: ExpectGone = None
    expect_s: ExpectWithin = 5.0

    at_once: ClassVar[bool] = False

    class Result(BaseModel):
        typed: bool = Field(True, title="Typed", description="True; nothing else of a secret is told.")

    def act(self, context: Context) -> Result:
        is_code = self.field == "totp"
        # First of all, so that a locked keychain or a missing credential is told before anything is touched.
        secret = context.totp(self.credential) if is_code else context.secret(self.credential, self.field)
        place, window = find_field(context, within(self.target, self.window))
        context.check_may_type(secret, window)
        click_field(context, place, window)
        if is_code:
            secret = fresh_code(context, self.credential)
        type_secret(context, secret, place, window)
        if self.enter:
            press_enter(context, window)
        return self.Result()


def _keys(value: object) -> object:
    """``"ctrl+shift+s"`` as the list of its keys; the last plus may be a key itself, as in ``ctrl++``."""
    if not isinstance(value, str):
        return value
    return [key.strip() for key in re.split(r"(?<=[^+\s])\s*\+", value.strip())]


class Hotkey(
    Expecting,
    id="keyboard.hotkey",
    label="Press keys",
    icon="hotkey",
    category="Input",
    uses={"desktop"},
    effect="once",
    keywords=("send hotkey", "shortcut", "key combination", "Tastenkombination", "Tastenkürzel", "Taste drücken"),
):
    """Press a key or a combination of keys, such as ctrl+s, alt+f4 or enter.

    Keys have the names on English and German keyboards: Strg and Umschalt, Entf, Bild auf, num5 of the number pad,
    volumeup of the media keys, altgr+q.

    The keys are pressed in this order and released in reverse. With a window, that one comes to the front first.
    """

    keys: Annotated[tuple[str, ...], BeforeValidator(_keys, json_schema_input_type=str | list[str])] = Field(
        title="Keys", description='Such as ctrl+shift+s or ["ctrl", "shift", "s"].', min_length=1, max_length=6
    )
    hold_ms: int = Field(0, title="Hold (ms)", description="How long the keys stay down.", ge=0, le=10_000)
    repeat: int = Field(1, title="Repeat", description="How often to press them.", ge=1, le=1000)
    window: Window | None = Field(
        None, title="Window", description="The window that gets them. Empty: the one in front."
    )
    expect: Expect = None
    expect_gone: ExpectGone = None
    expect_s: ExpectWithin = 5.0

    class Result(BaseModel):
        pressed: int = Field(title="Pressed", description="How often the keys were pressed.")

    @field_validator("keys")
    @classmethod
    def _keys_are_known(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        for key in keys:
            try:
                key_name(key)
            except ActionError as error:
                raise ValueError(f"{error} {fill(error.hint, error.values)}") from error
        return keys

    def act(self, context: Context) -> Result:
        window = to_front(context, self.window) if self.window is not None else None
        for _ in range(self.repeat):
            context.require_desktop()
            if window is not None:
                guard(context, window)
            into = window.id if window is not None else None
            context.input.hotkey(self.keys, into=into, hold_s=self.hold_ms / 1000, check=context.check)
        return self.Result(pressed=self.repeat)


def click_into(context: Context, target: Target) -> WindowInfo:
    """Click the field and return its window, which alone may get what is typed next."""
    place, window = find_field(context, target)
    click_field(context, place, window)
    return window


def click_field(context: Context, place: Place, window: WindowInfo) -> None:
    """Click into the field, some pixels beside the pointer if that is there already.

    Two clicks at one point soon after each other are a double click: it selects the word that is there, and on X11 a
    selection can be read by every program, whatever secret it may be.
    """
    at, point = context.input.position(), place.point
    if max(abs(at.x - point.x), abs(at.y - point.y)) < _DOUBLE_CLICK:
        point = point.moved(_DOUBLE_CLICK, 0)
    with context.repeatable():
        context.input.click(point, into=window.id)


def clear_field(context: Context, window: WindowInfo) -> None:
    """Empty the field that has the cursor: select all, delete."""
    import sys

    for keys in (("meta" if sys.platform == "darwin" else "ctrl", "a"), ("delete",)):
        guard(context, window)
        with context.repeatable():
            context.input.hotkey(keys, into=window.id, check=context.check)


def press_enter(context: Context, window: WindowInfo) -> None:
    """Press Enter in this window. It is typed rather than pressed, because typing has the guard."""
    context.input.type_text("\n", into=window.id, check=context.check)


def fresh_code(context: Context, credential: str) -> Secret:
    """A one-time code that stays good long enough to be typed and sent; waits for the next one if need be."""
    left = seconds_left(time.time())
    if left < _CODE_LEAST_S:
        context.sleep(left + 0.05)
    return context.totp(credential)


def seconds_left(now: float) -> float:
    """How long the one-time code of the moment `now` (seconds since 1970) stays the current one."""
    return _CODE_PERIOD_S - now % _CODE_PERIOD_S


def type_secret(context: Context, secret: Secret, place: Place, window: WindowInfo) -> None:
    """Type a secret into the field that was just clicked, and hide in later screenshots where it went.

    A user name that may be seen is not hidden. Raises CredentialRefused before the first character when the credential
    is not for this window, and WrongWindow as soon as another window has the keyboard; what was typed until then is
    hidden too.
    """
    if secret.shown:
        context.input.type_text(secret, into=window.id, check=context.check)
        return
    point = place.point
    before = context.screen.capture(window.region)
    field = Region(point.x - _FIELD_WIDTH // 2, point.y - _FIELD_HEIGHT // 2, _FIELD_WIDTH, _FIELD_HEIGHT)
    context.masks.add(field, window, before)
    try:
        context.input.type_text(secret, into=window.id, check=context.check)
        context.sleep(_PAINT_S)
    finally:
        context.mask_change(before, window)

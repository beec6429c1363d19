"""The action that verifies what is on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator

from agent.actions.pattern import compiled, search_time
from agent.actions.place import within
from agent.actions.screen_read import Reading
from agent.actions.waiting import Watched, check_wait, wait_for, wait_until_gone, wait_until_there
from agent.core.context import Context, ReadMode
from agent.core.errors import (
    AmbiguousTarget,
    NotAsExpected,
    TargetNotFound,
    WindowNotFound,
    WrongWindow,
)
from agent.core.target import Target

_SHOWN = 200
"""Characters of what was there instead that fit into a sentence."""


class Assert(
    Reading,
    id="screen.assert",
    label="Verify",
    icon="verify",
    category="Screen",
    watches=True,
    effect="pure",
    keywords=("assert", "check", "verify text", "expect", "validate", "prüfen", "sicherstellen", "überprüfen"),
):
    """Make sure that something is on the screen, or is not, or that a text is the expected one; else the step fails.

    With an expected text, what stands at the target, in the window or in the region is read and compared; blanks and
    line ends count as one blank. Without it, the target itself must be there or be gone. The error tells what was
    there instead. With a wait, the screen has so long to become right.
    """

    text: str | None = Field(
        None, title="Expected text", description="What must stand there. Empty: the target itself is looked for."
    )
    compare: Literal["equals", "contains", "matches"] = Field(
        "equals",
        title="Comparison",
        description="equals: all of the text. contains: a part of it. matches: a regular expression finds something.",
    )
    match_case: bool = Field(True, title="Match case", description="Upper and lower case letters are different.")
    state: Literal["there", "gone"] = Field(
        "there", title="Must be", description="there: the target or text is there. gone: it is not."
    )
    mode: ReadMode = Field(
        "block", title="Mode", description="line: a single line. block: everything. number: digits and their signs."
    )
    wait_s: float = Field(
        0.0, title="Wait (s)", description="How long it may take to become right. 0: as it is now.", ge=0, le=3600
    )

    class Result(BaseModel):
        passed: bool = Field(True, title="Passed", description="True; otherwise the step fails.")
        text: str = Field("", title="Text", description="What was read there, or found at the target.")

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if self.text is None and self.target is None:
            raise ValueError("give a target or an expected text")
        return self

    def run(self, context: Context) -> Result:
        check_wait(context, self.wait_s)
        if self.text is not None:
            return self.Result(text=self._verify_text(context, self.text))
        if self.target is not None:
            return self.Result(text=self._verify_target(context, within(self.target, self.window)))
        raise ValueError("neither text nor target")  # the validator has seen to that

    def _verify_target(self, context: Context, target: Target) -> str:
        if self.state == "there":
            try:
                return wait_until_there(context, target, most_s=self.wait_s).text
            except AmbiguousTarget:
                return ""  # it is there, even twice
        if not wait_until_gone(context, target, most_s=self.wait_s):
            raise NotAsExpected(
                "{target} is on the screen, but must not be.", "Look at the picture of the step.", target=target
            )
        return ""

    def _verify_text(self, context: Context, expected: str) -> str:
        fits = self._test(context, expected)
        last: tuple[str, str] | TargetNotFound | AmbiguousTarget | WindowNotFound | WrongWindow = ("", "")

        def look() -> str | None:
            nonlocal last
            try:
                area = self.place(context)
            except (TargetNotFound, AmbiguousTarget, WindowNotFound, WrongWindow) as error:
                last = error
                return None
            read = context.read(area, mode=self.mode)
            last = str(area or read.region), read.text
            return read.text if fits(read.text) == (self.state == "there") else None

        found = wait_for(context, look, most_s=self.wait_s, watched=self._watched())
        if found is not None:
            return found
        if not isinstance(last, tuple):
            raise last
        place, text = last
        raise self._otherwise(expected, place, " ".join(text.split())[:_SHOWN])

    def _watched(self) -> Watched:
        if self.target is not None:
            return Watched()  # the region is measured from the target, wherever it is
        return Watched(self.region if self.window is None else None, self.window)

    def _test(self, context: Context, expected: str) -> Callable[[str], bool]:
        """What tells of a text whether it is as expected. Raises ActionError for what is no regular expression."""
        if self.compare == "matches":
            return self._matcher(context, expected)
        wanted = _plain(expected, match_case=self.match_case)
        if self.compare == "equals":
            return lambda text: _plain(text, match_case=self.match_case) == wanted
        return lambda text: wanted in _plain(text, match_case=self.match_case)

    def _matcher(self, context: Context, expected: str) -> Callable[[str], bool]:
        pattern = compiled(expected, "" if self.match_case else "i")

        def fits(text: str) -> bool:
            with search_time(context, expected) as timeout_s:
                return pattern.search(text, concurrent=True, timeout=timeout_s) is not None

        return fits

    def _otherwise(self, expected: str, place: str, text: str) -> NotAsExpected:
        values = {"expected": f"“{expected}”", "place": self.target or self.window or place, "text": f"“{text}”"}
        hint = "Look at the picture of the step. Give it a wait if the screen only needs longer."
        if self.state == "gone":
            return NotAsExpected("At {place} stands {text}, but {expected} must not be there.", hint, **values)
        if not text:
            return NotAsExpected("At {place} no text can be read, but {expected} is expected.", hint, **values)
        return NotAsExpected("At {place} stands {text}, but {expected} is expected.", hint, **values)


def _plain(text: str, *, match_case: bool) -> str:
    """The text with single blanks, and with letters of one case if case does not matter."""
    plain = " ".join(text.split())
    return plain if match_case else plain.casefold()

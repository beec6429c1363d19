"""Actions that make values of values."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from agent.core.action import Action
from agent.core.context import Context
from agent.core.errors import ActionError
from agent.core.workflow import Identifier

_SEARCH_S = 2.0
"""For all matches in a text. An honest pattern needs milliseconds; a catastrophic one would never end."""

Groups = list[str | None] | dict[str, str | None]


class Set(
    Action,
    id="data.set",
    label="Set a variable",
    icon="variable",
    category="Data",
    effect="idempotent",
    keywords=("assign", "variable", "zuweisen", "merken", "Variable setzen"),
):
    """Keep a value under a name. Later steps read it as ${vars.name}."""

    name: Identifier = Field(title="Name", description="Letters, digits and _, not beginning with a digit.")
    value: Any = Field(title="Value", description="A text, number or list, or an expression.")

    class Result(BaseModel):
        value: Any = Field(title="Value", description="The value that was kept.")

    def run(self, context: Context) -> Result:
        context.set_variable(self.name, self.value)
        return self.Result(value=self.value)


class Regex(
    Action,
    id="data.regex",
    label="Regular expression",
    icon="regex",
    category="Data",
    effect="pure",
    keywords=("match", "extract", "pattern", "search text", "Muster", "Text zerlegen", "regulärer Ausdruck"),
):
    """Search a text with a regular expression and take out what its groups match.

    When nothing matches the step succeeds with an empty result; check ${nodes.<id>.match} to act on that.
    """

    text: str = Field(title="Text", description="The text to search.", coerce_numbers_to_str=True)
    pattern: str = Field(
        title="Pattern", description="A regular expression; (?P<name>…) gives a group a name.", max_length=2000
    )
    flags: str = Field(
        "",
        title="Flags",
        description="i: upper and lower case alike. m: ^ and $ at each line. s: the dot matches line ends too.",
        pattern=r"^[ims]*$",
    )
    all: bool = Field(False, title="All", description="Find every match, not just the first.")

    class Result(BaseModel):
        match: str | None = Field(None, title="Match", description="The first match, or nothing.")
        groups: Groups = Field(
            default_factory=list,
            title="Groups",
            description="What the groups of the first match hold: by name if they have names, else in order.",
        )
        matches: tuple[Groups, ...] = Field(
            (),
            title="Matches",
            description="The groups of each match; without groups a list with the match itself.",
        )

    def run(self, context: Context) -> Result:
        pattern = self._compiled()
        try:
            # concurrent: other steps go on, and the stop key works, while a long search runs.
            found = pattern.finditer(self.text, concurrent=True, timeout=min(_SEARCH_S, context.remaining()))
            matches = list(found) if self.all else [match for match, _ in zip(found, range(1), strict=False)]
        except TimeoutError:
            raise ActionError(
                "The pattern {pattern} took longer than {seconds} s on this text.",
                "Repetitions inside repetitions, such as (a+)+, take for ever: simplify the pattern.",
                pattern=self.pattern,
                seconds=_SEARCH_S,
            ) from None
        if not matches:
            return self.Result()
        groups = [self._groups(match, pattern) for match in matches]
        return self.Result(match=matches[0].group(), groups=groups[0] if pattern.groups else [], matches=tuple(groups))

    def _compiled(self) -> Any:
        # Not `re`: only this package can give up a search that takes for ever.
        import regex  # type: ignore[import-untyped]  # it ships no type information

        options = {"i": regex.IGNORECASE, "m": regex.MULTILINE, "s": regex.DOTALL}
        try:
            return regex.compile(self.pattern, sum(options[flag] for flag in set(self.flags)))
        except regex.error as error:
            raise ActionError(
                "{pattern} is not a regular expression: {reason}.",
                "Write \\ before a character that is meant as it is, such as \\. or \\(.",
                pattern=self.pattern,
                reason=error,
            ) from error

    @staticmethod
    def _groups(match: Any, pattern: Any) -> Groups:
        if pattern.groupindex:
            return dict(match.groupdict())
        return list(match.groups()) or [match.group()]

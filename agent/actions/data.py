"""Actions that make values of values."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from agent.actions.pattern import compiled, search_time
from agent.core.action import Action
from agent.core.context import Context
from agent.core.workflow import Identifier

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
        pattern = compiled(self.pattern, self.flags)
        with search_time(context, self.pattern) as timeout_s:
            # concurrent: other steps go on, and the stop key works, while a long search runs.
            found = pattern.finditer(self.text, concurrent=True, timeout=timeout_s)
            matches = list(found) if self.all else [match for match, _ in zip(found, range(1), strict=False)]
        if not matches:
            return self.Result()
        groups = [self._groups(match, pattern) for match in matches]
        return self.Result(match=matches[0].group(), groups=groups[0] if pattern.groups else [], matches=tuple(groups))

    @staticmethod
    def _groups(match: Any, pattern: Any) -> Groups:
        if pattern.groupindex:
            return dict(match.groupdict())
        return list(match.groups()) or [match.group()]

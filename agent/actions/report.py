"""Actions that tell people something."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, Field

from agent.core.action import Action
from agent.core.context import Context
from agent.core.events import Level


class Message(
    Action,
    id="log.message",
    label="Log a message",
    icon="message",
    category="People and reporting",
    effect="idempotent",
    keywords=("log", "print", "write line", "comment", "protokollieren", "Meldung", "ausgeben"),
):
    """Write a line to the log of the run, for the person who watches it or reads the report."""

    text: str = Field(title="Text", description="The message.", max_length=10_000, coerce_numbers_to_str=True)
    level: Level = Field("info", title="Level", description="debug, info, warning or error.")
    data: Any = Field(None, title="Data", description="A value to show behind the text.")

    class Result(BaseModel):
        text: str = Field(title="Text", description="The whole line.")

    def run(self, context: Context) -> Result:
        shown = "" if self.data is None else f" {json.dumps(self.data, ensure_ascii=False, default=str)}"
        line = self.text + shown
        context.log(self.level, line)
        return self.Result(text=line)

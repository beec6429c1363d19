"""`ElementQuery` says which UI element (button, field, menu item) is meant; `Elements` finds it as an `Element`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Protocol, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from agent.core.geometry import Region
from agent.core.wildcard import fits

if TYPE_CHECKING:
    from agent.core.target import WindowInfo


@dataclass(frozen=True, slots=True)
class Element:
    """A UI element as the system's accessibility service describes it."""

    region: Region
    name: str = ""
    role: str = ""
    """What it is, in the service's own word: ``Button``, ``push button``."""
    automation_id: str = ""
    """The program's own name for it: UIA AutomationId, AT-SPI accessible id."""
    path: str = ""
    """The names of the elements around it (the role of one without a name), the outermost first, joined by ``/``."""

    def __str__(self) -> str:
        return " ".join(part for part in (self.role, self.name and f'"{self.name}"') if part) or "?"


class ElementQuery(BaseModel):
    """Which UI element: by role, name, id and what lies around it; all given must fit, ``*`` stands for any text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: str | None = Field(None, title="Role", description="What it is, such as Button.", max_length=200)
    name: str | None = Field(None, title="Name", description="Its label; * stands for any text.", max_length=500)
    automation_id: str | None = Field(
        None,
        title="Id",
        description="The program's own name for it; does not change with the language.",
        max_length=500,
    )
    path: str | None = Field(
        None,
        title="Path",
        description="The names of the elements around it, from the outside, joined by /: */Sign in/*.",
        max_length=1000,
    )
    index: int | None = Field(
        None, title="Index", description="Which of those that fit, in the order of the program, from 1.", ge=1
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not any((self.role, self.name, self.automation_id, self.path)):
            raise ValueError("name the element by role, name, automation_id or path")
        return self

    def fits(self, element: Element) -> bool:
        """Whether this element is meant; `index` is not looked at."""
        return (
            fits(self.role, element.role)
            and fits(self.name, element.name)
            and fits(self.automation_id, element.automation_id)
            and fits(self.path, element.path)
        )

    def __str__(self) -> str:
        parts = [
            self.role,
            self.name and f'"{self.name}"',
            self.automation_id and f"#{self.automation_id}",
            self.path and f"in {self.path}",
            self.index and f"({self.index})",
        ]
        return "[" + " ".join(part for part in parts if part) + "]"


class Elements(Protocol):
    """Knows the UI elements of the windows. Thread-safe."""

    def find(
        self, query: ElementQuery, window: WindowInfo | None, *, check: Callable[[], None] = lambda: None
    ) -> tuple[Element, ...]:
        """Those that fit and can be seen, in the program's order; of all windows for None. Empty when nothing fits.

        With the query's `index` only that one of them. `check` raises when it is time to stop.
        """
        ...


def _element_from_text(value: Any) -> Any:
    """A plain text is a name: ``"element": "Save"``."""
    return {"name": value} if isinstance(value, str) else value


ElementField = Annotated[ElementQuery, BeforeValidator(_element_from_text)]
"""An `ElementQuery` field that also takes a plain name."""

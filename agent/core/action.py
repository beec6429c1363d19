"""`Action`: what a node does. One class is one node type; everything else about it is derived from the class."""

from __future__ import annotations

import difflib
import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Unpack, get_args

from pydantic import BaseModel, ConfigDict

from agent.core.errors import ErrorRecord

if TYPE_CHECKING:
    from agent.core.context import Context

Effect = Literal["pure", "idempotent", "once"]
DONE, FAILED = "done", "failed"
DESKTOP = "desktop"
"""The resource that belongs to one run at a time, from its first step that uses it to its end."""
_ID = re.compile(r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")


@dataclass(frozen=True, slots=True)
class ActionInfo:
    """The class header: what the engine and the faces must know about a node type before any instance exists."""

    id: str
    label: str
    """A short name for palette and node, such as “Click”."""
    icon: str
    """A file in resources/icons without ``.svg``."""
    category: str
    uses: frozenset[str] = frozenset()
    """Exclusive resources; ``desktop`` is the screen with mouse and keyboard."""
    watches: bool = False
    """Whether it only watches the screen: it needs a display, but other runs may have the desktop meanwhile."""
    effect: Effect = "once"
    """What a crash means: pure and idempotent steps may run again, a once step is never silently repeated."""
    outlets: tuple[str, ...] = (DONE,)
    """Where edges may start, without ``failed``, which every node has."""
    replaces: frozenset[str] = frozenset()
    """Earlier ids of this action; old files keep working."""
    keywords: tuple[str, ...] = ()
    """What people who come from other tools search for."""

    @property
    def needs_display(self) -> bool:
        """Whether it can do nothing on a machine without a screen."""
        return self.watches or DESKTOP in self.uses


class Action(BaseModel):
    """The base of all node types. Fields are the parameters; `run` does the work.

    ::

        class Greet(Action, id="demo.greet", label="Greet", icon="message", category="Demo", effect="pure"):
            \"\"\"Say hello to somebody.\"\"\"

            name: str = Field(title="Name")

            class Result(BaseModel):
                text: str

            def run(self, context: Context) -> Result:
                return self.Result(text=f"Hello {self.name}")
    """

    # A number is welcome where a text is asked for: an expression such as ${inputs.seed} gives one.
    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    info: ClassVar[ActionInfo]

    class Result(BaseModel):
        """What the step hands on; expressions read it as ``${nodes.<id>.<field>}``."""

    def __init_subclass__(
        cls,
        *,
        id: str = "",  # noqa: A002 - the header reads as it should: id="mouse.click"
        label: str = "",
        icon: str = "",
        category: str = "",
        uses: Iterable[str] = (),
        watches: bool = False,
        effect: Effect = "once",
        outlets: Sequence[str] = (DONE,),
        replaces: Iterable[str] = (),
        keywords: Sequence[str] = (),
        **config: Unpack[ConfigDict],
    ) -> None:
        super().__init_subclass__(**config)
        if not id:  # a base class of other actions
            return
        if not _ID.match(id):
            raise TypeError(f"{cls.__name__}: the id {id!r} is not of the form family.verb")
        if not (label and icon and category and (cls.__doc__ or "").strip()):
            raise TypeError(f"{cls.__name__}: an action needs a label, an icon, a category and a docstring")
        if effect not in get_args(Effect):  # mypy does not look at class headers
            raise TypeError(f"{cls.__name__}: the effect {effect!r} is not one of {', '.join(get_args(Effect))}")
        if FAILED in outlets or len(set(outlets)) < len(outlets):
            raise TypeError(f"{cls.__name__}: outlets are different names, without {FAILED!r}, which every node has")
        cls.info = ActionInfo(
            id=id,
            label=label,
            icon=icon,
            category=category,
            uses=frozenset(uses),
            watches=watches,
            effect=effect,
            outlets=tuple(outlets),
            replaces=frozenset(replaces),
            keywords=tuple(keywords),
        )

    def run(self, context: Context) -> BaseModel:
        """Do the work and return a `Result`. Raises an `ActionError` with a hint when it cannot."""
        raise NotImplementedError(f"{type(self).__name__} has no run()")

    def happened(self, context: Context) -> bool | None:
        """Whether a `once` step without an outcome has had its effect: asked after a crash, before a person is.

        True: it is done and must not run again. False: it was not done, or in vain, and may run again. None: it cannot
        tell (that is the answer of an action without a post-condition), so a person decides. It only looks; it may wait
        for as long as the effect may take, and raises what looking raises.
        """
        return None

    def outlet(self, result: BaseModel) -> str:
        """The outlet that fires after this result; ``done`` unless the action branches."""
        return DONE


@dataclass(frozen=True, slots=True)
class Pass:
    """One running of a container's children: which section, and the values that they see."""

    section: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)
    """Names that expressions of the children may use, such as ``item``, ``index`` or ``error``."""


@dataclass(frozen=True, slots=True)
class Round:
    """Passes to run, at most `parallel` at once. After the first failure no further pass starts."""

    passes: Sequence[Pass]
    parallel: int = 1


@dataclass(frozen=True, slots=True)
class PassEnd:
    """How a pass ended."""

    error: ErrorRecord | None = None
    failed_node: str = ""
    screenshot: str = ""
    outputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The results of the children, by node id."""
    empty: bool = False
    """Whether the section holds no node at all."""


class Container(Action):
    """An action that owns child nodes (`Node.parent`) and decides how often they run."""

    sections: ClassVar[tuple[str, ...]] = ("",)
    """The names that `Node.section` of a child may have; ``""`` is the only one of most containers."""

    variables: ClassVar[tuple[str, ...]] = ()
    """The names that its passes give to the children's expressions."""

    def passes(self, context: Context) -> Generator[Round, tuple[PassEnd, ...], BaseModel]:
        """Yield rounds; get how their passes ended (only those that were started); return a `Result`.

        The engine holds no thread while a round runs. Raise `ChildFailed` to fail with a child's own error.
        """
        raise NotImplementedError(f"{type(self).__name__} has no passes()")


class Registry(Mapping[str, type[Action]]):
    """The node types by id, earlier ids included. Made once at start-up; immutable."""

    def __init__(self, actions: Iterable[type[Action]]) -> None:
        self._actions: dict[str, type[Action]] = {}
        self._former: dict[str, type[Action]] = {}
        for action in actions:
            other = self._actions.setdefault(action.info.id, action)
            if other is not action:
                raise ValueError(f"Two actions have the id {action.info.id}: {other.__name__}, {action.__name__}.")
            self._former.update(dict.fromkeys(action.info.replaces, action))

    def __getitem__(self, action_id: str) -> type[Action]:
        return self._actions.get(action_id) or self._former[action_id]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._actions))

    def __len__(self) -> int:
        return len(self._actions)

    def closest(self, action_id: str) -> str:
        """The known id most like this one, for “did you mean”; empty when none is near."""
        near = difflib.get_close_matches(action_id, self._actions, n=1, cutoff=0.6)
        return near[0] if near else ""

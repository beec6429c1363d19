"""Rows: what a step costs beside the work that it does."""

from __future__ import annotations

from itertools import pairwise

from pydantic import BaseModel

from agent.app import Agent
from agent.cli.bench.measure import timed
from agent.cli.bench.peer import Peer
from agent.cli.bench.row import Pair, case
from agent.cli.bench.stand import MS, Stand
from agent.core.action import Action, Registry
from agent.core.context import Context
from agent.core.errors import AgentError
from agent.core.run import Status
from agent.core.workflow import Edge, Node, Workflow
from agent.settings import Home

_STEPS = 200


class Nothing(Action, id="bench.nothing", label="Nothing", icon="log", category="Benchmark"):
    """Does nothing, with everything that the engine does around it."""

    def run(self, context: Context) -> BaseModel:
        return self.Result()


@case("engine.step", "A step that does nothing, of 200 in a row, recorded durably", peer="dbos", times=4)
def step(stand: Stand, peer: Peer) -> Pair:
    """Two commits a step, each on the disk before the next thing happens; DBOS makes one."""
    from agent.devices.fake import FakeDesktop

    desktop = FakeDesktop()
    agent = stand.enter(
        Agent.open(
            Home(stand.folder / "engine"),
            stand.settings,
            devices=desktop.devices,
            eye=desktop.eye,
            registry=Registry([Nothing]),
        )
    )
    chain = _chain(_STEPS)

    def run() -> None:
        ended = agent.run(chain)
        if ended.status is not Status.DONE:
            raise AgentError("The run failed: {reason}", reason=ended.error or ended.status)

    return stand.race(timed(run), peer.turn("run", steps=_STEPS), rounds=5, unit=MS / _STEPS)


def _chain(steps: int) -> Workflow:
    nodes = tuple(Node(id=f"n{number}", action="bench.nothing") for number in range(steps))
    edges = tuple(Edge(source=before.id, target=after.id) for before, after in pairwise(nodes))
    return Workflow(id="bench", name="Benchmark", nodes=nodes, edges=edges)

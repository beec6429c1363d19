"""`Peer`: another product, measured in a process of its own, so that neither side bears the other's side effects.

Run as a program (``python -m agent.cli.bench.peer NAME``) this module is that process.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any

from agent.cli.bench.conversation import Conversation
from agent.cli.bench.measure import Turn, nothing, timed
from agent.cli.bench.peers import PEERS, titled
from agent.core.errors import AgentError, ErrorRecord


class PeerFailed(Exception):
    """The peer could not do what it was asked for, in the middle of a race."""


class Peer:
    """A peer as its row uses it. One that cannot be measured gives no turns and answers None; `missing` says why."""

    def __init__(self, name: str, environment: Mapping[str, str]) -> None:
        self.title = titled(PEERS[name])
        self.missing: ErrorRecord | None = None
        self._talk = Conversation(name, ["-m", "agent.cli.bench.peer", name], environment)
        if "missing" in self._talk.first:
            self._give_up(
                ErrorRecord(
                    "PeerMissing",
                    "{peer} is not installed or does not start: {reason}.",
                    "The peers are in the extra “bench”; no row needs them.",
                    {"peer": self.title, "reason": self._talk.first["missing"]},
                )
            )

    def turn(self, method: str, *, calls: int = 1, after: str = "", **arguments: Any) -> Turn | None:
        """A turn that calls a method of the peer; `after` names one that is called, untimed, after each call."""
        question = {"do": method, "with": arguments, "calls": calls, "after": after}
        return None if self.missing else lambda: list(self._ask(question)["seconds"])

    def ask(self, method: str, **arguments: Any) -> tuple[Any, float]:
        """Call a method once; what it gives, and the seconds that it took. Raises PeerFailed."""
        answer = self._ask({"do": method, "with": arguments, "calls": 1, "after": ""})
        return answer["result"], answer["seconds"][0]

    def call(self, method: str, **arguments: Any) -> Any:
        """Call a method once; what it gives, or None when the peer cannot be measured."""
        try:
            return self.ask(method, **arguments)[0]
        except PeerFailed:
            return None

    def close(self) -> None:
        """End its process."""
        self._talk.close()

    def _ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        if self.missing:
            raise PeerFailed
        try:
            answer = self._talk.ask(question)
        except AgentError as error:
            self._give_up(error.record())
            raise PeerFailed from error
        if "failed" in answer:
            self._give_up(
                ErrorRecord(
                    "PeerFailed", "{peer} failed: {reason}.", "", {"peer": self.title, "reason": answer["failed"]}
                )
            )
            raise PeerFailed
        return answer

    def _give_up(self, reason: ErrorRecord) -> None:
        self.missing = reason
        self._talk.close()


class Nobody(Peer):
    """Stands in where a row has nobody to be compared with."""

    def __init__(self) -> None:
        self.title = ""
        self.missing = None

    def turn(self, method: str, *, calls: int = 1, after: str = "", **arguments: Any) -> Turn | None:
        """None."""
        return None

    def close(self) -> None:
        """Nothing was started."""

    def _ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        raise PeerFailed


def main(name: str) -> None:
    """Be the peer's process: say who it is, then answer each line until there are no more."""
    with _private_output() as output:

        def tell(**answer: Any) -> None:
            output.write(json.dumps(answer) + "\n")
            output.flush()

        try:
            peer = PEERS[name]()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - foreign code at its start may raise anything, and exits too
            tell(missing=_reason(error))
            return
        tell(ready=name)
        for line in sys.stdin:
            _answer(peer, json.loads(line), tell)


def _answer(peer: object, question: Mapping[str, Any], tell: Callable[..., None]) -> None:
    last: list[Any] = [None]
    method = partial(getattr(peer, question["do"]), **question["with"])
    after = getattr(peer, question["after"]) if question["after"] else nothing

    def work() -> object:
        result = method()
        # Only what can be told is kept: a screenshot held until the next one would cost that one fresh memory.
        last[0] = result if isinstance(result, str | int | float | list) else None
        return result

    try:
        seconds = timed(work, calls=question["calls"], after=after)()
    except Exception as error:  # noqa: BLE001 - foreign code may raise anything; the row says what it was
        tell(failed=_reason(error))
    else:
        tell(seconds=seconds, result=last[0])


def _reason(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0].rstrip(".")


@contextmanager
def _private_output() -> Iterator[IO[str]]:
    """The stream to our parent. What a peer prints must not get between the answers, so it goes nowhere."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as output, Path(os.devnull).open("w", encoding="utf-8") as sink:
        os.dup2(sink.fileno(), 1)
        yield output


if __name__ == "__main__":
    main(sys.argv[1])

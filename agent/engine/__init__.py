"""Runs workflows: journal first, then announce; one thread decides, step threads do.

`Engine` is the face. Behind it: `schedule` (what may start now) and `arbiter` (whose turn it is) are pure;
`attempt` tells one step from its parameters to its outcome; `conductor` leads a run through its scopes; `crew`
puts nodes on threads and leaves behind those that hang; `loop` is the engine thread.
"""

from __future__ import annotations

from agent.engine.engine import Engine

__all__ = ["Engine"]

"""The local database: SQLite, power-safe, one commit a step. Table objects never leave this folder."""

from __future__ import annotations

from agent.store.store import Statistics, Store

__all__ = ["Statistics", "Store"]

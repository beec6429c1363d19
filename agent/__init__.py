"""Trusted Login Agent: signs in to desktop applications and does the work behind them.

Layers (an upper one may import a lower one, siblings never import each other; checked by the tests)::

    cli | gui              faces of one Agent object; PySide6 only in gui/
    app                    class Agent: builds and owns everything below
    report                 a run as a page to read
    actions | engine | vision | devices | store | vault
    settings | resources
    core                   the vocabulary: pure values and rules
"""

from __future__ import annotations

__version__ = "0.1.0"

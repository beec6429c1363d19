"""``python -m agent`` opens the window."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    from agent.gui import main

    sys.exit(main())
